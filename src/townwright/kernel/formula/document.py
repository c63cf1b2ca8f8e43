"""A rulebook as a document that people read: who is eligible, how much, which figures from which day, by which text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from html import escape
from typing import Any

from townwright.kernel.formula.check import bind_rulebook, proven_ranges
from townwright.kernel.formula.compiled import rulebook_hash
from townwright.kernel.formula.phrases import Phrases, type_words
from townwright.kernel.formula.ranges import Range, plain
from townwright.kernel.formula.rulebook import BandRules, Rulebook, Table, Variable, condition_key
from townwright.kernel.formula.types import Type
from townwright.kernel.formula.wording import rounding_said, show_value

Texts = Mapping[str, str]
_WORDS: dict[str, tuple[str, str]] = {
    "policy": ("政策", "policy"), "classification": ("分类", "classification"), "indicators": ("指标", "indicators"),
    "verified": ("已核对", "verified"), "sample": ("示例", "sample"), "draft": ("草稿", "draft"), "version": ("版本", "Version"),
    "status": ("状态", "Status"), "force": ("有效期", "In force"), "hash": ("文本哈希（SHA-256）", "Hash of the text (SHA-256)"), "basis": ("依据", "Legal basis"),
    "who": ("适用条件", "Who is eligible"), "condition": ("条件", "Condition"), "formula": ("公式", "Formula"), "words": ("文字表述", "In words"), "why_not": ("不符合时", "If not"),
    "how_much": ("金额", "How much"), "amount": ("金额为", "The amount is"), "cap": ("每年上限", "Cap a year"), "budget": ("年度预算", "Budget a year"),
    "pro_rata": ("按比例核减", "pro rata"), "priority": ("按优先次序", "by priority"), "group": ("就高不重复的组", "No double benefit within"),
    "fiscal": ("与财政贡献挂钩，须经公平竞争审查。", "It is linked to fiscal contribution: see the fair competition review."),
    "parameters": ("参数", "Parameters"), "name": ("名称", "Name"), "value": ("值", "Value"), "step": ("界限", "Step"), "since": ("自", "From"), "reference": ("出处", "Reference"),
    "ended": ("终止", "ended"), "tables": ("表", "Tables"), "variables": ("计算项", "What is computed"), "type": ("类型", "Type"), "round": ("舍入", "Rounding"),
    "range": ("范围", "Range"), "classes": ("分类结果", "Classes"), "data": ("所需数据", "Data needed"), "table": ("数据表", "Table"), "columns": ("列", "Columns"),
    "cases": ("算例", "Worked cases"), "case": ("算例", "Case"), "period": ("期间", "Period"), "expect": ("应得结果", "What must come out"), "notes": ("说明", "Notes"),
    "from": ("自 {} 起", "from {}"), "to": ("至 {}（不含）", "up to but without {}"), "always": ("一直以来", "from ever"), "open": ("长期有效", "without end"), "not_in_force": ("不在有效期", "not in force"), "key": ("键", "Key"), "sum": ("金额", "amount"),
    "eligible": ("符合条件", "eligible"), "undecided": ("无法判断", "cannot be decided"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Block:
    """A heading (with its level), a paragraph, or a table (head and rows)."""

    kind: str
    text: str = ""
    level: int = 0
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


class _Writer:
    def __init__(self, book: Rulebook, language: str) -> None:
        self.book, self.word = book, "zh" if language.startswith("zh") else "en"
        self.blocks: list[Block] = []
        self.bound, self.phrases = bind_rulebook(book), Phrases(book)

    def say(self, key: str) -> str:
        return _WORDS[key][0 if self.word == "zh" else 1]

    def told(self, texts: Texts, fallback: str = "") -> str:
        return str(texts.get(self.word) or texts.get("en") or fallback)

    def words(self, entity: str, name: str) -> str:
        """Return a formula in words; nothing where they would only repeat it."""
        formula = self.bound.formulas.get((entity, name))
        said = self.phrases.of(formula).text(self.word) if formula is not None else ""
        return "" if formula is not None and said == formula.text else said

    def brackets(self, text: str) -> str:
        return f"（{text}）" if self.word == "zh" else f" ({text})"

    def type(self, type_: Type | None) -> str:
        return type_words(type_).text(self.word)

    def heading(self, text: str, level: int = 2) -> None:
        self.blocks.append(Block("heading", text, level))

    def paragraph(self, text: str) -> None:
        if text:
            self.blocks.append(Block("paragraph", text))

    def table(self, head: Iterable[str], rows: Iterable[tuple[str, ...]]) -> None:
        told = tuple(rows)
        if told:
            self.blocks.append(Block("table", head=tuple(head), rows=told))

    def write(self) -> list[Block]:
        self._top()
        self._who()
        self._parameters()
        self._tables()
        self._variables()
        self._data()
        self._cases()
        return self.blocks

    def _top(self) -> None:
        book = self.book
        self.heading(self.told(book.title, book.code), 1)
        self.paragraph(self.told(book.summary))
        begins = self.say("from").format(book.start) if book.start else self.say("always")
        ends = self.say("to").format(book.end) if book.end else self.say("open")
        force = f"{begins}{'，' if self.word == 'zh' and not book.end else ' ' if self.word == 'en' else ''}{ends}"
        rows = [
            (self.say("version"), f"{book.code} {book.version}{self.brackets(self.say(book.kind))}"), (self.say("status"), self.say(book.status)),
            (self.say("force"), force), (self.say("hash"), rulebook_hash(book)),
        ]  # fmt: skip
        for basis in book.legal_basis:
            title = basis.get("title", "")
            words = self.told(title) if isinstance(title, Mapping) else str(title)
            rows.append((self.say("basis"), " ".join(filter(None, (words, str(basis.get("article", "")), str(basis.get("href", "")))))))
        self.table(("", ""), rows)
        for note in book.notes:
            self.paragraph(self.told(note))

    def _who(self) -> None:
        book, policy = self.book, self.book.policy
        if policy is None:
            if book.classification is not None:
                self.heading(self.say("classes"))
                self.table((self.say("name"), ""), [(str(name), self.told(label)) for name, label in book.classification.labels.items()])
            return
        self.heading(self.say("who"))
        rows = []
        for name in policy.conditions:
            told = book.variables[policy.entity, condition_key(name)]
            words = self.words(policy.entity, condition_key(name))
            rows.append((self.told(told.label, name), words, _formula(told), self.told(told.why_not)))
        self.table((self.say("condition"), self.say("words"), self.say("formula"), self.say("why_not")), rows)
        self.heading(self.say("how_much"))
        amount = book.variables.get((policy.entity, policy.amount))
        called = self.told(amount.label, policy.amount) if amount else policy.amount
        end = "。" if self.word == "zh" else "."
        self.paragraph(f"{self.say('amount')}{'' if self.word == 'zh' else ' '}{called}{self.brackets(policy.amount)}{end}")
        facts = [(self.say("cap"), self.parameter(policy.yearly_cap))] if policy.yearly_cap else []
        if policy.budget:
            comma = "，" if self.word == "zh" else ", "
            facts.append((self.say("budget"), f"{self.parameter(policy.budget.parameter)}{comma}{self.say(policy.budget.rule)}"))
        facts += [(self.say("group"), policy.exclusion_group)] if policy.exclusion_group else []
        self.table(("", ""), facts)
        if policy.fiscal_linked:
            self.paragraph(self.say("fiscal"))

    def parameter(self, name: str) -> str:
        """Return a parameter as its label and the name that formulas use."""
        held = self.book.parameters.get(name)
        return f"{self.told(held.label, name)}{self.brackets(f':{name}')}" if held is not None else f":{name}"

    def _parameters(self) -> None:
        if not self.book.parameters:
            return
        self.heading(self.say("parameters"))
        rows = []
        for one in self.book.parameters.values():
            for day, value in one.values:
                shown = self.say("ended") if value is None else show_value(value, str(one.unit), self.word)
                rows.append((self.told(one.label, one.name), f":{one.name}", shown, day.isoformat(), one.reference))
        self.table((self.say("parameters"), self.say("name"), self.say("value"), self.say("since"), self.say("reference")), rows)

    def _tables(self) -> None:
        if not self.book.tables:
            return
        self.heading(self.say("tables"))
        for one in self.book.tables.values():
            kind = _TABLE_KINDS[one.kind][0 if self.word == "zh" else 1]
            self.heading(
                f"{self.told(one.label, one.name)}{self.brackets(f':{one.name}' + ('，' if self.word == 'zh' else ', ') + kind)}", 3
            )
            self.paragraph(one.reference)
            if one.bands is not None:
                self.paragraph(_ranking(one.bands, self.word))
            self.table((self.say("since"), self.say("step"), self.say("value")), self._steps(one))

    def _steps(self, one: Table) -> list[tuple[str, ...]]:
        rows: list[tuple[str, ...]] = []
        for day, steps in one.values:
            for step in steps:
                if one.kind == "bands":
                    rows.append((day.isoformat(), f"≤ {show_value(step.start * 100, '', self.word)} %", step.band))
                    continue
                unit = "ratio" if one.kind == "bracket" else str(one.unit)
                start = show_value(step.start, str(one.input_unit), self.word)
                rows.append((day.isoformat(), f"{'>' if step.over else '≥'} {start}", show_value(step.value, unit, self.word)))
        return rows

    def _variables(self) -> None:
        conditions = {condition_key(name) for name in self.book.policy.conditions} if self.book.policy else set()
        known = proven_ranges(self.book)
        rows = [
            (
                self.told(one.label, one.name), f"{entity}.{name}", self.type(one.type), self.words(entity, name), _formula(one),
                self.rounding(one), _range(known.get((entity, name))),
            )
            for (entity, name), one in self.book.variables.items() if name not in conditions
        ]  # fmt: skip
        if rows:
            self.heading(self.say("variables"))
            head = ("name", "type", "words", "formula", "round", "range")
            self.table(("", *(self.say(one) for one in head)), rows)

    def rounding(self, variable: Variable) -> str:
        """Return where a variable is rounded, in words."""
        if variable.rounding is None:
            return ""
        unit = str(variable.type.unit) if variable.type is not None else ""
        return rounding_said(variable.rounding.mode, variable.rounding.step, unit).text(self.word)

    def _data(self) -> None:
        self.heading(self.say("data"))
        rows = []
        for entity in self.book.entities.values():
            columns = ("；" if self.word == "zh" else "; ").join(f"{name}: {self.type(type_)}" for name, type_ in entity.columns.items())
            rows.append((entity.name, "/".join(entity.key), columns))
        self.table((self.say("table"), self.say("key"), self.say("columns")), rows)

    def _cases(self) -> None:
        if not self.book.cases:
            return
        self.heading(self.say("cases"))
        rows = []
        for case in self.book.cases:
            when = f"{case.period}{f' ({case.on})' if case.on else ''}"
            rows.append((case.name, when, self.say("not_in_force") if case.expect.get("not_in_force") else self._expected(case.expect)))
        self.table((self.say("case"), self.say("period"), self.say("expect")), rows)

    def _expected(self, expect: Mapping[str, Any]) -> str:
        told = []
        for rows in expect.values():
            for key, values in rows.items():
                told.append(f"{key}: " + ", ".join(self._outcome(name, value) for name, value in values.items()))
        return "; ".join(told)

    def _outcome(self, name: str, value: Any) -> str:
        named = {"eligible": self.say("eligible"), "amount": self.say("sum")}.get(name, name)
        if value is None or isinstance(value, bool):
            return f"{named} = {show_value(value, '', self.word)}"
        return f"{named} = {self.say('undecided') if value == 'undecided' else value}"


def _ranking(rules: BandRules, word: str) -> str:
    """Return how a ranked list is cut, in words."""
    how = rounding_said(rules.rounding, Fraction(1)).text(word)
    if word == "zh":
        order, ties = "由高到低" if rules.order == "desc" else "由低到高", "较好" if rules.ties == "up" else "较差"
        few = f"不足 {rules.fewer} 个时一律为 {rules.small}。" if rules.fewer else ""
        return f"{order}排列；界上并列的归入{ties}的一档；名额{how}。{few}"
    order, ties = "highest first" if rules.order == "desc" else "lowest first", "better" if rules.ties == "up" else "worse"
    few = f" With fewer than {rules.fewer} all are {rules.small}." if rules.fewer else ""
    return f"Ranked {order}; rows that are equal at an edge fall into the {ties} band; a share of the rows is {how}.{few}"


_TABLE_KINDS = {
    "tier": ("分级定额", "lump tiers"), "by_year": ("逐年", "by year"), "bracket": ("分段累进", "marginal brackets"), "bands": ("排名分档", "bands of a ranked list"),
}  # fmt: skip


def _formula(variable: Variable) -> str:
    text = variable.formula.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        text = text[1:-1]
    return " ".join(text.split())


def _range(known: Range | None) -> str:
    if known is None or (known.low is None and known.high is None):
        return ""
    low, high = ("" if edge is None else plain(Fraction(edge)) for edge in (known.low, known.high))
    return f"{low} … {high}".strip()


def document(book: Rulebook, language: str) -> list[Block]:
    """Return a rulebook as headings, paragraphs and tables in a language (zh or en)."""
    return _Writer(book, language).write()


def to_markdown(blocks: Iterable[Block]) -> str:
    """Return blocks as Markdown."""
    parts = []
    for block in blocks:
        if block.kind == "heading":
            parts.append(f"{'#' * block.level} {block.text}")
        elif block.kind == "paragraph":
            parts.append(block.text)
        else:
            head = block.head if any(block.head) else tuple("" for _ in block.head)
            lines = ["| " + " | ".join(map(_cell, head)) + " |", "|" + "---|" * len(head)]
            parts.append("\n".join([*lines, *("| " + " | ".join(map(_cell, row)) + " |" for row in block.rows)]))
    return "\n\n".join(parts) + "\n"


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ")


def to_html(blocks: Iterable[Block], *, language: str) -> str:
    """Return blocks as a page of HTML that stands by itself."""
    told = list(blocks)
    title = next((block.text for block in told if block.kind == "heading"), "")
    parts = []
    for block in told:
        if block.kind == "heading":
            parts.append(f"<h{block.level}>{escape(block.text)}</h{block.level}>")
        elif block.kind == "paragraph":
            parts.append(f"<p>{escape(block.text)}</p>")
        else:
            head = "".join(f"<th>{escape(cell)}</th>" for cell in block.head)
            head = f"<thead><tr>{head}</tr></thead>" if any(block.head) else ""
            body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in block.rows)
            parts.append(f"<table>{head}<tbody>{body}</tbody></table>")
    style = "body{font:16px/1.6 sans-serif;max-width:70em;margin:2em auto;padding:0 1em}table{border-collapse:collapse;margin:1em 0}td,th{border:1px solid #bbb;padding:.3em .6em;text-align:left;vertical-align:top}"
    lang = "zh-Hans" if language.startswith("zh") else "en"
    return (
        f'<!doctype html>\n<html lang="{lang}">\n<head><meta charset="utf-8"><title>{escape(title)}</title><style>{style}</style></head>\n'
        f"<body>\n{chr(10).join(parts)}\n</body>\n</html>\n"
    )
