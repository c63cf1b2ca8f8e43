"""Group steps: shares, ranks, bands; hand-computed, by both executors."""

from decimal import Decimal

import pytest

from tests.kernel.town import HEAD, one, variables
from townwright.kernel.formula import check_rulebook, load_rulebook


def firms(*scores, **same):
    return {"firm": [{"key": str(n), "score": score, **same} for n, score in enumerate(scores)]}


COUNTIES = {
    "firm": [
        {"key": "a", "county": 1, "score": 10, "exempt": False},
        {"key": "b", "county": 1, "score": 30, "exempt": False},
        {"key": "c", "county": 2, "score": 5, "exempt": True},
        {"key": "d", "county": 2, "score": 7, "exempt": False},
        {"key": "e", "score": 99, "exempt": False},
    ]
}


@pytest.mark.parametrize(
    ("type_", "formula", "wanted"),
    [
        ("number point", "SUM(score, BY(county))", [40, 40, 12, 12, None]),
        ("number point", "SUM(score, BY())", [151] * 5),
        ("number point", "SUM(score, BY(county)) FILTER (WHERE NOT exempt)", [40, 40, 7, 7, None]),
        ("int", "COUNT(BY(county))", [2, 2, 2, 2, None]),
        ("int", "COUNT(BY(county)) FILTER (WHERE exempt)", [0, 0, 1, 1, None]),
        ("number point", "MIN(score, BY(county))", [10, 10, 5, 5, None]),
        ("number point", "MAX(score, BY(county, exempt))", [30, 30, 5, 7, None]),
        ("number point", "MEAN(score, BY(county))", [20, 20, 6, 6, None]),
        ("number point", "MEDIAN(score, BY())", [10] * 5),
        ("number point", "MEDIAN(score, BY(county))", [20, 20, 6, 6, None]),
        ("bool", "ANY(exempt, BY(county))", [False, False, True, True, None]),
        ("bool", "ALL(exempt, BY(county))", [False, False, False, False, None]),
        ("ratio", "SHARE(score, BY(county))", [Decimal("0.25"), Decimal("0.75"), Decimal("0.416667"), Decimal("0.583333"), None]),
        ("ratio", "SHARE(score, BY(county)) FILTER (WHERE NOT exempt)", [Decimal("0.25"), Decimal("0.75"), None, 1, None]),
        ("int", "RANK(score, BY(county))", [2, 1, 2, 1, None]),
        ("int", "RANK(score, BY(county), 'asc')", [1, 2, 1, 2, None]),
        ("int", "RANK(score, BY()) FILTER (WHERE NOT exempt)", [3, 2, None, 4, 1]),
    ],
)
def test_a_group_step_looks_at_all_rows_that_agree(type_, formula, wanted):
    rounding = ("half_up 0.000001",) if type_ == "ratio" or "ME" in formula else ()
    assert one(type_, formula, COUNTIES, rounding=rounding) == wanted


def test_ties_by_competition_and_dense():
    data = firms(9, 9, 8, 7, 7, 1)
    assert one("int", "RANK(score, BY())", data) == [1, 1, 3, 4, 4, 6]
    assert one("int", "RANK(score, BY(), 'dense')", data) == [1, 1, 2, 3, 3, 4]
    assert one("int", "RANK(score, BY(), 'asc', 'dense')", data) == [4, 4, 3, 2, 2, 1]


def test_a_score_that_is_missing_leaves_the_whole_group_open_until_the_author_says_who_takes_part():
    data = firms(9, None, 8)
    assert one("int", "RANK(score, BY())", data) == [None] * 3
    assert one("int", "RANK(score, BY()) FILTER (WHERE score IS NOT NULL)", data) == [1, None, 2]
    assert one("number point", "SUM(score, BY())", data) == [None] * 3
    assert one("int", "COUNT(score, BY())", data) == [2] * 3
    assert one("text", "BAND(score, :grades, BY()) FILTER (WHERE score IS NOT NULL)", data)[1] is None


def test_min_max_scoring_over_a_group():
    formula = "20 + 80 * (score - MIN(score, BY())) / (MAX(score, BY()) - MIN(score, BY()))"
    assert one("ratio", formula, firms(2, Decimal("18.9"), 60), rounding=("half_up 0.0001",)) == [20, Decimal("43.3103"), 100]


def test_twenty_firms_in_bands():
    # 20 %, 60 % and 95 % of 20 are 4, 12 and 19.
    assert "".join(one("text", "BAND(score, :grades, BY())", firms(*range(20, 0, -1)))) == "AAAABBBBBBBBCCCCCCCD"


def test_a_tie_on_an_edge_goes_up_or_down_as_the_table_says():
    # A fifth of five is one place, and two firms share it; 0.95 of five is 4.75, half up 5.
    assert "".join(one("text", "BAND(score, :grades, BY())", firms(9, 9, 8, 7, 1))) == "AABCC"
    data = firms(9, 8, 8, 7, 1)
    # Ascending, ties down: 1 is best; the two eights both count as place 4 of 5; floor of 0.2, 0.6, 0.95 of 5: 1, 3, 4.
    assert "".join(one("text", "BAND(score, :strict, BY())", data)) == "DCCBA"


def test_few_firms_all_get_the_band_that_the_table_names():
    assert one("text", "BAND(score, :strict, BY())", firms(1, 2)) == ["C", "C"]


def test_a_veto_pushes_down_and_never_up_and_nobody_moves_into_the_place():
    data = {"firm": [{"key": str(n), "score": 100 - n, "vetoed": n in (0, 19)} for n in range(20)]}
    told = "".join(one("text", "BAND(score, :grades, BY(), VETO(vetoed, 'C'))", data))
    assert told == "CAAABBBBBBBBCCCCCCCD"
    data["firm"][5]["vetoed"] = None
    assert one("text", "BAND(score, :grades, BY(), VETO(vetoed, 'C'))", data)[5] is None


def test_an_exempt_firm_takes_no_place():
    data = {"firm": [{"key": str(n), "score": 100 - n, "exempt": n == 0} for n in range(6)]}
    formula = "CASE WHEN exempt THEN 'T' ELSE BAND(score, :grades, BY()) FILTER (WHERE NOT exempt) END"
    assert one("text", formula, data) == ["T", "A", "B", "B", "C", "C"]


@pytest.mark.parametrize(
    ("formula", "code"),
    [
        ("RANK(score)", "group-by"),
        ("RANK(score, BY(), 'upwards')", "option"),
        ("RANK(name, BY())", "kind"),
        ("RANK(score / area, BY())", "aggregate-quotient"),
        ("SUM(score / area, BY())", "aggregate-quotient"),
        ("COUNT(BY(score / area))", "group-key"),
        ("BAND(score, :fade, BY())", "table-kind"),
        ("BAND(score, :grades, BY(), VETO(exempt, 'Z'))", "veto"),
        ("BY(county)", "inner-call"),
        ("ONLY(score, BY())", "aggregate-arguments"),
        ("SUM(leases.rent * SUM(leases.rent, BY()))", "group-place"),
        ("SHARE(score, BY(), 'x')", "arguments"),
        (":grades", "parameter-is-table"),
    ],
)
def test_group_steps_that_cannot_be_are_refused(formula, code):
    found = check_rulebook(load_rulebook(HEAD + variables(("firm.x", "int", formula)), source="t"))
    assert code in [one.code for one in found], found


@pytest.mark.parametrize(
    ("table", "code"),
    [
        ("{kind: bands, ties: up, rounding: floor, values: {2015-01-01: [{band: A, to: 0.5}, {band: B, to: 0.9}]}}", "bands-edge"),
        (
            "{kind: bands, ties: up, rounding: floor, values: {2015-01-01: [{band: A, to: 0.5}, {band: B, to: 0.4}, {band: C, to: 1}]}}",
            "bands-edge",
        ),
        ("{kind: bands, ties: up, rounding: floor, values: {2015-01-01: [{band: A, to: 0.5}, {band: A, to: 1}]}}", "bands-name"),
        ("{kind: bands, rounding: floor, values: {2015-01-01: [{band: A, to: 1}]}}", "not-one-of"),
        ("{kind: bands, ties: up, rounding: floor, fewer: {than: 9, band: Q}, values: {2015-01-01: [{band: A, to: 1}]}}", "bands-fewer"),
        ("{kind: by_year, values: {2015-01-01: {0: 1}}}", "year-key"),
        ("{kind: by_year, values: {2015-01-01: {}}}", "no-rows"),
    ],
)
def test_tables_of_bands_and_years_are_checked(table, code):
    from townwright.kernel.formula import RulebookRefused

    with pytest.raises(RulebookRefused) as refused:
        load_rulebook(HEAD.replace("tables:\n", f"tables:\n  extra: {table}\n"), source="t")
    assert code in [one.code for one in refused.value.findings]


def test_a_table_by_year_gives_the_year_told_and_nothing_else():
    data = {"firm": [{"key": str(n), "count": n} for n in range(7)]}
    wanted = [0, 1, Decimal("0.5"), 0, Decimal("0.25"), 0, 0]
    assert one("ratio", "BY_YEAR(count, :fade)", data) == wanted
