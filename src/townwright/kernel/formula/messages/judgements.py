"""Messages from reading ranges: branches that can never hold, caps that never bind, sizes that are not proven."""

from __future__ import annotations

JUDGEMENTS: dict[str, tuple[str, ...]] = {
    "never": (
        "{text} can never hold: {reason}.", "{text} 永远不会成立：{reason}。", "Take the branch away, or mend the limit.", "请删去此分支，或改正界限。",
    ),
    "always": (
        "{text} always holds: {reason}; what follows is never reached.", "{text} 总是成立：{reason}；其后的分支不会用到。", "Take the rest away, or mend the limit.", "请删去其后各分支，或改正界限。",
    ),
    "repeated": (
        "{text} repeats an earlier WHEN, so this branch is never reached.", "{text} 重复了前面的 WHEN，此分支不会用到。", "Take it away.", "请删去。",
    ),
    "covered": (
        "{text} is already covered by the earlier WHEN {earlier}.", "{text} 已被前面的 WHEN {earlier} 覆盖。", "Put the narrower condition first.", "请把较窄的条件写在前面。",
    ),
    "cap-never": (
        "the cap {cap} never binds: {text} is at most {high}.", "上限 {cap} 永远不起作用：{text} 最多 {high}。", "Mend the cap, or take it away.", "请改正上限，或将其删去。",
    ),
    "cap-always": (
        "{text} never lies below {cap}: it is at least {low}, so the result is always the cap.", "{text} 不会低于 {cap}：至少为 {low}，结果总是上限。", "Mend the cap.", "请改正上限。",
    ),
    "floor-never": (
        "the floor {cap} never binds: {text} is at least {low}.", "下限 {cap} 永远不起作用：{text} 至少 {low}。", "Mend the floor, or take it away.", "请改正下限，或将其删去。",
    ),
    "size": (
        "{name}: a step of up to {digits} digits is not proven to fit 64 bits; it will run in wider integers, more slowly.",
        "{name}：其中一步可达 {digits} 位，无法证明能放入 64 位整数，将改用更宽的整数，速度较慢。",
        "Declare min and max of the columns, or round earlier.", "请为列声明 min 和 max，或提早舍入。",
    ),
    "size-unknown": (
        "{name}: nothing is known of the size of {columns}.", "{name}：不知道 {columns} 的大小范围。", "Declare min and max of the columns.", "请为列声明 min 和 max。",
    ),
}  # fmt: skip
