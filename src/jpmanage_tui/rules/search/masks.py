"""One byte a row, combined column by column at the speed of C."""

from __future__ import annotations

from array import array
from operator import add

from jpmanage_tui.rules.search.index import SLICE, Breathe

SOME = bytes([0, *[255] * 255])
"""Translates a byte to 255 where it is not 0."""


def both(one: bytes, other: bytes) -> bytes:
    """Return what both hold, bit by bit."""
    joined = int.from_bytes(one, "little") & int.from_bytes(other, "little")
    return joined.to_bytes(len(one), "little")


def either(one: bytes, other: bytes) -> bytes:
    """Return what one of the two holds, bit by bit."""
    joined = int.from_bytes(one, "little") | int.from_bytes(other, "little")
    return joined.to_bytes(len(one), "little")


def total(one: bytes, other: bytes, breathe: Breathe) -> bytes:
    """Return the sums, row by row; the caller knows that they stay below 256."""
    out = bytearray()
    for start in range(0, len(one), SLICE):
        out += bytes(map(add, one[start : start + SLICE], other[start : start + SLICE]))
        breathe()
    return bytes(out)


def spread(table: bytes, column: array[int], breathe: Breathe) -> bytes:
    """Return, row by row, the byte that `table` has for the number in `column`."""
    out = bytearray()
    for start in range(0, len(column), SLICE):
        out += bytes(map(table.__getitem__, column[start : start + SLICE]))
        breathe()
    return bytes(out)
