"""Memory for results."""

from __future__ import annotations

import mmap

import numpy as np

from townwright.kernel.formula.executors.arrays import Array

LINE = 64
_PAGED = 2**20


def aligned(octets: int) -> Array:
    """Return so many bytes that begin at a cache line.

    Much memory comes in small pages of its own: they cost less to touch first than the large pages that numpy asks for.
    """
    if octets >= _PAGED and hasattr(mmap, "MAP_ANONYMOUS"):
        return np.frombuffer(mmap.mmap(-1, octets, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS), dtype=np.uint8)
    raw = np.empty(octets + LINE, dtype=np.uint8)
    start = -raw.ctypes.data % LINE
    return raw[start : start + octets]
