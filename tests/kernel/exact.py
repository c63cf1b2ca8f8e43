"""Values of a column as Python compares them."""

from fractions import Fraction

import numpy as np

from townwright.kernel.formula.executors.arrays import Num, Words


def exact(column, size):
    """Return a column's values as fractions, words, days since 1970 or truth values; None where missing."""
    ok = np.broadcast_to(column.ok, (size,)).tolist()
    if isinstance(column, Num):
        num, den = (np.broadcast_to(np.asarray(one, dtype=object), (size,)) for one in (column.num, column.den))
        return [Fraction(int(n), int(d)) if good else None for n, d, good in zip(num, den, ok, strict=True)]
    if isinstance(column, Words):
        return [column.words[code] if good else None for code, good in zip(np.broadcast_to(column.codes, (size,)), ok, strict=True)]
    return [value if good else None for value, good in zip(np.broadcast_to(column.val, (size,)).tolist(), ok, strict=True)]
