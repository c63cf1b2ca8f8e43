"""Messages about names and places: what is not there, what looks like something else, what circles, what overlaps."""

from __future__ import annotations

PLACES: dict[str, tuple[str, ...]] = {
    "unknown-name": ("{entity} has no {name!r}.", "{entity} 没有“{name}”。"),
    "unknown-entity": ("{entity!r} is not an entity of this rulebook.", "“{entity}”不是本规则的实体。"),
    "unknown-link": ("{entity} has no link {name!r}.", "{entity} 没有链接“{name}”。"),
    "unknown-parameter": ("there is no parameter :{name}.", "没有参数 :{name}。"),
    "parameter-is-table": (
        ":{name} is a table.", ":{name} 是表。", "Write {call}(x, :{name}).", "请写 {call}(x, :{name})。",
    ),
    "link-not-value": (
        "{name!r} is a link from {entity}, not a value.", "“{name}”是 {entity} 的链接，不是值。",
        "Write {name}.<column>, or an aggregate such as COUNT({name}).", "请写 {name}.<列>，或用汇总，如 COUNT({name})。",
    ),
    "to-many": (
        "{link!r} leads from one {entity} to many {to}.", "“{link}”从一个 {entity} 通向多个 {to}。",
        "Aggregate: SUM({path}), ONLY({path}) …", "请用汇总：SUM({path})、ONLY({path}) 等。",
    ),
    "name-taken": ("{name!r} is already a column of {entity}.", "“{name}”已经是 {entity} 的列。", "Give the variable another name.", "请给变量另取名称。"),
    "not-a-variable": ("{what} names {entity}.{name}, which is not a variable.", "{what}所写的 {entity}.{name} 不是变量。"),
    "not-a-parameter": ("{name!r} is not a parameter.", "“{name}”不是参数。"),
    "cycle": (
        "these variables need each other: {loop}.", "这些变量互相依赖：{loop}。", "Break the loop at one of them.", "请在其中一处断开。",
    ),
    "look-alike": (
        "{name!r} holds {letter} ({letter_name}), which looks like the Latin {latin!r}.", "“{name}”含有 {letter}（{letter_name}），它与拉丁字母“{latin}”形似。",
        "Type {wanted!r} afresh.", "请重新输入“{wanted}”。",
    ),
    "mixed-script": (
        "{name!r} mixes {scripts} letters.", "“{name}”混用了 {scripts} 字母。", "Write the name in one script; Chinese with Latin is fine.", "名称只用一种文字；中文与拉丁字母可以并用。",
    ),
    "hidden-character": (
        "an unseen character {point} ({letter_name}) stands here.", "此处有看不见的字符 {point}（{letter_name}）。", "Delete it and type the place afresh.", "请删去并重新输入此处。",
    ),
    "full-width": (
        "{name!r} holds full-width or otherwise dressed letters.", "“{name}”含有全角或变体字符。", "Write {wanted!r}.", "请写“{wanted}”。",
    ),
    "bad-name": (
        "{name!r} cannot be a name.", "“{name}”不能作名称。", "A name is letters, digits and _, and begins with a letter.", "名称由字母（含汉字）、数字和 _ 组成，以字母开头。",
    ),
    "parameter": (
        ":{name} has no value on {day}: {since}.", ":{name} 在 {day} 没有值：{since}。",
        "Add a value in force on {day}, or choose another date.", "请补上在 {day} 有效的值，或另选日期。",
    ),
    "parameter-gap": (
        ":{name} has no value {span}, while the rulebook is in force: {since}.", "规则有效期内，:{name} {span}没有值：{since}。",
        "Add a value in force from {day}, or end the rulebook there.", "请补上自 {day} 起有效的值，或让规则在此终止。",
    ),
    "unused-parameter": (
        ":{name} is used by no formula.", "没有公式用到 :{name}。", "Use it, or take it away.", "请使用它，或将其删去。",
    ),
    "offer-table": ("the snapshot has no table {entity!r}.", "快照中没有表“{entity}”。"),
    "offer-column": ("{entity} of the snapshot has no column {name!r}.", "快照的 {entity} 没有列“{name}”。"),
    "offer-type": (
        "{entity}.{name} is a {kind} in {unit} there, not a {wanted}.", "快照中 {entity}.{name} 是 {kind}（{unit}），不是{wanted}。",
        "Declare it as it is there.", "请按快照中的类型声明。",
    ),
    "not-in-force": ("{code} {version} is not in force on {day}: it is in force {span}.", "{code} {version} 在 {day} 不在有效期：{span}。"),
    "overlap": (
        "{code} {version} and {other_version} ({other}) are both in force {span}.", "{code} {version} 与 {other_version}（{other}）{span}同时有效。",
    ),
    "same-version": (
        "{code} {version} also stands in {other} with another text.", "{code} {version} 在 {other} 中另有不同文本。",
        "Give the changed text a version of its own.", "请给改动后的文本另编版本号。",
    ),
    "no-policy": ("a rulebook of kind policy has a policy: block.", "kind 为 policy 的规则须有 policy: 部分。", "Add policy: {{entity, eligible, amount}}.", "请补上 policy: {{entity, eligible, amount}}。"),
    "no-classification": (
        "a rulebook of kind classification has a classification: block.", "kind 为 classification 的规则须有 classification: 部分。",
        "Add classification: {{entity, result, labels}}.", "请补上 classification: {{entity, result, labels}}。",
    ),
    "by-column": (
        "{name} is to be broken down by {by!r}, which names no column or variable along a link of zone.", "{name} 要按“{by}”细分，但它不是沿 zone 的链接可达的列或计算项。",
        "Write link.column, as in firms.industry.", "请写作 链接.列，如 firms.industry。",
    ),
    "amount-unit": (
        "the amount {name} must be money in one currency, not {unit}.", "金额 {name} 须为一种货币，不能是 {unit}。", "Declare it money CNY.", "请声明为 money CNY。",
    ),
    "cap-unit": (
        "the yearly cap :{name} is in {unit}, the amount in {wanted}.", "年度上限 :{name} 的单位是 {unit}，金额是 {wanted}。", "Give the cap the unit of the amount.", "上限与金额须用同一单位。",
    ),
}  # fmt: skip
