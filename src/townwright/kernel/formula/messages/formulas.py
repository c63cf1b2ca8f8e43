"""Messages about a formula: its syntax, functions, types and units."""

from __future__ import annotations

FORMULAS: dict[str, tuple[str, ...]] = {
    "empty": ("the formula is empty.", "公式为空。", "Write an expression.", "请写一个表达式。"),
    "too-long": (
        "the formula has {count:,} characters; the most is {most:,}.", "公式有 {count:,} 个字符，最多 {most:,} 个。",
        "Split it into named variables.", "请拆成若干命名变量。",
    ),
    "too-deep": (
        "the formula is nested more than {most} levels deep.", "公式嵌套超过 {most} 层。", "Split it into named variables.", "请拆成若干命名变量。",
    ),
    "syntax": ("this is not an expression: {problem}.", "这不是一个表达式：{problem}。"),
    "unknown-function": ("{name}(…) is not a function of the language.", "语言中没有函数 {name}(…)。"),
    "node": (
        "{what} may not stand in a formula.", "公式中不能出现 {what}。",
        "A formula is one scalar expression over named columns, variables and parameters.", "公式是由列、变量和参数组成的一个标量表达式。",
    ),
    "cast": (
        "a cast may not stand in a formula.", "公式中不能做类型转换。",
        "Declare the type of the variable instead; dates are written DATE '2016-12-31'.", "请改为声明变量的类型；日期写作 DATE '2016-12-31'。",
    ),
    "sub-query": ("a sub-query may not stand in a formula.", "公式中不能有子查询。", "Aggregate over a link instead.", "请改用沿链接的汇总。"),
    "plain-decimal": ("{text} is not written as a plain decimal.", "{text} 不是普通的十进制写法。", "Write 0.05, not 5e-2.", "请写 0.05，不写 5e-2。"),
    "not-here": ("{what} may not stand here.", "{what} 不能出现在此处。"),
    "kind": ("{text} is a {have}; here a {wanted} is needed.", "{text} 是{have}，此处需要{wanted}。"),
    "null": ("NULL cannot be compared or computed with.", "NULL 不能比较或参与计算。", "Ask 'x IS NULL'.", "请写 x IS NULL。"),
    "date-literal": ("{text!r} is not a date.", "“{text}”不是日期。", "Write DATE '2016-12-31'.", "请写 DATE '2016-12-31'。"),
    "compare-kinds": ("{left} is a {left_type} and {right} a {right_type}: they cannot be compared.", "{left} 是{left_type}，{right} 是{right_type}，不能比较。"),
    "bool-order": ("true and false have no order.", "真与假没有大小之分。", "Compare them by = or <>.", "请用 = 或 <> 比较。"),
    "is": ("IS is only for IS NULL and IS NOT NULL.", "IS 只用于 IS NULL 和 IS NOT NULL。", "Use = for equality.", "相等请用 =。"),
    "in-empty": ("IN needs at least one value.", "IN 至少要有一个值。", "Write x IN ('a', 'b').", "请写 x IN ('a', 'b')。"),
    "case-value": ("CASE takes conditions.", "CASE 后应写条件。", "Write CASE WHEN x = 1 THEN … END.", "请写 CASE WHEN x = 1 THEN … END。"),
    "case-else": (
        "CASE has no ELSE: where no WHEN holds the value is missing.", "CASE 没有 ELSE：没有 WHEN 成立时结果为缺失。",
        "Add an ELSE, or say ELSE NULL if that is meant.", "请补上 ELSE；若有意如此，请写 ELSE NULL。",
    ),
    "filter": ("FILTER goes with an aggregate over a link, or with a group step.", "FILTER 只用于沿链接的汇总或分组函数。"),
    "unit-clash": ("cannot {verb} {left} ({left_unit}) and {right} ({right_unit}).", "{left}（{left_unit}）与 {right}（{right_unit}）不能{verb}。"),
    "branches": ("{left} is a {left_type} but {right} a {right_type}.", "{left} 是{left_type}，而 {right} 是{right_type}。", "Make all branches of one type.", "各分支应为同一类型。"),
    "arguments": ("{name} takes {wanted} arguments, not {count}.", "{name} 需要 {wanted} 个参数，给了 {count} 个。"),
    "choose-kind": ("{name} takes numbers or dates.", "{name} 只接受数值或日期。"),
    "round-step": ("the step of {name} is a positive literal such as 0.01.", "{name} 的单位应为正的字面数值，如 0.01。"),
    "whole-count": ("{name} takes a whole number of {unit}s.", "{name} 需要整数个{unit}。"),
    "table-kind": ("{name} needs a table of kind {kind}.", "{name} 需要 {kind} 类的表。"),
    "table-input": ("{text} is in {unit}, but table :{table} is entered with {wanted}.", "{text} 的单位是 {unit}，而表 :{table} 以 {wanted} 查询。"),
    "whole-year": ("{text} is not a whole number, but {name} goes by whole years.", "{text} 不是整数，而 {name} 按整年查表。", "Use an int, or ROUND_TO(x, 1, 'floor').", "请用整数，或 ROUND_TO(x, 1, 'floor')。"),
    "literal": ("the {place} argument of {name} is a literal {wanted}.", "{name} 的{place}参数应为字面值：{wanted}。"),
    "unit-call": ("UNIT takes a literal number and a unit in quotes.", "UNIT 需要一个字面数值和带引号的单位。", "Write UNIT(12, 'month').", "请写 UNIT(12, 'month')。"),
    "aggregate-nested": (
        "{name} stands inside another aggregate.", "{name} 出现在另一个汇总之内。", "Name the inner one as a variable of the linked entity.", "请把内层写成被链接实体的变量。",
    ),
    "aggregate-arguments": (
        "{name} takes one argument over a link, or a value and BY(…).", "{name} 需要一个沿链接的参数，或一个值和 BY(…)。", "Write {name}(link.column).", "请写 {name}(链接.列)。",
    ),
    "aggregate-link": ("{text} names no link from {entity} to many rows.", "{text} 没有写明从 {entity} 到多条记录的链接。"),
    "aggregate-value": ("{name} needs a value of each row.", "{name} 需要每行的一个值。", "Write {name}({link}.<column>).", "请写 {name}({link}.<列>)。"),
    "aggregate-condition": ("{name} takes a condition.", "{name} 需要一个条件。", "Write {name}(link.flag).", "请写 {name}(链接.是否列)。"),
    "aggregate-numbers": ("{name} takes numbers; {text} is a {have}.", "{name} 需要数值；{text} 是{have}。"),
    "aggregate-quotient": (
        "{text} is an unrounded quotient for each row.", "{text} 对每行都是未舍入的商。", "Name it as a variable with round: and use that.", "请写成带 round: 的变量再使用。",
    ),
    "chain-turn": (
        "{path} goes to many rows, back to one and to many again: a row could be counted twice.", "{path} 先到多条、又回到一条、再到多条：记录可能重复计算。",
        "Name the inner step as a variable of {entity}.", "请把内层写成 {entity} 的变量。",
    ),
    "chain-bare": (
        "{text} is a name of {owner}, but {path} starts over at {entity}.", "{text} 是 {owner} 的名称，而 {path} 从 {entity} 重新开始。",
        "Name the aggregate as a variable of {entity}.", "请把汇总写成 {entity} 的变量。",
    ),
    "group-place": (
        "{name} with BY stands inside an aggregate.", "带 BY 的 {name} 出现在汇总之内。", "Name it as a variable of {entity}.", "请写成 {entity} 的变量。",
    ),
    "group-by": ("{name} over a group needs BY(…): BY() for all rows.", "{name} 按组计算需要 BY(…)；全部记录写 BY()。", "Write {name}({example}).", "请写 {name}({example})。"),
    "group-key": ("{text} is an unrounded quotient and cannot be a group's key.", "{text} 是未舍入的商，不能作分组键。", "Name it as a variable with round:.", "请写成带 round: 的变量。"),
    "option": ("{value!r} is not an option of {name}.", "{name} 没有选项“{value}”。", "The options are {choices}.", "选项有 {choices}。"),
    "veto": ("VETO takes a condition and a band of :{table} in quotes.", "VETO 需要一个条件和表 :{table} 中带引号的档次。", "Write VETO(flag, '{band}').", "请写 VETO(条件, '{band}')。"),
    "inner-call": ("{name}(…) belongs inside {where}.", "{name}(…) 只能写在 {where} 之内。"),
    "prior-span": (
        "{text} is not a span of periods.", "“{text}”不是期数。", "Write PRIOR(x, 1 year), 2 quarter, 3 month or 1 period.", "请写 PRIOR(x, 1 year)、2 quarter、3 month 或 1 period。",
    ),
    "prior-name": ("PRIOR takes the name of a column or variable.", "PRIOR 需要列名或变量名。", "Name {text} as a variable and write PRIOR(name, 1 year).", "请把 {text} 写成变量，再写 PRIOR(名称, 1 year)。"),
    "prior-undated": (
        "{name} is a column of {entity}, whose rows carry no period.", "{name} 是 {entity} 的列，而 {entity} 的记录不带期间。",
        "Say period: <column> for the entity, or name a variable that reads a table of periods.", "请为该实体写 period: <列>，或改用读取分期表的变量。",
    ),
    "prior-still": (
        "{name} does not depend on the period, so PRIOR({name}) is {name} itself.", "{name} 与期间无关，PRIOR({name}) 就是 {name} 本身。",
        "Read a table of periods, or take PRIOR away.", "请读取分期表，或去掉 PRIOR。",
    ),
    "prior-column": (
        "PRIOR({name}) also reads {columns} of {entity}, which are as this snapshot holds them, not as they were.",
        "PRIOR({name}) 还读取 {entity} 的 {columns}，它们是本快照中的值，不是当时的值。",
        "Put them into a table of periods if the past value is meant.", "若需当时的值，请放入分期表。",
    ),
    "fiscal-month": ("the first month of FISCAL_YEAR is a literal 1 to 12.", "FISCAL_YEAR 的首月应为字面值 1 至 12。", "Write FISCAL_YEAR(d, 4, 'start').", "请写 FISCAL_YEAR(d, 4, 'start')。"),
    "no-type": ("{name} says no type.", "{name} 没有声明类型。", "This formula gives a {have}.", "此公式的结果是{have}。"),
    "declared-kind": ("{name} is declared a {declared}, but its formula gives a {have}.", "{name} 声明为{declared}，公式的结果却是{have}。"),
    "declared-unit": (
        "{name} is declared in {declared}, but its formula gives {have}.", "{name} 声明的单位是 {declared}，公式的结果却是 {have}。",
        "Divide or multiply by what is in {ratio}, or declare {have}.", "请乘或除以单位为 {ratio} 的量，或声明为 {have}。",
    ),
    "round-where": (
        "{name} ({word}) would have {have}.", "{name}（{word}）会有{have}。", "Say where to round, as in round: half_up {step}", "请写明舍入，如 round: half_up {step}",
    ),
}  # fmt: skip
