"""The comments of the skeletons in Chinese, longest English first where one holds another."""

from __future__ import annotations

CHINESE: tuple[tuple[str, str], ...] = (
    (": begun from the skeleton. Replace every line that says \"to do\" by what your text says, then run", "：由骨架起草。请把各处“待填”改成政策原文，然后运行"),
    (": begun from the skeleton. Run townwright rulebook check and test after every change.", "：由骨架起草。每次改动后请运行 townwright rulebook check 和 test。"),
    ("# a changed text gets a version of its own; the older one is closed with in_force: to", "# 文本有改动就另编版本号；旧版本以 in_force: to 终止"),
    ("# draft, sample or verified: verified only when checked against the published text", "# draft 草稿、sample 示例、verified 已核对；与公布文本核对过才写 verified"),
    ("# half-open: from the first day up to but without the second", "# 含首日，不含末日"),
    ("# one row a firm and year; min and max let the checker find branches that can never hold", "# 每户每年一行；写明 min 和 max，检查时可发现永远不成立的分支"),
    ("# every figure of the text stands here, with the date from which it holds", "# 原文中的每个数字都写在这里，并写明自哪天起生效"),
    ("# 四舍五入 to the cent", "# 四舍五入到分"),
    ("# 以上, 不低于, 达到: >= ; 超过, 过: >", "# 以上、不低于、达到写 >= ；超过、过写 >"),
    ("# worked by hand: the limit itself, a cent below, the cap, what is missing, the day before", "# 手算：恰好等于界限、差一分、封顶、缺数、生效前一天"),
    ("# shares of the ranked list; ties: which way equal rows at an edge go; rounding: of share × rows", "# 按名次的累计比例；ties：界上并列归哪一档；rounding：比例×户数如何取整"),
    ('zh: 待填：政策名称, en: "to do: name of the policy"', "zh: 待填：政策名称, en: 待填：英文名称"),
    ('zh: 待填：一句话说明, en: "to do: one sentence"', "zh: 待填：一句话说明, en: 待填：英文说明"),
    ('zh: 待填：文件名称与文号, en: "to do: title and number of the text"', "zh: 待填：文件名称与文号, en: 待填：英文名称与文号"),
    ('zh: 待填：评价名称, en: "to do: name of the evaluation"', "zh: 待填：评价名称, en: 待填：英文名称"),
    ('article: "to do: article"', "article: 待填：条款"), ('reference: "to do: the words of the text"', "reference: 待填：原文"),
    ('name: "20 million after 12: 0.5 % of 8 million"', "name: 由 1200 万增至 2000 万，奖励 800 万的 0.5%"), ("name: a cent below the threshold", "name: 比门槛差一分"),
    ("name: without a return of the year before it cannot be decided", "name: 缺上年报表，无法判断"), ("name: the day before it came into force", "name: 生效前一天"),
    ("name: two firms, and one that is not graded", "name: 两户参评，一户不评"),
)  # fmt: skip
