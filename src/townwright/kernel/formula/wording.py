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


_ROUNDED = {
    "half_up": ("四舍五入", "rounded half up"), "half_away": ("四舍五入", "rounded half away from zero"), "half_even": ("四舍六入五成双", "rounded half to even"),
    "floor": ("向下取整", "rounded down"), "ceiling": ("向上取整", "rounded up"),
}  # fmt: skip
_STEPS_ZH = {"1": "整数", "0.1": "一位小数", "0.01": "分", "0.001": "三位小数", "0.0001": "四位小数", "10000": "万"}
# What a step of the working over several records was: found from how many.
_OVER = {
    "sum": ("{} 条记录之和", "the sum of {}"), "count": ("{} 条记录的条数", "the count of {}"), "mean": ("{} 条记录的平均数", "the mean of {}"),
    "median": ("{} 条记录的中位数", "the median of {}"), "min": ("{} 条记录中的最小值", "the least of {}"), "max": ("{} 条记录中的最大值", "the greatest of {}"),
    "only": ("取自 {} 条记录", "from {}"), "rank": ("在 {} 条记录中的名次", "the rank among {}"), "any": ("{} 条记录中是否有一条成立", "whether any of {} holds"), "all": ("{} 条记录是否都成立", "whether all of {} hold"),
}  # fmt: skip


def rounding_words(rounding: str, language: str, unit: str = "") -> str:
    """Return a named rounding (``half_up 0.01``) in words: 四舍五入到分, rounded half up to 0.01."""
    mode, _blank, step = rounding.partition(" ")
    zh, en = _ROUNDED.get(mode, (mode, f"rounded {mode}"))
    if not step:
        return zh if language.startswith("zh") else en
    if not language.startswith("zh"):
        return f"{en} to {step}"
    named = "两位小数" if step == "0.01" and unit not in CURRENCIES else _STEPS_ZH.get(step, f" {step}")
    return f"{zh}到{named}"


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


def _say(node: TraceNode, language: str, told: list[str], owner: str = "") -> None:
    """Add the sentences of a step, those below first; a step without a name of its own goes by its owner's."""
    chinese = language.startswith("zh")
    name = owner if owner and node.kind != "variable" and _named(node, language) == node.text else _named(node, language)
    for child in node.children:
        _say(child, language, told, name)
    if node.folded == "above":
        return
    if node.kind == "variable":
        told.append(_variable(node, language, chinese))
    elif node.note and node.value is None:
        note = node.note.get("zh" if chinese else "en", "")
        told.append(f"{name}：{note}。" if chinese else f"{name}: {note}.")


def _variable(node: TraceNode, language: str, chinese: bool) -> str:
    inner = node.children[0] if node.children else None
    made = "" if inner is None or inner.kind in ("literal",) else f" = {_figures(inner, language)}"
    if made == f" = {show_value(node.value, node.unit, language)}":
        made = ""
    rounded = ""
    if node.rounding:
        rounded = (
            f"（{rounding_words(node.rounding, language, node.unit)}）"
            if chinese
            else f" ({rounding_words(node.rounding, language, node.unit)})"
        )
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
        return _least_of("greatest", [parts[0].removeprefix("(").removesuffix(")"), "0"], language)
    if node.kind in ("least", "greatest") and parts:
        return _least_of(node.kind, parts, language)
    if node.kind == "case" and node.taken is not None:
        return _figures(node.children[node.taken], language, depth)
    if node.kind == "case" and node.value is not None:
        return show_value(node.value, node.unit, language)
    if node.rows is not None:
        return f"{_over(node, language)} {show_value(node.value, node.unit, language)}" if depth else _over(node, language)
    return node.text if node.kind == "literal" else show_value(node.value, node.unit, language)


def _least_of(kind: str, parts: list[str], language: str) -> str:
    """Return LEAST or GREATEST in words: the lesser of A and B."""
    *first, last = parts
    if language.startswith("zh"):
        return f"{'、'.join(first)}与 {last} 中较{'小' if kind == 'least' else '大'}者" if first else last
    two = {"least": "lesser", "greatest": "greater"} if len(parts) == 2 else {"least": "least", "greatest": "greatest"}
    return f"the {two[kind]} of {', '.join(first)} and {last}" if first else last


def _over(node: TraceNode, language: str) -> str:
    """Return a step over several records in words: the sum of 3 records."""
    zh, en = _OVER.get(node.text.partition("(")[0].strip().lower(), ("由 {} 条记录得出", "found from {}"))
    if language.startswith("zh"):
        return zh.format(node.rows)
    return en.format(f"{node.rows} record{'' if node.rows == 1 else 's'}")
