"""What the parsers of YAML and of formulas say, and what their nodes are called, in both languages."""

from __future__ import annotations

import re

from townwright.kernel.values.said import Said

_YAML: dict[str, str] = {
    "mapping values are not allowed in this context": "此处不能出现“键: 值”（冒号后的文字需加引号，或缩进有误）",
    "did not find expected key": "此处应为键（多为缩进或引号有误）",
    "did not find expected ',' or '}'": "缺少“,”或“}”",
    "did not find expected ',' or ']'": "缺少“,”或“]”",
    "did not find expected '-' indicator": "列表各项应以“-”开头并对齐",
    "could not find expected ':'": "键后缺少“:”",
    "found character that cannot start any token": "有不能作开头的字符（制表符、@、` 等需加引号或删去）",
    "found unexpected end of stream": "文件在引号或括号之内就结束了",
    "found unexpected ':'": "有多余的“:”",
    "found undefined alias": "引用的锚点（*名称）没有定义",
    "did not find expected node content": "此处缺少内容",
    "did not find expected <document start>": "此处应为新文档的开头（多为缩进有误）",
    "found a tab character that violates indentation": "缩进用了制表符，请改用空格",
}
_NODES: dict[str, tuple[str, str]] = {
    "Alias": ("a second name (AS …, or name: …)", "别名（AS … 或 名称: …）"), "Select": ("SELECT", "SELECT"), "Subquery": ("a sub-query", "子查询"),
    "Star": ("*", "*"), "Window": ("OVER (…)", "OVER (…)"), "DPipe": ("||", "||"), "Mod": ("%", "%"), "Pow": ("**", "**"), "IntDiv": ("//", "//"),
    "Like": ("LIKE", "LIKE"), "ILike": ("ILIKE", "ILIKE"), "Tuple": ("a list in brackets", "括号中的一串值"), "Bracket": ("[…]", "[…]"),
    "Array": ("[…]", "[…]"), "Struct": ("{…}", "{…}"), "Lambda": ("->", "->"), "Command": ("a statement", "语句"), "Interval": ("INTERVAL", "INTERVAL"),
    "Ordered": ("ORDER BY", "ORDER BY"), "Distinct": ("DISTINCT", "DISTINCT"), "Parameter": ("@…", "@…"), "Xor": ("XOR", "XOR"),
    "Exists": ("EXISTS", "EXISTS"), "Union": ("UNION", "UNION"), "RawString": ("$$…$$", "$$…$$"), "TryCast": ("TRY_CAST", "TRY_CAST"),
}  # fmt: skip


def yaml_problem(told: str) -> Said:
    """Return what the parser of YAML says; what has no Chinese here stays as it is."""
    return Said(_YAML.get(told, told), told)


def syntax_problem(told: str) -> Said:
    """Return what the parser of formulas says of the place it stopped at."""
    expected = re.match(r"Expecting (.+)", told)
    if expected:
        return Said(f"缺少“{expected[1]}”", f"{expected[1]} is missing")
    if told.startswith("Required keyword"):
        return Said("运算符旁缺少一个值", "a value is missing beside an operator")
    if told.startswith("Expected END"):
        return Said("CASE 没有对应的 END（若 case 是列名，请加双引号）", 'a CASE has no END (a column of that name is written "case")')
    if told.startswith("Expected table name"):
        return Said("此处是 SQL 的保留字；若是列名，请加双引号", "a reserved word of SQL; if it is a name, write it in double quotes")
    if told.startswith("Invalid expression") or "<" in told:
        return Said("有不该出现的词或符号", "an unexpected word or sign")
    if told.startswith("Missing "):
        return Said("引号没有成对", "a quotation mark has no partner")
    return Said(told, told)


def node_said(kind: str) -> Said:
    """Return what an author calls a kind of syntax node."""
    en, zh = _NODES.get(kind, (kind, kind))
    return Said(zh, en)
