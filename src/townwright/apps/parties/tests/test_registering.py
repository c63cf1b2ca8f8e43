"""Registering by hand, and editing: refused first, nothing changed; then allowed, one audit entry."""

from datetime import date
from decimal import Decimal
from hashlib import sha256

import pytest

from townwright.apps.parties.models import Identifier, IndustryCode, MergeSuggestion, Party, PartyAlias, Relation, Tag, ZoneMembership
from townwright.apps.parties.selectors import count_firms, party_by_ref, snapshot_tables
from townwright.apps.parties.services import PartyDetails, dismiss_suggestion, edit_party, merge_parties, register_party
from townwright.apps.parties.tests.conftest import BY, noted, refused, unchanged
from townwright.frame.models import AuditEntry
from townwright.kernel.values.period import Period

GOOD, OTHER, FAILING = "91110000600037341L", "91110108551385082Q", "91350203M0001QAY9B"


def _register(zone, **told):
    return register_party(zone=zone, details=PartyDetails(**{"kind": "firm", "name": "示例甲科技有限公司", **told}), **BY)


REFUSED = [
    ({"name": " "}, "name"),
    ({"name": "（）"}, "name"),
    ({"name": "甲" * 301}, "name"),
    ({"kind": "club"}, "kind"),
    ({"address": "x" * 501}, "address"),
    ({"registered_on": date(2017, 1, 6)}, "registered_on"),
    ({"capital": "很多"}, "capital"),
    ({"capital": "1.005元"}, "capital"),
    ({"capital": "1" * 19}, "capital"),
    ({"other_names": ("…",)}, "other_names"),
    ({"industry_code": "0000", "arrived_on": date(2016, 1, 1)}, "industry_code"),
    ({"industry_code": "6513", "industry_edition": "2002", "arrived_on": date(2016, 1, 1)}, "edition"),
    ({"industry_code": "6513"}, "industry_from"),
    ({"tags": ("cloud",)}, "tags"),
    ({"tags": ("x" * 61,), "arrived_on": date(2016, 1, 1)}, "tags"),
    ({"code": "—", "scheme": "foreign"}, "code"),
    ({"code": "123", "scheme": ""}, "scheme"),
    ({"kind": "person", "name": "王小明", "code": "330106199001011234"}, "scheme"),
]


@pytest.mark.parametrize(("told", "field"), REFUSED)
def test_what_does_not_hold_is_refused_at_its_field(zone, told, field):
    with refused(field=field):
        _register(zone, **told)


def test_a_firm_with_all_that_was_told(zone):
    with noted("parties.register", f"uscc:{GOOD}"):
        found = _register(
            zone, name_en="Sample A", other_names=("甲科技",), code=f" {GOOD.lower()} ", legal_form="有限责任公司", registered_on=date(2014, 3, 1),
            capital="100万元人民币", address="示例路1号", business_scope="软件", arrived_on=date(2015, 1, 1), industry_code="i6513",
            tags=("涉云企业", "cloud", "试点"),
        )  # fmt: skip
    party = Party.records.get()
    assert (party.key, party.kind, party.name_initials, found.warnings) == (f"uscc:{GOOD}", "firm", "sljkjyxgs", ())
    assert (party.capital_amount, party.capital_currency, party.capital_text) == (Decimal(1_000_000), "CNY", "100万元人民币")
    assert Identifier.records.values_list("scheme", "value", "status").get() == ("uscc", GOOD, "ok")
    assert PartyAlias.records.get().name == "甲科技"
    assert ZoneMembership.records.values_list("arrived_on", "left_on").get() == (date(2015, 1, 1), None)
    assert IndustryCode.records.values_list("scheme", "edition", "code", "from_on").get() == ("GB/T4754", "2017", "I6513", date(2015, 1, 1))
    assert sorted(Tag.records.values_list("tag", "from_on")) == [("cloud", date(2015, 1, 1)), ("试点", date(2015, 1, 1))]
    assert [count_firms(zone, at=date(2014, 12, 31)), count_firms(zone, at=date(2015, 1, 1))] == [0, 1]
    entry = AuditEntry.records.order_by("pk").last()
    assert (entry.new["name"], entry.new["capital_amount"], entry.old) == ("示例甲科技有限公司", "1000000", {})
    assert (entry.new["industry"], entry.new["tags"]) == ("GB/T4754 2017 I6513 2015-01-01", "cloud, 试点")


def test_a_code_that_is_held_is_refused_naming_the_holder(zone, elsewhere, add):
    add("示例乙科技有限公司", code=GOOD)
    with refused("示例乙科技有限公司", "code"):
        _register(zone, code=GOOD)
    assert _register(elsewhere, code=GOOD).party.zone == elsewhere


def test_a_code_of_a_merged_party_names_the_one_that_stands(zone, add):
    add("数梦工厂", code=GOOD)
    add("数梦工场", code=OTHER)
    merge_parties(zone=zone, suggestion_id=MergeSuggestion.records.get().pk, **BY)
    with refused("belongs to 数梦工厂", "code"):
        _register(zone, code=OTHER)


def test_a_failing_code_lands_with_its_warning(zone):
    found = _register(zone, code=FAILING)
    assert Identifier.records.get().status == "warned"
    assert "should be" in found.warnings[0]["en"]
    assert found.warnings[0]["zh"].startswith("校验位应为")


def test_the_name_alone_is_registered_once(zone):
    key = "name:" + sha256("示例甲科技有限公司".encode()).hexdigest()[:16]
    with noted("parties.register", key):
        assert _register(zone).party.key == key
    with refused("without a code", "name"):
        _register(zone, name="示例甲科技有限责任公司")


def test_capital_without_currency_is_told(zone):
    found = _register(zone, capital="50万")
    assert (found.party.capital_amount, found.party.capital_currency) == (Decimal(500_000), "CNY")
    assert "read as CNY" in found.warnings[0]["en"]


def test_a_like_name_is_proposed_for_merging_once_and_stays_as_decided(zone, add):
    first = add("数梦工厂", code=GOOD)
    found = _register(zone, name="数梦工场", code=OTHER)
    assert "a merge is suggested" in found.warnings[-1]["en"]
    row = MergeSuggestion.records.get()
    assert (row.kept, row.other, row.status, row.score) == (first, found.party, "open", 90)
    dismiss_suggestion(zone=zone, suggestion_id=row.pk, **BY)
    edit_party(zone=zone, party=found.party, changes={"name": "数梦工常"}, **BY)
    assert MergeSuggestion.records.get().status == "dismissed"


def test_a_former_name_of_another_is_proposed_for_merging(zone, add):
    kept = add("示例甲科技有限公司", code=GOOD, other_names=("完全不同的名字",))
    _register(zone, name="完全不同的名字", code=OTHER)
    assert MergeSuggestion.records.values_list("kept", "score").get() == (kept.pk, 95)


def test_a_person_is_never_proposed_as_a_firm(zone, add):
    add("云栖", code=GOOD)
    add("云栖", "person", token="a1")
    assert not MergeSuggestion.records.exists()


def test_a_branch_is_tied_to_its_parent_by_name(zone, add):
    parent = add("示例甲科技有限公司", code=GOOD)
    found = _register(zone, kind="branch", name="示例甲科技有限公司杭州分公司", registered_on=date(2016, 2, 1))
    row = Relation.records.get()
    assert (row.from_party, row.to_party, row.kind, row.from_on) == (found.party, parent, "branch_of", date(2016, 2, 1))
    assert "branch of 示例甲科技有限公司" in found.warnings[-1]["en"]


def test_a_persons_name_and_number_stay_out_of_key_and_audit_trail(zone):
    told = {"kind": "person", "name": "王小明", "scheme": "resident-id", "code": "33010619900101123X", "address": "某路2号", "token": "a1"}
    with noted("parties.register", "person:a1"):
        found = _register(zone, **told)
    entry = AuditEntry.records.order_by("pk").last()
    assert entry.new == {"kind": "person", "name": "(personal)", "code": "(personal)", "address": "(personal)"}
    assert Identifier.records.get().value == "33010619900101123X"
    with unchanged():
        assert _register(zone, **told).party == found.party
    with refused("registered 王小明 already", "name"):
        _register(zone, **{**told, "name": "李小红", "code": ""})
    with noted("parties.edit", "person:a1"):
        edit_party(zone=zone, party=found.party, changes={"name": "王晓明", "address": "某路3号"}, **BY)
    entry = AuditEntry.records.order_by("pk").last()
    assert set(entry.old.values()) | set(entry.new.values()) == {"(personal)"}


def test_two_people_of_one_name_are_two_and_one_merge_is_proposed(zone, add):
    add("王小明", "person", token="a1")
    add("王小明", "person", token="a2")
    assert Party.records.count() == 2
    assert MergeSuggestion.records.get().score == 100


EDITS = [
    ({"name": ""}, "name"),
    ({"other_name": "?"}, "other_name"),
    ({"capital": "很多"}, "capital"),
    ({"registered_on": date(2017, 1, 6)}, "registered_on"),
    ({"kind": "person"}, "kind"),
]


@pytest.mark.parametrize(("changes", "field"), EDITS)
def test_an_edit_that_does_not_hold_is_refused(zone, add, changes, field):
    party = add("示例甲科技有限公司", code=GOOD)
    with refused(field=field):
        edit_party(zone=zone, party=party, changes=changes, **BY)


def test_today_is_the_zones_day(zone):
    # 9:00 UTC on 5 January is 17:00 in Shanghai, the same day; at 17:00 UTC it is the sixth there.
    late = {**BY, "at": BY["at"].replace(hour=17)}
    register_party(zone=zone, details=PartyDetails(kind="firm", name="夜里登记", registered_on=date(2017, 1, 6)), **late)
    assert Party.records.get().registered_on == date(2017, 1, 6)


def test_an_edit_changes_what_is_told_and_nothing_else(zone, add):
    party = add("示例甲科技有限公司", code=GOOD, address="一号", capital="100万元人民币", legal_form="有限责任公司")
    changes = {
        "name": "示例甲云有限公司",
        "address": "二号",
        "capital": "",
        "legal_form": "有限责任公司",
        "kind": "institution",
        "other_name": "甲云",
    }
    with noted("parties.edit", party.key):
        edit_party(zone=zone, party=party, changes=changes, **BY)
    row = Party.records.get()
    assert (row.key, row.name, row.name_normal, row.kind, row.address, row.capital_amount, row.legal_form) == (
        f"uscc:{GOOD}", "示例甲云有限公司", "示例甲云有限公司", "institution", "二号", None, "有限责任公司",
    )  # fmt: skip
    assert sorted(PartyAlias.records.values_list("name", flat=True)) == ["甲云", "示例甲科技有限公司"]
    assert party_by_ref(zone, "示例甲科技有限公司") == row
    entry = AuditEntry.records.order_by("pk").last()
    assert (entry.old["address"], entry.new["address"], "legal_form" in entry.new) == ("一号", "二号", False)
    with unchanged():
        edit_party(zone=zone, party=row, changes=changes, **BY)


def test_a_party_of_another_zone_and_a_merged_one_are_not_edited(zone, elsewhere, add):
    other = add("示例甲科技有限公司", zone=elsewhere)
    with refused("not in the register of here"):
        edit_party(zone=zone, party=other, changes={"address": "x"}, **BY)
    add("数梦工厂", code=GOOD)
    lost = add("数梦工场", code=OTHER)
    merge_parties(zone=zone, suggestion_id=MergeSuggestion.records.get().pk, **BY)
    with refused("was merged into 数梦工厂"):
        edit_party(zone=zone, party=lost, changes={"address": "x"}, **BY)


def test_a_persons_number_is_not_offered_to_a_snapshot(zone, add):
    add("示例甲科技有限公司", code=GOOD, arrived_on=date(2015, 1, 1))
    add("王小明", "person", scheme="resident-id", code="33010619900101123X", token="a1")
    tables = {offer.entity: rows for offer, rows in snapshot_tables(zone, Period.of_year(2016))}
    assert tables["identifier"] == [(f"uscc:{GOOD}", "uscc", GOOD, "ok")]
    assert "王小明" not in str(tables)
    assert "33010619900101123X" not in str(tables)
