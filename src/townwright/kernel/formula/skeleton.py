"""A rulebook to begin with: it checks, its cases pass, and its comments say what to put where."""

from __future__ import annotations

from townwright.kernel.formula.findings import CodedError
from townwright.kernel.formula.naming import name_fault
from townwright.kernel.formula.skeleton_words import CHINESE

POLICY = """# {code}: begun from the skeleton. Replace every line that says "to do" by what your text says, then run
#   townwright rulebook check {code}.yaml && townwright rulebook test {code}.yaml
rulebook: {code}
version: "1"                 # a changed text gets a version of its own; the older one is closed with in_force: to
kind: policy
status: draft                # draft, sample or verified: verified only when checked against the published text
title: {{zh: 待填：政策名称, en: "to do: name of the policy"}}
summary: {{zh: 待填：一句话说明, en: "to do: one sentence"}}
legal_basis:
  - title: {{zh: 待填：文件名称与文号, en: "to do: title and number of the text"}}
    article: "to do: article"
in_force: {{from: 2024-01-01, to: null}}   # half-open: from the first day up to but without the second
entities:
  firm:
    key: key
    columns: {{present: bool}}
  yearly_return:             # one row a firm and year; min and max let the checker find branches that can never hold
    key: [firm, period]
    period: period
    columns: {{firm: text, period: text, year: int, revenue: {{type: money CNY, min: 0, max: 1_000_000_000_000}}}}
links:
  firm.returns: {{to: yearly_return, on: firm}}
parameters:                  # every figure of the text stands here, with the date from which it holds
  threshold:
    unit: CNY
    label: {{zh: 营业收入门槛（含）, en: least revenue}}
    reference: "to do: the words of the text"
    values: {{2024-01-01: 20_000_000}}
  share: {{unit: ratio, label: {{zh: 奖励比例, en: share}}, values: {{2024-01-01: 0.005}}}}
  cap: {{unit: CNY, label: {{zh: 每户年度上限, en: cap a firm and year}}, values: {{2024-01-01: 500_000}}}}
variables:
  firm.revenue:
    type: money CNY
    label: {{zh: 当年营业收入, en: revenue of the year}}
    formula: ONLY(returns.revenue) FILTER (WHERE returns.year = PERIOD_YEAR())
  firm.increase:
    type: money CNY
    label: {{zh: 比上年增加, en: increase over the year before}}
    formula: INCREASE(revenue, PRIOR(revenue, 1 year))
  firm.reward:
    type: money CNY
    round: half_away 0.01    # 四舍五入 to the cent
    label: {{zh: 奖励额, en: reward}}
    formula: increase * :share
policy:
  entity: firm
  eligible:
    - name: present
      formula: present
      label: {{zh: 期末在园, en: in the zone at the end of the period}}
      why_not: {{zh: 期末已不在园, en: No longer in the zone}}
    - name: threshold
      formula: revenue >= :threshold      # 以上, 不低于, 达到: >= ; 超过, 过: >
      label: {{zh: 营业收入达到门槛, en: revenue reaches the threshold}}
      why_not: {{zh: 营业收入未达门槛, en: Revenue does not reach the threshold}}
  amount: reward
  yearly_cap: cap
cases:                       # worked by hand: the limit itself, a cent below, the cap, what is missing, the day before
  - name: "20 million after 12: 0.5 % of 8 million"
    period: "2024"
    data: &worked
      firm: [{{key: a, present: true}}]
      yearly_return: [{{firm: a, period: "2024", year: 2024, revenue: 20000000}}, {{firm: a, period: "2023", year: 2023, revenue: 12000000}}]
    expect: {{firm: {{a: {{eligible: true, amount: 40000}}}}}}
  - name: a cent below the threshold
    period: "2024"
    data:
      firm: [{{key: a, present: true}}]
      yearly_return: [{{firm: a, period: "2024", year: 2024, revenue: 19999999.99}}, {{firm: a, period: "2023", year: 2023, revenue: 1}}]
    expect: {{firm: {{a: {{eligible: false}}}}}}
  - name: without a return of the year before it cannot be decided
    period: "2024"
    data:
      firm: [{{key: a, present: true}}]
      yearly_return: [{{firm: a, period: "2024", year: 2024, revenue: 30000000}}]
    expect: {{firm: {{a: {{eligible: undecided}}}}}}
  - name: the day before it came into force
    period: "2023"
    on: 2023-12-31
    data: *worked
    expect: {{not_in_force: true}}
"""
CLASSIFICATION = """# {code}: begun from the skeleton. Run townwright rulebook check and test after every change.
rulebook: {code}
version: "1"
kind: classification
status: draft
title: {{zh: 待填：评价名称, en: "to do: name of the evaluation"}}
in_force: {{from: 2024-01-01, to: null}}
entities:
  firm: {{key: key, columns: {{exempt: bool}}}}
  yearly_return: {{key: [firm, period], columns: {{firm: text, year: int, taxes: money CNY, land_area: {{type: number m2, min: 0}}}}}}
links:
  firm.returns: {{to: yearly_return, on: firm}}
tables:
  grades:                    # shares of the ranked list; ties: which way equal rows at an edge go; rounding: of share × rows
    kind: bands
    ties: up
    rounding: half_up
    label: {{zh: 分档, en: bands}}
    values: {{2024-01-01: [{{band: A, to: 0.2}}, {{band: B, to: 0.6}}, {{band: C, to: 0.95}}, {{band: D, to: 1}}]}}
variables:
  firm.score:
    type: number CNY/m2
    round: half_away 0.0001
    label: {{zh: 单位用地税收, en: taxes a square metre}}
    formula: >
      ONLY(returns.taxes) FILTER (WHERE returns.year = PERIOD_YEAR())
      / ONLY(returns.land_area) FILTER (WHERE returns.year = PERIOD_YEAR())
  firm.grade:
    type: text
    label: {{zh: 档次, en: grade}}
    formula: >
      CASE WHEN exempt THEN 'T'
           ELSE BAND(score, :grades, BY()) FILTER (WHERE NOT exempt AND score IS NOT NULL) END
classification:
  entity: firm
  result: grade
  labels: {{A: {{zh: A, en: A}}, B: {{zh: B, en: B}}, C: {{zh: C, en: C}}, D: {{zh: D, en: D}}, T: {{zh: 不评, en: not graded}}}}
cases:
  - name: two firms, and one that is not graded
    period: "2024"
    data: &worked
      firm: [{{key: a, exempt: false}}, {{key: b, exempt: false}}, {{key: c, exempt: true}}]
      yearly_return: [{{firm: a, year: 2024, taxes: 300, land_area: 10}}, {{firm: b, year: 2024, taxes: 100, land_area: 10}}]
    expect: {{firm: {{a: {{score: 30, grade: B}}, b: {{grade: C}}, c: {{grade: T}}}}}}
  - name: the day before it came into force
    period: "2023"
    on: 2023-12-31
    data: *worked
    expect: {{not_in_force: true}}
"""
SKELETONS = {"policy": POLICY, "classification": CLASSIFICATION}


class UnableToBegin(CodedError):
    """A code cannot be used."""


def skeleton(code: str, kind: str = "policy", language: str = "en") -> str:
    """Return the YAML of a rulebook to begin with; its comments and the names of its cases are in the language.

    Raises:
        UnableToBegin: the code is not letters, digits and hyphens.
    """
    fault = name_fault(code.replace("-", "_"))
    if fault is not None:
        raise UnableToBegin("bad-code", code=code)
    text = SKELETONS[kind].format(code=code)
    for english, chinese in CHINESE if language.startswith("zh") else ():
        text = text.replace(english, chinese)
    return text
