"""Returns that a person types: checks at the field, questions answered, corrections told; and who has not filed."""

import json
from datetime import date
from decimal import Decimal

import pytest
from click.testing import CliRunner

from tests.flows.conftest import AT, CLERK, DIRECTOR
from townwright.apps.filings.models import Filing
from townwright.apps.filings.selectors import (
    UnableToChoosePeriod,
    corrections,
    due,
    not_filed,
    period_for,
    read_texts,
    without_stay,
)
from townwright.apps.filings.services import UnableToFile, accept, correct, hand_in, return_filing, save_draft, submit
from townwright.apps.parties.models import Party
from townwright.frame.models import AuditEntry
from townwright.frame.workbooks.pipeline import run_import
from townwright.kernel.values.period import Period
from townwright.site.cli.filings import filings_group
from townwright.site.datasets import handler_for

Y2015, Y2016 = Period.parse("2015"), Period.parse("2016")
REGISTER = """企业名称,入驻日期,迁出日期
甲公司,2014-01-01,
乙公司,2014-01-01,2016-06-30
丙公司,2016-12-31,
丁公司,2014-01-01,2016-01-01
戊公司,2017-01-01,
己公司,,
"""


@pytest.fixture
def firms(zone, tmp_path):
    """Firms by name: here all along, left within 2016, came on its last day, left before it, came after it, no stay."""
    (tmp_path / "r.csv").write_text(REGISTER, encoding="utf-8")
    run_import(tmp_path / "r.csv", dataset="registry", handler=handler_for("registry", zone), zone=zone, actor=CLERK, at=AT)
    return {party.name[0]: party for party in Party.records.all()}


def typed(zone, firm, period=Y2016, dataset="yearly-return", **values):
    return {
        "zone": zone, "party": firm, "dataset": dataset, "period": period, "values": {name: Decimal(value) for name, value in values.items()},
        "actor": CLERK, "at": AT,
    }  # fmt: skip


def accepted(zone, firm, period=Y2016, **values):
    row = hand_in(**typed(zone, firm, period, **values), answers={})
    return accept(zone=zone, filing_id=row.pk, actor=DIRECTOR, at=AT)


def test_what_a_person_types_is_read_as_in_a_workbook_and_told_at_its_field():
    texts = {"revenue": "１,２３４.5", "output": " ", "staff": "12.5", "taxes": "很多", "cloud_output": "-1"}
    values, faults = read_texts("yearly-return", "CNY", texts)
    assert (values["revenue"], values["output"], "staff" in values) == (Decimal("1234.50"), None, False)
    assert faults["staff"] == {"zh": "“12.5”应为整数。", "en": "'12.5' should be a whole number."}
    assert set(faults) == {"staff", "taxes", "cloud_output"}


def test_a_hard_check_refuses_even_a_draft_and_names_every_field(zone, firms):
    with pytest.raises(UnableToFile) as fault:
        save_draft(**typed(zone, firms["甲"], output=5, cloud_output=6, staff=2, rd_staff=3, revenue=-1))
    assert set(fault.value.faults) == {"cloud_output", "rd_staff", "revenue"}
    assert fault.value.faults["revenue"]["zh"] == "营业收入为-1.00，不应小于0，请更正。"
    assert "Cloud output cannot exceed output (6.00 against 5.00)" in fault.value.faults["cloud_output"]["en"]
    assert Filing.records.count() == 0


def test_a_required_field_may_wait_in_a_draft_but_not_in_a_return(zone, firms):
    row = save_draft(**typed(zone, firms["甲"], dataset="lucheng-yearly", revenue=5))
    assert row.status == "draft"
    for verb in (lambda: submit(zone=zone, filing_id=row.pk, actor=CLERK, at=AT),
                 lambda: hand_in(**typed(zone, firms["甲"], dataset="lucheng-yearly", revenue=5), answers={})):  # fmt: skip
        with pytest.raises(UnableToFile, match="Local contribution is required") as fault:
            verb()
        assert set(fault.value.faults) == {"local_contribution"}
    hand_in(**typed(zone, firms["甲"], dataset="lucheng-yearly", revenue=5, local_contribution=1), answers={})
    assert Filing.records.get().status == "submitted"


def test_an_odd_value_is_asked_about_and_the_answer_kept_with_it(zone, firms):
    accepted(zone, firms["甲"], Y2015, revenue=100)
    with pytest.raises(UnableToFile) as fault:
        hand_in(**typed(zone, firms["甲"], revenue=2000), answers={})
    assert fault.value.faults == {}
    assert fault.value.questions["revenue"]["zh"] == "营业收入为2,000.00，上年为100.00，相差约20倍，请核对。"
    assert save_draft(**typed(zone, firms["甲"], revenue=2000)).answers == {}
    row = hand_in(**typed(zone, firms["甲"], revenue=2000), answers={"revenue": " merged with 乙 ", "staff": "was not asked"})
    assert row.answers == {"revenue": {"value": "2000.00", "note": "merged with 乙"}}
    assert AuditEntry.records.filter(verb="filings.submit").order_by("-pk").first().new["answers"] == row.answers
    assert hand_in(**typed(zone, firms["乙"], revenue=1999), answers={}).answers == {}


def test_an_answer_holds_for_the_value_that_was_asked_about_only(zone, firms):
    accepted(zone, firms["甲"], Y2015, revenue=100)
    row = hand_in(**typed(zone, firms["甲"], revenue=2000), answers={"revenue": ""})
    return_filing(zone=zone, filing_id=row.pk, reason="unit?", actor=DIRECTOR, at=AT)
    save_draft(**typed(zone, firms["甲"], revenue=2000))
    assert submit(zone=zone, filing_id=row.pk, actor=CLERK, at=AT).status == "submitted"
    return_filing(zone=zone, filing_id=row.pk, reason="unit?", actor=DIRECTOR, at=AT)
    save_draft(**typed(zone, firms["甲"], revenue=3000))
    with pytest.raises(UnableToFile, match="a factor of about 30"):
        submit(zone=zone, filing_id=row.pk, actor=CLERK, at=AT)


def test_a_correction_asks_only_about_what_it_changes_and_is_told_field_by_field(zone, firms):
    accepted(zone, firms["甲"], Y2015, revenue=100, staff=10)
    row = hand_in(**typed(zone, firms["甲"], revenue=2000, staff=10), answers={"revenue": "ok"})
    accept(zone=zone, filing_id=row.pk, actor=DIRECTOR, at=AT)
    told = {"zone": zone, "filing_id": row.pk, "actor": CLERK, "at": AT}
    correct(version=1, values={"revenue": Decimal(2000), "staff": 11}, reason="one more", **told)
    with pytest.raises(UnableToFile, match="a factor of about 10"):
        correct(version=2, values={"revenue": Decimal(2000), "staff": 100}, reason="typing", **told)
    correct(version=2, values={"revenue": Decimal(2000), "staff": 100}, reason="typing", answers={"staff": "grew"}, **told)
    with pytest.raises(UnableToFile, match=r"version 3, you saw 2"):
        correct(version=2, values={"revenue": Decimal(1)}, reason="late", **told)
    row.refresh_from_db()
    assert {name: one["note"] for name, one in row.answers.items()} == {"revenue": "ok", "staff": "grew"}
    assert [(one.version, one.reason, one.by, [(field.name, old, new) for field, old, new in one.changes]) for one in corrections(row)] == [
        (3, "typing", "web:clerk", [("staff", 11, 100)]),
        (2, "one more", "web:clerk", [("staff", 10, 11)]),
    ]


def names(rows):
    return {row.name[0]: (row.state, row.last_period) for row in rows}


def test_who_has_not_filed_is_who_was_here_any_day_without_a_return_handed_in(zone, firms):
    assert {row.name[0] for row in due(zone, Y2016)} == {"甲", "乙", "丙"}
    assert without_stay(zone, Y2016) == 1
    assert names(not_filed(zone, "yearly-return", Y2016)) == dict.fromkeys("甲乙丙", (None, None))
    accepted(zone, firms["乙"], Y2015, revenue=1)
    save_draft(**typed(zone, firms["甲"], revenue=1))
    row = hand_in(**typed(zone, firms["乙"], revenue=1), answers={})
    assert names(not_filed(zone, "yearly-return", Y2016)) == {"甲": ("draft", None), "丙": (None, None)}
    return_filing(zone=zone, filing_id=row.pk, reason="unit?", actor=DIRECTOR, at=AT)
    assert names(not_filed(zone, "yearly-return", Y2016)) == {"甲": ("draft", None), "乙": ("returned", "2015"), "丙": (None, None)}
    assert names(not_filed(zone, "yearly-return", Y2016, q="乙公")) == {"乙": ("returned", "2015")}
    assert names(not_filed(zone, "monthly-return", Period.parse("2016-07"))) == {"甲": (None, None)}


def test_of_merged_firms_the_return_of_either_counts(zone, firms):
    hand_in(**typed(zone, firms["乙"], revenue=1), answers={})
    Party.records.filter(pk=firms["乙"].pk).update(merged_into=firms["甲"])
    assert set(names(not_filed(zone, "yearly-return", Y2016))) == {"丙"}


def test_the_command_line_tells_who_has_not_filed(zone, firms):
    hand_in(**typed(zone, firms["甲"], revenue=1), answers={})
    said = CliRunner().invoke(filings_group, ["missing", "--zone", "here", "--dataset", "yearly-return", "--period", "2016", "--json"])
    told = json.loads(said.stdout)
    assert (told["due"], told["filed"], told["missing"], told["without_stay"]) == (3, 1, 2, 1)
    assert [(one["name"], one["arrived_on"], one["left_on"]) for one in told["firms"]] == [
        ("丙公司", "2016-12-31", None),
        ("乙公司", "2014-01-01", "2016-06-30"),
    ]
    wrong = CliRunner().invoke(
        filings_group, ["missing", "--zone", "here", "--dataset", "yearly-return", "--period", "2016-01", "--language", "en"]
    )
    assert wrong.exit_code == 1
    assert "does not name a year" in wrong.stderr


def test_a_period_of_another_length_is_refused():
    assert period_for("monthly-return", "2016-03").start == date(2016, 3, 1)
    for text in ("2016", "2016Q1", "last year", ""):
        with pytest.raises(UnableToChoosePeriod, match="2016-03"):
            period_for("monthly-return", text)
