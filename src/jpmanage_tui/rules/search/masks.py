"""One byte a row, combined column by column at the speed of C."""

from __future__ import annotations

from jpmanage_tui.rules.search.index import SLICE, Breathe, Column

SOME = bytes([0, *[255] * 255])
"""Translates a byte to 255 where it is not 0."""
NONE = bytes([255, *[0] * 255])
"""Translates a byte to 255 where it is 0."""


def both(one: bytes, other: bytes) -> bytes:
    """Return what both hold, bit by bit."""
    joined = int.from_bytes(one, "little") & int.from_bytes(other, "little")
    return joined.to_bytes(len(one), "little")


def either(one: bytes, other: bytes) -> bytes:
    """Return what one of the two holds, bit by bit."""
    joined = int.from_bytes(one, "little") | int.from_bytes(other, "little")
    return joined.to_bytes(len(one), "little")


def total(one: bytes, other: bytes) -> bytes:
    """Return the sums, row by row; the caller knows that they stay below 256, so that none carries into the next."""
    summed = int.from_bytes(one, "little") + int.from_bytes(other, "little")
    return summed.to_bytes(len(one), "little")


def first_only(one: bytes, other: bytes) -> bytes:
    """Return `one` where `other` is 0, 0 elsewhere."""
    return both(one, other.translate(NONE))


def spread(table: bytes, column: Column, breathe: Breathe) -> bytes:
    """Return, row by row, the byte that `table` has for the number in `column`."""
    if isinstance(column, bytearray):
        return bytes(column.translate(table.ljust(256, b"\0")))
    out = bytearray()
    for start in range(0, len(column), SLICE):
        out += bytes(map(table.__getitem__, column[start : start + SLICE]))
        breathe()
    return bytes(out)
