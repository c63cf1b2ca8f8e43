"""Messages about the file: YAML, keys, shapes. Code → English, Chinese, repair in English and Chinese."""

from __future__ import annotations

FILES: dict[str, tuple[str, ...]] = {
    "yaml": ("this is not YAML: {problem}.", "不是有效的 YAML：{problem}。"),
    "duplicate-key": ("the key {key!r} stands here a second time.", "键“{key}”在此重复出现。", "Keep one of the two.", "两处只留一处。"),
    "not-a-rulebook": ("a rulebook is a mapping of keys to values.", "规则文件应为“键: 值”的映射。"),
    "too-large": (
        "the file has {count:,} characters; the most is {most:,}.", "文件有 {count:,} 个字符，最多 {most:,} 个。",
        "Split it into several rulebooks.", "请拆成多个规则文件。",
    ),
    "unknown-key": ("{key!r} is not a key here.", "此处没有“{key}”这个键。"),
    "not-a-mapping": ("{what} must be a mapping of keys to values.", "“{what}”应为“键: 值”的映射。"),
    "not-a-list": ("{what} must be a list.", "“{what}”应为列表。"),
    "missing-key": ("{what} says no {key!r}.", "{what}没有写“{key}”。", "Add {key}: …", "请补上 {key}: …"),
    "not-a-date": ("{value!r} is not a date.", "“{value}”不是日期。", "Write 2020-04-03.", "请写作 2020-04-03。"),
    "not-a-number": ("{value!r} is not a decimal number.", "“{value}”不是十进制数。", "Write 0.05 or 20_000_000.", "请写作 0.05 或 20_000_000。"),
    "type": ("{problem}.", "{problem_zh}。"),
    "not-one-of": ("{what} {value!r} is not one of {choices}.", "“{what}”的值“{value}”不在 {choices} 之中。"),
    "no-formula": ("a formula is missing here.", "此处缺少公式。", "Write formula: …", "请写 formula: …"),
    "rounding-mode": (
        "rounding mode {mode!r} is not known.", "没有“{mode}”这种舍入方式。", "The modes are {modes}.", "舍入方式有 {modes}。",
    ),
    "rounding-step": ("rounding step {step!r} is not a positive number.", "舍入单位“{step}”不是正数。", "Write round: half_up 0.01", "请写 round: half_up 0.01"),
    "variable-name": ("a variable is named entity.name, not {name!r}.", "变量应以“实体.名称”命名，不是“{name}”。", "Write firm.{name}.", "请写 firm.{name}。"),
    "condition-twice": ("the condition {name!r} stands twice.", "条件“{name}”出现两次。", "Give one of them another name.", "请给其中一个另取名称。"),
    "priority-missing": (
        "a budget given by priority names the variable it goes by.", "按优先次序安排的预算须写明依据的变量。", "Add priority: score.", "请补上 priority: score。",
    ),
    "link-entity": ("the link {link} names {entity!r}, which is not an entity.", "链接 {link} 指向“{entity}”，它不是实体。"),
    "link-column": ("{holder} has no column {column!r} for the link {link}.", "{holder} 没有链接 {link} 所需的列“{column}”。"),
    "link-all": (
        "the link {link} leads to all rows, which only the one row of zone can have.", "链接 {link} 通向全部记录，只有单行的 zone 可以这样链接。",
        "Say on: or by:, or use a group step such as SUM(x, BY()).", "请写明 on: 或 by:，或改用分组函数，如 SUM(x, BY())。",
    ),
    "period-column": (
        "{entity} says period: {column}, which is not among its columns as text or int.", "{entity} 的 period: {column} 不是它的文本或整数列。",
        "Name the column that holds 2016, 2016Q1 or 2016-03.", "请写明存放 2016、2016Q1 或 2016-03 的列。",
    ),
    "bounds": ("{entity}.{column} has min {low} above max {high}.", "{entity}.{column} 的 min {low} 大于 max {high}。", "Exchange the two.", "请对调。"),
    "bounds-kind": ("{entity}.{column} is not a number, so it has no min or max.", "{entity}.{column} 不是数值列，没有 min 或 max。", "Take min and max away.", "请删去 min 和 max。"),
    "no-value": ("no value in force from any date.", "没有自任何日期起生效的值。", "Write values: {{2020-04-03: 80}}.", "请写 values: {{2020-04-03: 80}}。"),
    "force-order": (
        "in_force begins on {start} and ends on {end}: it holds on no day.", "in_force 自 {start} 起至 {end} 止，没有一天有效。",
        "The second day is the first on which it no longer holds, and lies later.", "第二个日期是失效的第一天，应晚于第一个。",
    ),
    "named-twice": (
        "zone.{name} stands under variables and under indicators.", "zone.{name} 在 variables 和 indicators 中都有。", "Keep one of the two.", "两处只留一处。",
    ),
    "limit-order": ("the limit {limit} does not lie above the one before.", "界限 {limit} 没有高于前一行。", "Order the rows by from.", "请按 from 由小到大排列。"),
    "no-rows": ("the table has no rows.", "表中没有行。", "Add rows, as [{{from: 0, {word}: 0.5}}].", "请补上各行，如 [{{from: 0, {word}: 0.5}}]。"),
    "year-key": ("{year!r} is not a whole number of years from 1.", "“{year}”不是从 1 起的整数年。", "Write {{1: 1, 2: 0.5}}.", "请写 {{1: 1, 2: 0.5}}。"),
    "bands-edge": (
        "the bands must rise to 1; here {edge} follows {before}.", "各档的 to 应递增到 1；此处 {edge} 跟在 {before} 之后。", "The last band is to: 1.", "最后一档写 to: 1。",
    ),
    "bands-name": ("the band {name!r} stands twice.", "档次“{name}”出现两次。", "Give each band one row.", "每档只写一行。"),
    "bands-fewer": (
        "fewer: names {name!r}, which is not a band of the table.", "fewer 中的“{name}”不是表内的档次。", "Choose one of {bands}.", "请从 {bands} 中选。",
    ),
}  # fmt: skip
