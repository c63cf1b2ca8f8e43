"""Dated facts of a party: refused first, nothing changed; then allowed, one audit entry; repeated, nothing; recounted."""

from datetime import date

import pytest

from townwright.apps.parties.models import AllianceMembership, Identifier, IndustryCode, MergeSuggestion, Relation, Tag, ZoneMembership
from townwright.apps.parties.selectors import count_firms, firm_file
from townwright.apps.parties.services import (
    accept_identifier_warning,
    add_identifier,
    arrive,
    end_relation,
    end_tag,
    join_alliance,
    leave,
    leave_alliance,
    merge_parties,
    relate,
    set_industry,
    tag_party,
    undo_merge,
    withdraw_fact,
)
from townwright.apps.parties.tests.conftest import BY, noted, refused, state, unchanged
from townwright.frame.models import AuditEntry, OutboxEvent

GOOD, OTHER, FAILING = "91110000600037341L", "91110108551385082Q", "91350203M0001QAY9B"
Y14, Y15, Y16, Y17 = (date(year, 1, 1) for year in (2014, 2015, 2016, 2017))


@pytest.fixture
def firm(add):
    """A firm with a code and no facts."""
    return add("示例甲科技有限公司", code=GOOD)


def _here(zone):
    return [count_firms(zone, at=day) for day in (date(2013, 12, 31), Y14, date(2014, 12, 31), Y15, date(2015, 12, 31), Y16)]


def test_arriving_leaving_and_coming_back(zone, firm):
    with refused("no stay that is open", "left_on"):
        leave(zone=zone, party=firm, left_on=Y15, **BY)
    with refused("cannot end on 2014-01-01", "left_on"):
        arrive(zone=zone, party=firm, arrived_on=Y14, left_on=Y14, **BY)
    with noted("parties.arrive", firm.key):
        arrive(zone=zone, party=firm, arrived_on=Y14, **BY)
    with unchanged():
        arrive(zone=zone, party=firm, arrived_on=Y14, **BY)
    with refused("a stay is on record for 2014-01-01 – …", "arrived_on"):
        arrive(zone=zone, party=firm, arrived_on=Y16, **BY)
    with refused("no stay that is open", "left_on"):
        leave(zone=zone, party=firm, left_on=Y14, **BY)
    with noted("parties.leave", firm.key):
        leave(zone=zone, party=firm, left_on=Y15, **BY)
    with unchanged():
        leave(zone=zone, party=firm, left_on=Y15, **BY)
    assert _here(zone) == [0, 1, 1, 0, 0, 0]
    with refused("would overlap", "arrived_on"):
        arrive(zone=zone, party=firm, arrived_on=date(2014, 12, 31), **BY)
    with noted("parties.arrive", firm.key):
        arrive(zone=zone, party=firm, arrived_on=Y16, **BY)
    assert AuditEntry.records.order_by("pk").last().new["came_back"] is True
    assert _here(zone) == [0, 1, 1, 0, 0, 1]
    assert list(OutboxEvent.objects.order_by("pk").values_list("name", flat=True))[-3:] == [
        "parties.party.arrived", "parties.party.left", "parties.party.arrived",
    ]  # fmt: skip


def test_a_stay_may_begin_on_the_day_the_former_ended(zone, firm):
    arrive(zone=zone, party=firm, arrived_on=Y14, left_on=Y15, **BY)
    arrive(zone=zone, party=firm, arrived_on=Y15, **BY)
    assert _here(zone) == [0, 1, 1, 1, 1, 1]


def test_leaving_ends_the_stays_that_a_merge_brought_together(zone, add):
    add("数梦工厂", code=GOOD, arrived_on=Y14)
    add("数梦工场", code=OTHER, arrived_on=Y15)
    suggestion = MergeSuggestion.records.get()
    merge_parties(zone=zone, suggestion_id=suggestion.pk, **BY)
    leave(zone=zone, party=suggestion.kept, left_on=Y16, **BY)
    assert _here(zone) == [0, 1, 1, 1, 1, 0]


def test_a_tag_from_a_date_and_off_again(zone, firm):
    for word in (" ", "x" * 61):
        with refused("1 to 60 characters", "tag"):
            tag_party(zone=zone, party=firm, tag=word, from_on=Y14, **BY)
    with refused("does not bear", "to_on"):
        end_tag(zone=zone, party=firm, tag="cloud", to_on=Y15, **BY)
    with noted("parties.tag", firm.key):
        tag_party(zone=zone, party=firm, tag="涉云企业", from_on=Y14, **BY)
    with unchanged():
        tag_party(zone=zone, party=firm, tag="cloud", from_on=Y15, **BY)
    with refused("would overlap", "from_on"):
        tag_party(zone=zone, party=firm, tag="cloud", from_on=date(2013, 6, 1), **BY)
    with refused("before 2014-01-01", "to_on"):
        end_tag(zone=zone, party=firm, tag="cloud", to_on=Y14, **BY)
    with noted("parties.tag.end", firm.key):
        end_tag(zone=zone, party=firm, tag="涉云企业", to_on=Y16, **BY)
    with unchanged():
        end_tag(zone=zone, party=firm, tag="cloud", to_on=Y16, **BY)
    with noted("parties.tag", firm.key):
        tag_party(zone=zone, party=firm, tag="cloud", from_on=Y17, **BY)
    assert sorted(Tag.records.values_list("from_on", "to_on")) == [(Y14, Y16), (Y17, None)]
    arrive(zone=zone, party=firm, arrived_on=Y14, **BY)
    days = [Y14, date(2015, 12, 31), Y16, date(2016, 12, 31), Y17]
    assert [count_firms(zone, at=day, tag="cloud") for day in days] == [1, 1, 0, 0, 1]


def _industries(firm):
    return list(IndustryCode.records.filter(party=firm).order_by("from_on").values_list("code", "from_on", "to_on"))


def test_an_industry_closes_the_former_on_its_first_day(zone, firm):
    for told, field in (({"code": "9999"}, "industry_code"), ({"code": "6" * 11}, "industry_code"), ({"edition": "NACE"}, "edition")):
        with refused(field=field):
            set_industry(zone=zone, party=firm, **{"code": "6513", "edition": "2017", "from_on": Y14, **told}, **BY)
    with noted("parties.industry.set", firm.key):
        set_industry(zone=zone, party=firm, code="6513", edition="2017", from_on=Y14, **BY)
    with unchanged():
        set_industry(zone=zone, party=firm, code="6513", edition="GB/T4754 2017", from_on=Y15, **BY)
    with noted("parties.industry.set", firm.key):
        set_industry(zone=zone, party=firm, code="6450", edition="2017", from_on=Y16, **BY)
    assert _industries(firm) == [("6513", Y14, Y16), ("6450", Y16, None)]
    set_industry(zone=zone, party=firm, code="6421", edition="2017", from_on=Y15, **BY)
    assert _industries(firm) == [("6513", Y14, Y15), ("6421", Y15, Y16), ("6450", Y16, None)]
    with noted("parties.industry.set", firm.key):
        set_industry(zone=zone, party=firm, code="7491", edition="2017", from_on=Y16, **BY)
    assert _industries(firm)[-1] == ("7491", Y16, None)
    entry = AuditEntry.records.order_by("pk").last()
    assert (entry.old["industry"], entry.new["industry"]) == ("GB/T4754 2017 6450", "GB/T4754 2017 7491")
    set_industry(zone=zone, party=firm, code="6201", edition="ISIC", from_on=Y15, **BY)
    told = [[one.code for one in firm_file(zone, key=firm.key, at=day).industries] for day in (Y14, Y15, Y16)]
    assert told == [["6513"], ["6421", "6201"], ["7491", "6201"]]


def test_another_identifier(zone, elsewhere, firm, add):
    other = add("示例乙科技有限公司", code=OTHER)
    with refused("belongs to 示例甲科技有限公司", "code"):
        add_identifier(zone=zone, party=other, scheme="uscc", code=GOOD, **BY)
    with refused(field="scheme"):
        add_identifier(zone=zone, party=firm, scheme="s" * 31, code="1", **BY)
    with refused(field="code"):
        add_identifier(zone=zone, party=firm, scheme="foreign", code="--", **BY)
    with refused("not in the register of there"):
        add_identifier(zone=elsewhere, party=firm, scheme="foreign", code="T-12", **BY)
    with noted("parties.identifier.add", firm.key):
        add_identifier(zone=zone, party=firm, scheme=" Foreign ", code="t-12", **BY)
    with unchanged():
        add_identifier(zone=zone, party=firm, scheme="foreign", code="T12", **BY)
    assert Identifier.records.filter(party=firm).order_by("scheme").values_list("scheme", "value", "status")[0] == ("foreign", "T12", "ok")
    row = add_identifier(zone=zone, party=firm, scheme="uscc", code=FAILING, **BY)
    assert row.status == "warned"
    with refused("Say why", "reason"):
        accept_identifier_warning(zone=zone, identifier_id=row.pk, reason="  ", **BY)
    with noted("parties.identifier.accept", firm.key):
        accept_identifier_warning(zone=zone, identifier_id=row.pk, reason="licence seen", **BY)
    with refused("not in doubt"):
        accept_identifier_warning(zone=zone, identifier_id=row.pk, reason="again", **BY)


def _relate(zone, first, second, kind="legal_representative", **told):
    return relate(zone=zone, first=first, second=second, kind=kind, **told, **BY)


def test_a_legal_representative_one_at_a_time(zone, elsewhere, firm, add):
    wang, li = add("王小明", "person", token="a1"), add("李小红", "person", token="a2")
    for told, field in (({"kind": "friend"}, "kind"), ({"from_on": Y15, "to_on": Y15}, "to_on")):
        with refused(field=field):
            _relate(zone, wang, firm, **told)
    with refused("itself", "other"):
        _relate(zone, firm, firm, "parent_of")
    with refused("does not fit 示例甲科技有限公司", "other"):
        _relate(zone, firm, wang)
    with refused("not in the register of there"):
        _relate(elsewhere, wang, firm)
    with noted("parties.relate", "person:a1"):
        first = _relate(zone, wang, firm, from_on=Y14)
    with unchanged():
        _relate(zone, wang, firm, from_on=Y15)
    with refused("one at a time: Legal representative is 王小明", "from_on"):
        _relate(zone, li, firm, from_on=Y16)
    with refused("would overlap", "from_on"):
        _relate(zone, wang, firm, from_on=date(2013, 1, 1))
    with refused("cannot end on 2014-01-01", "to_on"):
        end_relation(zone=zone, relation_id=first.pk, to_on=Y14, **BY)
    with refused("keeps no relation"):
        end_relation(zone=elsewhere, relation_id=first.pk, to_on=Y16, **BY)
    with noted("parties.relate.end", "person:a1"):
        end_relation(zone=zone, relation_id=first.pk, to_on=Y16, **BY)
    with unchanged():
        end_relation(zone=zone, relation_id=first.pk, to_on=Y16, **BY)
    with refused("ended on 2016-01-01", "to_on"):
        end_relation(zone=zone, relation_id=first.pk, to_on=Y17, **BY)
    with noted("parties.relate", "person:a2"):
        _relate(zone, li, firm, from_on=Y16)
    with refused("one at a time"):
        _relate(zone, wang, firm, from_on=Y17)
    told = [
        [(one.label["en"], one.other.name) for one in firm_file(zone, key=firm.key, at=day, people=True).relations if one.holds]
        for day in (date(2013, 12, 31), Y15, Y16)
    ]
    assert told == [[], [("Legal representative", "王小明")], [("Legal representative", "李小红")]]


def test_a_relation_ends_and_begins_again(zone, add, firm):
    wang = add("王小明", "person", token="a1")
    _relate(zone, wang, firm, "contact", to_on=Y14)
    _relate(zone, wang, firm, "contact", from_on=Y15, to_on=Y16)
    _relate(zone, wang, firm, "contact", from_on=Y17)
    assert list(Relation.records.order_by("pk").values_list("from_on", "to_on")) == [(None, Y14), (Y15, Y16), (Y17, None)]
    days = [date(2000, 1, 1), Y14, Y15, Y16, Y17]
    held = [[one.holds for one in firm_file(zone, key=firm.key, at=day, people=True).relations].count(True) for day in days]
    assert held == [1, 0, 1, 0, 1]


def test_people_are_left_out_unless_asked_for(zone, add, firm):
    wang = add("王小明", "person", token="a1")
    _relate(zone, wang, firm)
    assert firm_file(zone, key=firm.key, at=Y17).relations == []
    assert [one.other for one in firm_file(zone, key=wang.key, at=Y17, people=True).relations] == [firm]


def test_a_branch_has_one_parent_at_a_time(zone, add, firm):
    branch, other = add("某某分公司", "branch"), add("示例乙科技有限公司", code=OTHER)
    _relate(zone, branch, firm, "branch_of", from_on=Y14)
    with refused("one at a time: Branch of is 示例甲科技有限公司", "from_on"):
        _relate(zone, branch, other, "branch_of", from_on=Y15)
    second = add("又一分公司", "branch")
    _relate(zone, second, firm, "branch_of", from_on=Y15)
    assert Relation.records.count() == 2


def test_joining_and_leaving_an_alliance(zone, add, firm):
    club, other = add("示例联盟", "alliance"), add("示例乙科技有限公司", code=OTHER)
    told = {"zone": zone, "party": firm, **BY}
    with refused("not an alliance", "alliance"):
        join_alliance(alliance=other, joined_on=Y14, **told)
    with refused(field="left_on"):
        join_alliance(alliance=club, joined_on=Y14, left_on=Y14, **told)
    with refused("no open membership", "left_on"):
        leave_alliance(alliance=club, left_on=Y15, **told)
    with noted("parties.alliance.join", firm.key):
        join_alliance(alliance=club, joined_on=Y14, founder=True, **told)
    with unchanged():
        join_alliance(alliance=club, joined_on=Y14, founder=True, **told)
    with refused("would overlap", "joined_on"):
        join_alliance(alliance=club, joined_on=Y15, **told)
    with noted("parties.alliance.leave", firm.key):
        leave_alliance(alliance=club, left_on=Y16, **told)
    with unchanged():
        leave_alliance(alliance=club, left_on=Y16, **told)
    assert AllianceMembership.records.values_list("joined_on", "left_on", "founder").get() == (Y14, Y16, True)
    days = [date(2013, 12, 31), Y14, date(2015, 12, 31), Y16]
    assert [[one.party for one in firm_file(zone, key=club.key, at=day).members] for day in days] == [[], [firm], [firm], []]


def test_a_merge_moves_relations_and_its_undoing_brings_them_back(zone, add):
    kept, lost = add("数梦工厂", code=GOOD), add("数梦工场", code=OTHER)
    wang, club = add("王小明", "person", token="a1"), add("示例联盟", "alliance")
    _relate(zone, wang, lost, from_on=Y14)
    _relate(zone, wang, kept, "contact", from_on=Y14)
    _relate(zone, wang, lost, "contact", from_on=Y14)
    _relate(zone, kept, lost, "parent_of", from_on=Y14)
    join_alliance(zone=zone, party=lost, alliance=club, joined_on=Y14, **BY)
    before = state()[:-2]
    suggestion = MergeSuggestion.records.get()
    merge_parties(zone=zone, suggestion_id=suggestion.pk, **BY)
    labels = [one.label["en"] for one in firm_file(zone, key=kept.key, at=Y15, people=True).relations]
    assert labels == ["Contact", "Legal representative", "Parent company of"]
    assert [one.party for one in firm_file(zone, key=club.key, at=Y15).members] == [kept]
    undo_merge(zone=zone, suggestion_id=suggestion.pk, **BY)
    assert state()[:-2] == before


def test_a_stay_left_before_it_began_is_refused_by_the_database_too(zone, firm):
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError), transaction.atomic():
        ZoneMembership.records.create(zone=zone, party=firm, arrived_on=Y15, left_on=Y14)
    with pytest.raises(IntegrityError), transaction.atomic():
        Relation.records.create(zone=zone, from_party=firm, to_party=firm, kind="x", from_on=Y15, to_on=Y15)
    for from_on in (None, Y14):
        Relation.records.create(zone=zone, from_party=firm, to_party=firm, kind="x", from_on=from_on)
        with pytest.raises(IntegrityError), transaction.atomic():
            Relation.records.create(zone=zone, from_party=firm, to_party=firm, kind="x", from_on=from_on)


def test_what_was_entered_by_mistake_is_withdrawn_with_a_reason(zone, elsewhere, firm, add):
    told = {"zone": zone, "party": firm, **BY}
    stay = arrive(arrived_on=Y14, **told)
    for change, field in (({"reason": " "}, "reason"), ({"number": 0}, ""), ({"fact": "code"}, ""), ({"zone": elsewhere}, "")):
        with refused(field=field):
            withdraw_fact(**{**told, "fact": "stay", "number": stay.pk, "reason": "typing error", **change})
    other = add("示例乙科技有限公司", code=OTHER)
    with refused("no such fact"):
        withdraw_fact(**{**told, "party": other}, fact="stay", number=stay.pk, reason="typing error")
    with noted("parties.stay.withdraw", firm.key):
        withdraw_fact(**told, fact="stay", number=stay.pk, reason="typing error")
    entry = AuditEntry.records.order_by("pk").last()
    assert (entry.old, entry.reason) == ({"arrived_on": "2014-01-01", "left_on": ""}, "typing error")
    assert _here(zone) == [0] * 6
    arrive(arrived_on=Y15, **told)
    assert _here(zone) == [0, 0, 0, 1, 1, 1]
    with refused("withdrawn before"):
        withdraw_fact(**told, fact="stay", number=stay.pk, reason="typing error")


def test_a_withdrawn_industry_gives_its_days_back_to_the_former(zone, firm):
    told = {"zone": zone, "party": firm, **BY}
    rows = [set_industry(code=code, edition="2017", from_on=since, **told) for code, since in (("6513", Y14), ("6421", Y15), ("6450", Y17))]
    withdraw_fact(**told, fact="industry", number=rows[1].pk, reason="typing error")
    assert _industries(firm) == [("6513", Y14, Y17), ("6450", Y17, None)]


def test_a_withdrawn_name_of_a_person_stays_out_of_the_audit_trail(zone, add):
    person = add("王小明", "person", token="a1", other_names=("小王",))
    alias = person.aliases.get()
    with noted("parties.name.withdraw", "person:a1"):
        withdraw_fact(zone=zone, party=person, fact="name", number=alias.pk, reason="typing error", **BY)
    assert AuditEntry.records.order_by("pk").last().old == {"name": "(personal)"}
    assert not person.aliases.exists()


def test_a_relation_is_withdrawn_from_either_side(zone, add, firm):
    wang = add("王小明", "person", token="a1")
    for party in (wang, firm):
        row = _relate(zone, wang, firm, from_on=Y14)
        with noted("parties.relation.withdraw", party.key):
            withdraw_fact(zone=zone, party=party, fact="relation", number=row.pk, reason="typing error", **BY)
        told = AuditEntry.records.order_by("pk").last().old
        assert (told["from_party"], told["kind"], told["to_party"]) == ("person:a1", "legal_representative", firm.key)
    assert not Relation.records.exists()
