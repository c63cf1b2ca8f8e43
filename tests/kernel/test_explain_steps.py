"""Every step of the language explains itself in both languages, and a figure over a chain opens to its rows."""

import json
from decimal import Decimal

import pytest

from tests.kernel.town import town
from townwright.kernel.formula import explain, rows_behind, tables_of_rows

DATA = {
    "firm": [
        {"key": "a", "score": 30, "county": 1, "exempt": False, "vetoed": False}, {"key": "b", "score": 10, "county": 1, "exempt": False},
        {"key": "c", "score": 20, "exempt": False},
    ],
    "lease": [{"id": "L1", "firm": "a", "rent": 10, "kind": "office"}, {"id": "L2", "firm": "a", "rent": 20, "kind": "flat"}],
    "payment": [{"id": "P1", "lease": "L1", "amount": 5}, {"id": "P2", "lease": "L2", "amount": 7}],
    "yearly": [{"firm": "a", "period": "2019", "year": 2019, "revenue": 100}, {"firm": "a", "period": "2020", "year": 2020, "revenue": 150}],
}  # fmt: skip
R = "half_up 0.01"
SAID = [
    ("firm.x", "money CNY", "SUM(leases.payments.amount)", (), "x = the sum of amount over leases.payments [2 records] = 12.00 CNY", "x = leases.payments 各条记录的 amount 之和 [2 条记录] = 12.00 元"),
    ("firm.x", "money CNY", "MEDIAN(leases.rent)", (R,), "the median rent of leases [2 records] = 15.00 CNY (rounded half up to 0.01)", "（四舍五入到分）"),
    ("firm.x", "int", "RANK(score, BY(county))", (), "the rank by score among rows of the same county [2 records] = 1", "在同 county 的记录中，按 score 的名次 [2 条记录] = 1"),
    ("firm.x", "text", "BAND(score, :grades, BY(), VETO(vetoed, 'C'))", (), "= A", "= A"),
    ("firm.x", "ratio", "SHARE(score, BY(county))", (R,), "score 30 points ÷ the total of score among rows of the same county [2 records] = 0.75", "score 30 分 ÷ 在同 county 的记录中，score 的合计 [2 条记录]"),
    ("yearly.x", "money CNY", "INCREASE(revenue, PRIOR(revenue, 1 year))", (), "revenue 150.00 CNY − revenue (1 year earlier) 100.00 CNY, at least 0 = 50.00 CNY", "revenue（早 1 年） 100.00 元（不足零按零） = 50.00 元"),
    ("firm.x", "money CNY", "CASE WHEN exempt THEN 0 ELSE MAX(leases.rent) END", (), "x = the greatest rent of leases [2 records] = 20.00 CNY", "leases 各条记录的 rent 中最大者 [2 条记录] = 20.00 元"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "type_", "formula", "rounding", "english", "chinese"), SAID)
def test_it_explains_itself(name, type_, formula, rounding, english, chinese):
    compiled = town((name, type_, formula, *rounding))
    entity = name.partition(".")[0]
    key = "a" if entity == "firm" else "a/2020"
    tree = explain(compiled, tables_of_rows(compiled.book, DATA), entity=entity, key=key, name="x")
    assert english in "\n".join(tree.sentences("en"))
    assert chinese in "\n".join(tree.sentences("zh"))
    json.dumps(tree.to_dict())


@pytest.mark.parametrize(
    ("entity", "type_", "formula", "key", "english", "chinese"),
    [
        ("firm", "int", "RANK(score, BY(county))", "c", "the key of the group is missing", "分组依据缺失"),
        ("firm", "text", "BAND(score, :grades, BY()) FILTER (WHERE NOT vetoed)", "a", "a record lacks its figure", "有记录缺数"),
        ("firm", "number m2", "home.size", "a", "the record it links to is not there", "没有所链接的记录"),
        ("firm", "money CNY", "SUM(leases.payments.amount)", "b", "", ""),
    ],
)
def test_what_is_missing_says_why(entity, type_, formula, key, english, chinese):
    compiled = town((f"{entity}.x", type_, formula))
    tree = explain(compiled, tables_of_rows(compiled.book, DATA), entity=entity, key=key, name="x")
    assert english in "\n".join(tree.sentences("en"))
    assert chinese in "\n".join(tree.sentences("zh"))
    assert (tree.value is None) == bool(english)


def test_a_sum_over_a_chain_opens_to_the_rows_at_its_end():
    compiled = town(("zone.x", "money CNY", "SUM(firms.leases.payments.amount) FILTER (WHERE firms.leases.kind = 'office')"))
    (opened,) = rows_behind(compiled, tables_of_rows(compiled.book, DATA), entity="zone", key="zone", name="x")
    assert (opened.entity, opened.rows.column("id").to_pylist(), opened.contributions) == ("payment", ["P1"], (Decimal(5),))
