"""Messages while rows are read and judged: tables, columns, rows, figures and dates that do not fit, files that are damaged."""

from __future__ import annotations

RUNNING: dict[str, tuple[str, ...]] = {
    # What was asked for.
    "no-variable": ("{code} has no variable {entity}.{name}.", "{code} 没有计算项 {entity}.{name}。"),
    "no-such-name": ("{entity} has no {name!r} in {code}.", "{code} 的 {entity} 没有“{name}”。"),
    "no-condition": ("{code} has no condition {name!r}.", "{code} 没有条件“{name}”。"),
    "not-a-policy": ("{code} is not a policy.", "{code} 不是政策。"),
    "no-row": ("{entity} has no row {key!r} in these tables.", "这些表的 {entity} 没有“{key}”这一行。", "Look up its key.", "请核对键值。"),
    "breakdown": (
        "{by!r} does not name a link of zone and a column.", "“{by}”没有写明 zone 的链接和列。", "Write link.column, as in firms.industry.", "请写作 链接.列，如 firms.industry。",
    ),
    # Tables and columns.
    "no-table": ("there is no table for the entity {entity!r}; there is {known}.", "没有实体“{entity}”的表；有 {known}。"),
    "no-column": ("{entity} has no column {name!r}; its columns are {known}.", "{entity} 没有列“{name}”；它的列有 {known}。"),
    "column-kind": (
        "{entity}.{name} holds {have}, not a {wanted}.", "{entity}.{name} 存的是 {have}，不是{wanted}。",
        "Write the table again with that column as the rulebook declares it.", "请按规则声明的类型重新写出此列。",
    ),
    # Rows.
    "several": (
        "{text} finds {count} rows of {child} for {owner} {key}.", "{text} 为 {owner} {key} 找到 {count} 条 {child} 记录，应只有一条。",
        "Narrow the FILTER, or correct the records.", "请收紧 FILTER，或更正记录。",
    ),
    "two-rows": ("{entity} has two rows for {key}.", "{entity} 有两行都是 {key}。", "Correct the records.", "请更正记录。"),
    "row-period": ("a row of {entity} has the period {period!r}: {problem}", "{entity} 有一行的期间是“{period}”：{problem}", "Correct the record.", "请更正该记录。"),
    "period-step": (
        "{count} {grain} before {period} is no {have} of {entity}.", "{entity} 按{have}记录，{period} 之前 {count} {grain}不是整{have}。",
        "Ask for whole {have}s.", "请按整{have}书写。",
    ),
    # Figures and dates.
    "no-decimal-form": ("{value} has no finite decimal form.", "{value} 不能写成有限小数。", "Say where to round.", "请写明舍入。"),
    "not-held": (
        "{name} has the value {value}, which {wanted} does not hold.", "{name} 的值是 {value}，{wanted} 存不下。", "Say where to round, as in round: half_up 0.01.",
        "请写明舍入，如 round: half_up 0.01。",
    ),
    "values-not-held": ("{name} has values that {wanted} does not hold: {problem}.", "{name} 有 {wanted} 存不下的值：{problem}。"),
    "working-day": ("{problem}", "{problem}"),
    "working-days-end": ("the calendar of working days ends on {last}.", "工作日日历止于 {last}。"),
    "working-days": (
        "{count} working days from {day} lie outside the calendar, which covers {first} to {last}.", "自 {day} 起 {count} 个工作日超出日历；日历涵盖 {first} 至 {last}。",
    ),
    # Rows that come in batches.
    "totals-early": (
        "the totals are known once all batches have been read.", "读完全部批次后才有合计。", "Iterate over the stream first.", "请先读完数据流。",
    ),
    "nothing-to-write": ("there is no row of {entity} to write to {file}.", "没有 {entity} 的记录可写入 {file}。"),
    "not-addable": (
        "{name}: {text} cannot be added up batch by batch.", "{name}：{text} 不能逐批累计。", "Evaluate it over the whole table.", "请对整张表计算。",
    ),
    "single-rows": (
        "{name} reads single rows of {entity}, which come in batches.", "{name} 要读 {entity} 的单行，而它分批到来。", "Evaluate it over the whole table.", "请对整张表计算。",
    ),
    "other-rows": (
        "{name}: {text} looks at other rows of {entity}.", "{name}：{text} 要看 {entity} 的其他行。", "Evaluate it over the whole table.", "请对整张表计算。",
    ),
    # Files.
    "no-file": ("{file} does not exist.", "{file} 不存在。"),
    "no-parquet": ("{file} holds no .parquet file.", "{file} 中没有 .parquet 文件。"),
    "not-whole": ("{file} is not a whole Parquet file: {problem}.", "{file} 不是完整的 Parquet 文件：{problem}。", "Write it again.", "请重新写出。"),
    "damaged": ("{file}: {column} cannot be read: {problem}.", "{file}：{column} 无法读取：{problem}。", "Write it again.", "请重新写出。"),
    "file-column": ("{file}: {problem}", "{file}：{problem}"),
    "no-explanations": ("these bytes hold no explanations: {problem}.", "这些字节不是说明表：{problem}。"),
    "explained-row": ("the explanations hold no row {key!r}.", "说明表中没有“{key}”这一行。"),
    # A cluster.
    "more-decimals": ("{name} has more than {places} decimals.", "{name} 超过 {places} 位小数。", "Round it where it is made.", "请在算出处舍入。"),
    "more-digits": (
        "{name} needs more than {digits} digits: the cluster passes no longer numbers between its stages.", "{name} 超过 {digits} 位；集群各步之间不能传更长的数。",
        "Round it, or use --engine embedded.", "请舍入，或改用 --engine embedded。",
    ),
    "passed-decimals": (
        "{text} needs {places} decimals, and the cluster passes {digits}.", "{text} 需要 {places} 位小数，集群只传 {digits} 位。", "Round it.", "请舍入。",
    ),
    "sum-digits": (
        "a sum on the cluster needs more than {digits} digits.", "集群上的一项合计超过 {digits} 位。", "Use --engine embedded, or correct the records.",
        "请改用 --engine embedded，或更正记录。",
    ),
    "not-exact": (
        "{name} holds {have}, which the cluster cannot read exactly.", "{name} 存的是 {have}，集群不能精确读取。", "Store it as a decimal, an integer, text or a date.",
        "请存为定点小数、整数、文本或日期。",
    ),
    "other-version": (
        "the cluster has Townwright {there}, this machine {here}.", "集群上的 Townwright 是 {there}，本机是 {here}。", "Install the same version on both.", "请两处安装同一版本。",
    ),
    # Rows written by hand, and cases.
    "data-entities": ("the data name {names}, not entities of {code}.", "数据中的 {names} 不是 {code} 的实体。"),
    "data-columns": ("a row of {entity} names {names}; its columns are {known}.", "{entity} 有一行写了 {names}；它的列有 {known}。"),
    "data-value": ("{entity}.{name} holds {value!r}, not a {wanted}.", "{entity}.{name} 的值“{value}”不是{wanted}。"),
    "data-shape": (
        "{file} holds no rows by entity.", "{file} 没有按实体列出记录。", "Write {{entity: [rows]}}, or {{period, on, data: {{entity: [rows]}}}}.",
        "请写 {{实体: [记录]}}，或 {{period, on, data: {{实体: [记录]}}}}。",
    ),
    "data-rows": ("{file}: {entity} must be a list of rows, each {{column: value}}.", "{file}：{entity} 应为记录的列表，每条写作 {{列: 值}}。"),
    "data-day": ("{file}: on: {value} is not a date.", "{file}：on: {value} 不是日期。", "Write 2020-12-31.", "请写作 2020-12-31。"),
    "case-in-force": ("expected not to be in force on {day}, but it is.", "应在 {day} 不在有效期，实际有效。"),
    "case-row": ("{entity} has no row {key!r}.", "{entity} 没有“{key}”这一行。"),
    "case-entity": ("{entity!r} is not an entity of {code}.", "“{entity}”不是 {code} 的实体。"),
    "case-shape": (
        "expect: takes {{entity: {{key: {{name: value}}}}}}, not {value!r}.", "expect: 应写作 {{实体: {{键: {{名称: 值}}}}}}，不是“{value}”。",
    ),
    "case-differs": ("{entity} {key}: {name} is {have}, expected {wanted}.", "{entity} {key}：{name} 为{have}，应为{wanted}。"),
    # Beginning, comparing and changing.
    "bad-code": (
        "{code!r} cannot be the code of a rulebook.", "“{code}”不能作规则的代码。", "A code is letters, digits, _ and -, and begins with a letter.",
        "代码由字母（含汉字）、数字、_ 和 - 组成，以字母开头。",
    ),
    "no-figure": ("{code} has no parameter or table {name!r}.", "{code} 没有参数或表“{name}”。"),
    "not-exact-figure": (
        "the value {value!r} of {name} is no exact figure.", "{name} 的值“{value}”不是精确的数。", "Give an int, a Decimal or text.", "请写作整数、Decimal 或文本。",
    ),
    "table-rows": ("the table {name} takes rows {{from, {word}}}.", "表 {name} 需要各行 {{from, {word}}}。"),
    "no-dimension": ("{entity} has no {name!r} to sum by.", "{entity} 没有“{name}”可供分组。"),
    "other-entities": ("{code} and {other} do not judge the same entity.", "{code} 与 {other} 评定的不是同一实体。"),
    "other-currencies": ("the two rulebooks give other currencies.", "两份规则的金额币种不同。"),
    "clauses-astray": ("the clauses, applied one by one, do not lead to the later rulebook.", "逐条应用后的结果与后一版本不符。"),
    "no-clause": ("{names} is no clause that differs; there is {known}.", "没有条款 {names}；有 {known}。"),
    "not-openfisca": (
        "{file} holds no dated values and no brackets: it is not an OpenFisca parameter file.", "{file} 中没有带日期的 values 或 brackets，不是 OpenFisca 参数文件。",
    ),
}  # fmt: skip
