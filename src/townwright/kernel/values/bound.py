"""How firmly a published figure is stated: 超过 is a lower bound, 近 an upper one, 约 neither."""

from enum import StrEnum


class Bound(StrEnum):
    """The kind of statement a published figure makes about the true value."""

    EXACT = "exact"
    AT_LEAST = "at_least"  # 以上, 不低于: the value or more
    MORE_THAN = "more_than"  # 超过, 逾, 余: strictly more
    ALMOST = "almost"  # 近: a little less
    ABOUT = "about"  # 约, 左右: near on either side
    AT_MOST = "at_most"  # 最高, 以下(含): the value or less
