"""Values and working in words, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from townwright.kernel.formula.units import CURRENCIES

if TYPE_CHECKING:
    from townwright.kernel.formula.explain import TraceNode

NOTES = {
    "missing_input": {"zh": "此项未填报", "en": "this input is missing"},
    "missing_row": {"zh": "没有符合条件的记录", "en": "no record fits"},
    "missing_member": {"zh": "有记录缺数，合计不成立", "en": "a record lacks its figure, so the total is not known"},
    "missing_earlier": {"zh": "没有该早期的记录", "en": "there is no record of that earlier period"},
    "missing_link": {"zh": "没有所链接的记录", "en": "the record it links to is not there"},
    "no_group": {"zh": "分组依据缺失，不属于任何组", "en": "the key of the group is missing, so it belongs to none"},
    "no_such_day": {"zh": "日期超出公元 1 年至 9999 年，结果缺失", "en": "no calendar has that day, so the result is missing"},
    "zero_divisor": {"zh": "除数为零，结果缺失", "en": "the divisor is zero, so the result is missing"},
}
_UNITS_ZH = {
    "CNY": "元",
    "USD": "美元",
    "MYR": "林吉特",
    "m2": "㎡",
    "month": "月",
    "year": "年",
    "day": "天",
    "person": "人",
    "tce": "吨标煤",
    "mu": "亩",
}


def gap_sentence(asked: Mapping[str, Any], gap: Fraction | None, language: str) -> str:
    """Return a failing condition of a whole town's explanation in words: what is asked, and by how much it is missed."""
    word = "zh" if language.startswith("zh") else "en"
    name = asked["label"].get(word) or asked["condition"]
    if not asked.get("op"):
        return f"{name}：不成立。" if word == "zh" else f"{name}: does not hold."
    below = asked["op"] in ("ge", "gt")
    figure = asked["figure"].get(word, "")
    if gap is None or not asked["measured"]:
        return f"{name}：{figure}不符。" if word == "zh" else f"{name}: {figure} does not fit."
    shown = show_value(gap, "day" if asked["kind"] == "date" else asked["unit"], word)
    if asked["op"] == "eq":
        return f"{name}：{figure}相差 {shown}。" if word == "zh" else f"{name}: {figure} is off by {shown}."
    if word == "zh":
        return f"{name}：{figure}{'差' if below else '超出'} {shown}。"
    return f"{name}: {figure} is {shown} {'short' if below else 'too much'}."


def earlier_label(label: Mapping[str, str], months: int) -> dict[str, str]:
    """Return the label of a variable as it was some months earlier."""
    years, rest = divmod(months, 12)
    zh, en = (f"{months}个月", f"{months} month{'s' * (months > 1)}") if rest else (f"{years}年", f"{years} year{'s' * (years > 1)}")
    return {"zh": f"{label.get('zh', '')}（早{zh}）", "en": f"{label.get('en', '')} ({en} earlier)"}


def show_value(value: Any, unit: str, language: str) -> str:
    """Return a value as people read it: thousands parted, money with two decimals, exact otherwise."""
    chinese = language.startswith("zh")
    if value is None:
        return "缺失" if chinese else "missing"
    if isinstance(value, bool):
        return ("是" if value else "否") if chinese else ("yes" if value else "no")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return value
    text = _number(Fraction(value), 2 if unit in CURRENCIES else 0)
    if unit in ("", "ratio", "1"):
        return text
    shown = "/".join(_UNITS_ZH.get(part, part) for part in unit.split("/")) if chinese else unit
    return f"{text} {shown}"


def _number(value: Fraction, least: int) -> str:
    sign = "-" if value < 0 else ""
    value = abs(value)
    for places in range(least, 13):
        if (value * 10**places).denominator == 1:
            whole = value.numerator * 10**places // value.denominator
            return sign + _digits(whole, places)
    whole = round(value * 10**6)
    return f"{sign}≈{_digits(whole, 6)}"


def _digits(whole: int, places: int) -> str:
    text = str(whole).rjust(places + 1, "0")
    head, tail = (text[:-places], text[-places:]) if places else (text, "")
    return f"{int(head):,}" + (f".{tail}" if tail else "")


def _named(node: TraceNode, language: str) -> str:
    word = "zh" if language.startswith("zh") else "en"
    return node.label.get(word) or node.label.get("en") or node.text


def say(node: TraceNode, language: str) -> list[str]:
    """Return the working as sentences: what a value is made of comes before the value."""
    told: list[str] = []
    _say(node, language, told)
    return list(dict.fromkeys(told))


def _say(node: TraceNode, language: str, told: list[str]) -> None:
    chinese = language.startswith("zh")
    for child in node.children:
        _say(child, language, told)
    if node.folded == "above":
        return
    if node.kind == "variable":
        told.append(_variable(node, language, chinese))
    elif node.note and node.value is None:
        note = node.note.get("zh" if chinese else "en", "")
        told.append(f"{_named(node, language)}：{note}。" if chinese else f"{_named(node, language)}: {note}.")


def _variable(node: TraceNode, language: str, chinese: bool) -> str:
    inner = node.children[0] if node.children else None
    made = "" if inner is None or inner.kind in ("literal",) else f" = {_figures(inner, language)}"
    if made == f" = {show_value(node.value, node.unit, language)}":
        made = ""
    rounded = ""
    if node.rounding:
        rounded = f"（舍入 {node.rounding}）" if chinese else f" (rounded {node.rounding})"
    result = show_value(node.value, node.unit, language)
    end = "。" if chinese else "."
    return f"{_named(node, language)}{made} = {result}{rounded}{end}"


_SIGNS = {
    "add": " + ", "sub": " − ", "mul": " × ", "div": " ÷ ", "eq": " = ", "ne": " ≠ ", "lt": " < ", "le": " ≤ ", "gt": " > ", "ge": " ≥ ",
}  # fmt: skip


def _figures(node: TraceNode, language: str, depth: int = 0) -> str:
    """Return an expression with its figures in place of names."""
    if node.kind in ("variable", "column", "parameter", "lookup", "outer", "above", "prior"):
        return f"{_named(node, language)} {show_value(node.value, node.unit, language)}"
    parts = [_figures(child, language, depth + 1) for child in node.children]
    if node.kind in _SIGNS and len(parts) == 2:
        joined = _SIGNS[node.kind].join(parts)
        return f"({joined})" if depth else joined
    if node.kind in ("tier", "bracket", "band"):
        return f"{_named(node, language)} ({', '.join(parts)}) {show_value(node.value, node.unit, language)}"
    if node.kind == "greatest" and node.text.startswith("INCREASE(") and len(parts) == 1:
        return f"MAX(0, {parts[0].removeprefix('(').removesuffix(')')})"
    if node.kind in ("least", "greatest") and parts:
        return f"{'MIN' if node.kind == 'least' else 'MAX'}({', '.join(parts)})"
    if node.kind == "case" and node.taken is not None:
        return _figures(node.children[node.taken], language, depth)
    if node.kind == "case" and node.value is not None:
        return show_value(node.value, node.unit, language)
    if node.rows is not None:
        rows = f"{node.rows} 行" if language.startswith("zh") else f"{node.rows} rows"
        return f"{node.text} [{rows}]"
    return node.text
