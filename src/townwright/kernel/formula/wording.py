"""Values and working in words, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from townwright.kernel.formula.units import CURRENCIES
from townwright.kernel.values.said import Said

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
    "m2": "㎡", "m3": "立方米", "mu": "亩", "month": "月", "year": "年", "day": "天", "person": "人", "tce": "吨标煤", "t": "吨", "kWh": "千瓦时",
    "point": "分", "firm": "家", "project": "个项目",
    "CNY": "元", "USD": "美元", "MYR": "林吉特", "EUR": "欧元", "GBP": "英镑", "JPY": "日元", "HKD": "港元", "TWD": "新台币", "SGD": "新加坡元",
    "THB": "泰铢", "VND": "越南盾", "IDR": "印尼盾", "KRW": "韩元", "RUB": "卢布", "INR": "印度卢比", "PKR": "巴基斯坦卢比", "EGP": "埃及镑",
    "ETB": "比尔", "NGN": "奈拉", "ZMW": "赞比亚克瓦查", "MUR": "毛里求斯卢比", "LAK": "基普", "KHR": "瑞尔", "KZT": "坚戈", "UZS": "乌兹别克苏姆",
    "HUF": "福林", "AUD": "澳元", "CAD": "加元", "CHF": "瑞士法郎", "NZD": "新西兰元", "PHP": "菲律宾比索", "BDT": "塔卡", "LKR": "斯里兰卡卢比",
    "AED": "阿联酋迪拉姆", "SAR": "沙特里亚尔", "TRY": "土耳其里拉", "BYN": "白俄罗斯卢布", "PLN": "兹罗提", "CZK": "捷克克朗", "MXN": "墨西哥比索",
    "BRL": "雷亚尔", "ZAR": "兰特", "KES": "肯尼亚先令", "TZS": "坦桑尼亚先令", "DZD": "阿尔及利亚第纳尔", "VES": "玻利瓦尔",
    "KGS": "吉尔吉斯索姆", "TJS": "索莫尼", "RON": "列伊",
}  # fmt: skip
_PLURAL = {"day": "days", "month": "months", "year": "years", "person": "people", "point": "points", "firm": "firms", "project": "projects"}
_ROUNDED = {
    "half_up": ("四舍五入", "rounded half up"), "half_away": ("四舍五入", "rounded half away from zero"), "half_even": ("四舍六入五成双", "rounded half to even"),
    "floor": ("向下取整", "rounded down"), "ceiling": ("向上取整", "rounded up"),
}  # fmt: skip
_STEPS_ZH = {"1": "整数", "0.1": "一位小数", "0.01": "分", "0.001": "三位小数", "0.0001": "四位小数", "10000": "万"}


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


def rounding_said(mode: str, step: Fraction, unit: str = "") -> Said:
    """Return a rounding in words of both languages."""
    told = f"{mode} {_number(step, 0).replace(',', '')}"
    return Said(rounding_words(told, "zh", unit), rounding_words(told, "en", unit))


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
    if chinese:
        return f"{text} {'/'.join(_UNITS_ZH.get(part, part) for part in unit.split('/'))}"
    return f"{text} {unit if value == 1 else _PLURAL.get(unit, unit)}"


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
        # What is missing in a branch that was not taken is no news.
        if node.kind != "case" or node.value is None or child.value is not None:
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
        rounded = f"（{node.rounded(language)}）" if chinese else f" ({node.rounded(language)})"
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
        entered = f"（{'、'.join(parts)}）" if language.startswith("zh") else f" ({', '.join(parts)})"
        told = _named(node, language) + ("" if node.kind == "band" else entered)
        return f"{told} {show_value(node.value, node.unit, language)}" if depth else told
    if node.kind == "greatest" and node.text.startswith("INCREASE(") and len(parts) == 1:
        told = parts[0].removeprefix("(").removesuffix(")")
        return f"{told}（不足零按零）" if language.startswith("zh") else f"{told}, at least 0"
    if node.kind in ("least", "greatest") and len(parts) > 1:
        return _chosen(node, parts, language)
    if node.kind == "case" and node.taken is not None:
        return _figures(node.children[node.taken], language, depth)
    if node.kind == "case" and node.value is not None:
        return show_value(node.value, node.unit, language)
    if node.rows is not None:
        rows = f"{node.rows} 条记录" if language.startswith("zh") else f"{node.rows} record{'s' * (node.rows != 1)}"
        return f"{_named(node, language)} [{rows}]"
    return _named(node, language)


def _chosen(node: TraceNode, parts: list[str], language: str) -> str:
    """Return LEAST or GREATEST in words."""
    most, days = node.kind == "greatest", isinstance(node.value, date)
    if language.startswith("zh"):
        return f"{'、'.join(parts)} 中较{('晚' if most else '早') if days else ('大' if most else '小')}者"
    word = ("latest" if most else "earliest") if days else ("greatest" if most else "least")
    return f"the {word} of {', '.join(parts)}"
