"""Expressions in words, in both languages: what a formula says to a reader who does not read formulas.

A variable, parameter or table is called by its label; a column, link or entity by its name, for it has no other here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fractions import Fraction

from townwright.kernel.formula.bind_prior import base_of
from townwright.kernel.formula.ir import AGGREGATE_OPS, GROUP_OPS, Expr
from townwright.kernel.formula.needs_tree import COMPARISONS, DATE_WORDS, OP_WORDS, one_of
from townwright.kernel.formula.rulebook import Rulebook
from townwright.kernel.formula.types import DATE, NUMBER, Type
from townwright.kernel.formula.wording import earlier_label, rounding_said, show_value
from townwright.kernel.values.said import Said

# What takes more letters than this is shown as the formula that it is: no reader follows it in words.
LONGEST = 400
_AGGREGATES = {
    "SUM": ("{links} 各条记录的{value}之和", "the sum of {value} over {links}"), "MIN": ("{links} 各条记录的{value}中最小者", "the least {value} of {links}"),
    "MAX": ("{links} 各条记录的{value}中最大者", "the greatest {value} of {links}"), "ONLY": ("{links} 中唯一一条记录的{value}", "{value} of the only one of {links}"),
    "MEDIAN": ("{links} 各条记录的{value}的中位数", "the median {value} of {links}"), "ANY": ("{links} 中有一条{value}", "one of {links} for which {value}"),
    "ALL": ("{links} 的每一条都{value}", "for all of {links}, {value}"), "COUNT": ("{links} 中有{value}的记录数", "how many of {links} have {value}"),
}  # fmt: skip
_COUNTED = ("{links} 的记录数", "the number of {links}")
_OVER_GROUPS = {
    "SUM": ("{value}的合计", "the total of {value}"), "MIN": ("{value}的最小值", "the least {value}"), "MAX": ("{value}的最大值", "the greatest {value}"),
    "MEDIAN": ("{value}的中位数", "the median {value}"), "ANY": ("有记录{value}", "any row for which {value}"), "ALL": ("每条记录都{value}", "for every row {value}"),
    "COUNT": ("记录数", "the number of rows"),
}  # fmt: skip
_CALLS = {
    "abs": ("{0}的绝对值", "the size of {0}"), "missing": ("{0}缺失", "{0} is missing"), "neg": ("负的{0}", "minus {0}"),
    "months_between": ("{0}至{1}的整月数", "the full months from {0} to {1}"), "years_between": ("{0}至{1}的整年数", "the full years from {0} to {1}"),
    "days_between": ("{0}至{1}的天数", "the days from {0} to {1}"), "working_days_between": ("{0}至{1}的工作日数", "the working days from {0} to {1}"),
    "add_months": ("{0}后第 {1} 个月的同日", "{1} months after {0}"), "add_days": ("{0}后第 {1} 天", "{1} days after {0}"),
    "add_working_days": ("{0}后第 {1} 个工作日", "{1} working days after {0}"), "year": ("{0}的年份", "the year of {0}"),
    "month": ("{0}的月份", "the month of {0}"), "day": ("{0}是几号", "the day of the month of {0}"),
    "award_year": ("自{0}起算，到{1}是第几年", "which year from {0} on holds {1}"), "period_start": ("期初", "the first day judged"),
    "period_end": ("期末次日", "the day after the last one judged"), "period_year": ("评定年份", "the year judged"),
}  # fmt: skip
_SIGNS = {"add": " + ", "sub": " − ", "mul": " × ", "div": " ÷ "}


class Phrases:
    """Phrases of one rulebook's expressions; each is made once."""

    def __init__(self, book: Rulebook) -> None:
        self.book = book
        # The expression is kept beside its phrase, so that its id cannot be given to another one.
        self._made: dict[int, tuple[Expr, Said]] = {}

    def of(self, expr: Expr) -> Said:
        """Return what an expression says; the formula itself where that would be too long to follow."""
        if id(expr) not in self._made:
            said = self._phrase(expr)
            said = Said(_spaced(said.zh), said.en)
            if max(len(said.zh), len(said.en)) > LONGEST:
                said = Said(expr.text, expr.text)
            self._made[id(expr)] = (expr, said)
        return self._made[id(expr)][1]

    def _phrase(self, expr: Expr) -> Said:
        op = expr.op
        if op in _NAMED:
            return _NAMED[op](self, expr)
        if op in AGGREGATE_OPS:
            return self._aggregate(expr)
        if op in GROUP_OPS:
            return self._group(expr)
        if op in COMPARISONS:
            return self._compared(expr)
        if op in _SIGNS or op in ("and", "or"):
            return self._chained(expr)
        if op in _CALLS:
            zh, en = _special(expr) or _CALLS[op]
            args = [self.of(arg) for arg in expr.args]
            return Said(zh.format(*(one.zh for one in args)), en.format(*(one.en for one in args)))
        return Said(expr.text, expr.text)

    def _literal(self, expr: Expr) -> Said:
        if isinstance(expr.value, str):
            return Said(f"“{expr.value}”", f"“{expr.value}”")
        unit = str(expr.type.unit) if expr.type.kind == NUMBER else ""
        return Said(show_value(expr.value, unit, "zh"), show_value(expr.value, unit, "en"))

    def _variable(self, expr: Expr) -> Said:
        base, months = base_of(expr.name)
        told = self.book.variables.get((expr.entity, base))
        label = told.label if told is not None else {"zh": expr.text, "en": expr.text}
        return _said(earlier_label(label, months) if months else label, expr.text)

    def _held(self, expr: Expr) -> Said:
        holder = self.book.parameters.get(expr.name) or self.book.tables.get(expr.name)
        return _said(holder.label, expr.text) if holder is not None else Said(expr.text, expr.text)

    def _stepped(self, expr: Expr) -> Said:
        table, value = self._held(expr), self.of(expr.args[0])
        return Said(f"{table.zh}（按{value.zh}）", f"{table.en} (by {value.en})")

    def _lookup(self, expr: Expr) -> Said:
        value = self.of(expr.args[0])
        return Said(f"{expr.name} 的{value.zh}", f"{value.en} of {expr.name}")

    def _not(self, expr: Expr) -> Said:
        inner = expr.args[0]
        if inner.op == "missing":
            value = self.of(inner.args[0])
            return Said(f"{value.zh}不缺", f"{value.en} is told")
        value = self.of(inner)
        return Said(f"并非（{value.zh}）", f"not ({value.en})")

    def _inner(self, expr: Expr) -> Said:
        return self.of(expr.args[0])

    def _prior(self, expr: Expr) -> Said:
        value, (count, grain) = self.of(expr.args[0]), expr.extra
        zh = {"year": "年", "quarter": "个季度", "month": "个月", "period": "期"}[grain]
        return Said(f"{value.zh}（早 {count} {zh}）", f"{value.en} ({count} {grain}{'s' * (count > 1)} earlier)")

    def _column(self, expr: Expr) -> Said:
        return Said(f" {expr.name} ", expr.name)

    def _choice(self, expr: Expr) -> Said:
        args = [self.of(arg) for arg in expr.args]
        zh, en = "、".join(one.zh for one in args), " and ".join(one.en for one in args)
        if expr.op == "coalesce":
            return Said(f"{zh} 中第一个不缺的", f"the first of {en} that is not missing")
        if expr.args[0].type.kind == DATE:
            last = expr.op == "greatest"
            return Said(f"{zh} 中较{'晚' if last else '早'}者", f"the {'later' if last else 'earlier'} of {en}")
        most = expr.op == "greatest"
        return Said(f"{zh} 中较{'大' if most else '小'}者", f"the {'greater' if most else 'lesser'} of {en}")

    def _rounded(self, expr: Expr) -> Said:
        value, told = self.of(expr.args[0]), expr.extra
        how = rounding_said(told.mode, told.step, str(expr.type.unit))
        return Said(f"{value.zh}（{how.zh}）", f"{value.en} ({how.en})")

    def _case(self, expr: Expr) -> Said:
        parts = [self.of(arg) for arg in expr.args]
        zh, en = [], []
        for index in range(expr.extra):
            test, value = parts[2 * index], parts[2 * index + 1]
            zh.append(f"{test.zh}时取{value.zh}")
            en.append(f"{value.en} if {test.en}")
        if len(parts) > 2 * expr.extra:
            zh.append(f"其余取{parts[-1].zh}")
            en.append(f"else {parts[-1].en}")
        return Said("；".join(zh), "; ".join(en))

    def _text(self, expr: Expr) -> Said:
        value = self.of(expr.args[0])
        if expr.op == "left":
            return Said(f"{value.zh}的前 {expr.extra} 个字符", f"the first {expr.extra} characters of {value.en}")
        return Said(f"{value.zh}以“{expr.extra}”开头", f"{value.en} begins with “{expr.extra}”")

    def _aggregate(self, expr: Expr) -> Said:
        link, has_value, has_test = expr.extra
        links = ".".join(one.name for one in link.path) or link.name
        zh, en = _AGGREGATES[expr.name] if has_value else _COUNTED
        return self._filtered(expr, links, zh, en, has_value, has_test)

    def _group(self, expr: Expr) -> Said:
        value, test, _, keys = expr.extra.parts(expr.args)
        told = [self.of(key) for key in keys]
        same = Said("、".join(one.zh.strip() for one in told), ", ".join(one.en for one in told))
        among = Said(f"同{same.zh}的记录", f"rows of the same {same.en}") if keys else Said("全部记录", "all rows")
        if expr.op == "group":
            zh, en = _OVER_GROUPS[expr.name]
            if expr.name == "COUNT" and value is not None:
                zh, en = "有{value}的记录数", "the number of rows that have {value}"
        elif expr.op == "rank":
            zh, en = "按{value}的名次", "the rank by {value}"
        else:
            table = self._held(expr)
            zh, en = f"{_open(table.zh)}（按{{value}}）", f"{_open(table.en)} (by {{value}})"
        zh, en = f"在{_open(among.zh)}中，{zh}", f"{en} among {_open(among.en)}"
        return self._filtered(expr, "", zh, en, value is not None, test is not None)

    def _filtered(self, expr: Expr, links: str, zh: str, en: str, has_value: bool, has_test: bool) -> Said:
        value = self.of(expr.args[0]) if has_value else Said("", "")
        made = Said(zh.format(links=links, value=value.zh), en.format(links=links, value=value.en))
        if not has_test:
            return made
        test = self.of(expr.args[1 if has_value else 0])
        return Said(f"{made.zh}（只计{test.zh}的）", f"{made.en} (only where {test.en})")

    def _compared(self, expr: Expr) -> Said:
        left, right = self.of(expr.args[0]), self.of(expr.args[1])
        if expr.args[0].type.kind == NUMBER:
            words = OP_WORDS[expr.op]
        else:
            words = DATE_WORDS[expr.op] if expr.args[0].type.kind == DATE else _IS[expr.op]
        verb = "" if expr.args[0].type.kind not in (NUMBER, DATE) else "is "
        return Said(f"{left.zh}{words['zh']} {right.zh}".rstrip(), f"{left.en} {verb}{words['en']} {right.en}")

    def _chained(self, expr: Expr) -> Said:
        """Return a sum, product or condition, with brackets where another operator stands inside."""
        listed = one_of(expr)
        if listed is not None and listed.left is not None:
            value, words = self.of(listed.left), [f"“{word}”" for word in listed.choices]
            return Said(f"{value.zh}为{'或'.join(words)}", f"{value.en} is {' or '.join(words)}")
        parts = []
        for place, arg in enumerate(expr.args):
            told = self.of(arg)
            apart = _binding(arg.op) < _binding(expr.op) or (place > 0 and arg.op in ("sub", "add", "div") and expr.op in ("sub", "div"))
            parts.append(Said(f"（{told.zh}）", f"({told.en})") if apart else told)
        zh, en = {"and": ("，且", " and "), "or": ("，或", " or ")}.get(expr.op, (_SIGNS.get(expr.op, ""), _SIGNS.get(expr.op, "")))
        return Said(zh.join(one.zh for one in parts), en.join(one.en for one in parts))


def _special(expr: Expr) -> tuple[str, str] | None:
    """Return how common calls are said more plainly."""
    first, second = (*expr.args, None, None)[:2]
    if second is None or second.op != "literal":
        return None
    if expr.op == "add_days" and second.value == -1 and first is not None and first.op == "period_end":
        return "期末", "the last day judged"
    return None


_IS = {"eq": {"zh": "为", "en": "is"}, "ne": {"zh": "不为", "en": "is not"}}
_BINDING = {"case": 0, "or": 1, "and": 2, "add": 4, "sub": 4, "mul": 5, "div": 5}


def _binding(op: str) -> int:
    return _BINDING.get(op, 3 if op in COMPARISONS else 9)


def _spaced(text: str) -> str:
    """Return Chinese text with one blank beside names and figures, and none beside its signs."""
    text = re.sub(r"([\u4e00-\u9fff])(?=[A-Za-z0-9_])|([A-Za-z0-9_])(?=[\u4e00-\u9fff])", r"\1\2 ", text)
    return re.sub(r" *([，。；、（）“”]) *", r"\1", re.sub(r" {2,}", " ", text)).strip()


def _open(text: str) -> str:
    """Return text that goes through ``str.format`` unchanged."""
    return text.replace("{", "{{").replace("}", "}}")


def _said(label: Mapping[str, str], text: str) -> Said:
    return Said(label.get("zh") or label.get("en") or text, label.get("en") or label.get("zh") or text)


_NAMED: dict[str, Callable[[Phrases, Expr], Said]] = {
    "literal": Phrases._literal, "variable": Phrases._variable, "column": Phrases._column, "parameter": Phrases._held,
    "tier": Phrases._stepped, "bracket": Phrases._stepped, "lookup": Phrases._lookup, "outer": Phrases._inner, "above": Phrases._inner,
    "prior": Phrases._prior, "not": Phrases._not, "least": Phrases._choice, "greatest": Phrases._choice, "coalesce": Phrases._choice, "round": Phrases._rounded,
    "case": Phrases._case, "left": Phrases._text, "starts_with": Phrases._text,
}  # fmt: skip


def type_words(type_: Type | None) -> Said:
    """Return a declared type as a reader would say it: 金额（元）, area in m²."""
    if type_ is None:
        return Said("", "")
    zh = {"money": "金额", "number": "数值", "ratio": "比例", "int": "整数", "text": "文本", "bool": "是/否", "date": "日期"}
    unit = str(type_.unit)
    if type_.kind != NUMBER or unit == "ratio":
        return Said(zh[type_.word], {"bool": "yes/no", "int": "whole number"}.get(type_.word, type_.word))
    shown = [show_value(Fraction(2), unit, word).partition(" ")[2] for word in ("zh", "en")]
    kind = "whole number" if type_.word == "int" else type_.word
    return Said(f"{zh[type_.word]}（{shown[0]}）", f"{kind} in {shown[1]}")
