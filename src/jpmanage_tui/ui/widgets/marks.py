"""The marked items of a list, and which rows a range of them is."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sized
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Item = TypeVar("Item")


class Marks(Mapping[Key, Item], Generic[Key, Item]):
    """The marked items by their key, in the order of marking; `key` returns that of an item.

    A mark outlives a change of tab or search.
    """

    def __init__(self, key: Callable[[Item], Key]) -> None:
        self._key = key
        self._items: dict[Key, Item] = {}
        self.incomplete_reason = ""
        """Why these are not all that were meant when all were marked; what is done to them says so."""

    def __getitem__(self, key: Key) -> Item:
        """Return a marked item as it was last seen."""
        return self._items[key]

    def __iter__(self) -> Iterator[Key]:
        """Yield the keys."""
        return iter(self._items)

    def __len__(self) -> int:
        """Return how many are marked."""
        return len(self._items)

    def add(self, items: Iterable[Item]) -> None:
        """Mark items."""
        for item in items:
            self._items[self._key(item)] = item
        self.changed()

    def remove(self, keys: Iterable[Key]) -> None:
        """Take marks away."""
        for key in keys:
            self._items.pop(key, None)
        if not self._items:
            self.incomplete_reason = ""
        self.changed()

    def refresh(self, items: Iterable[Item]) -> None:
        """Take over what the API says now about items that are marked."""
        for item in items if self._items else ():
            key = self._key(item)
            if self._items.get(key, item) != item:
                self._items[key] = item
                self.changed()

    def changed(self) -> None:
        """Take note that other items are marked, or that one is not what it was."""


def marks_text(marks: Sized, elsewhere: int) -> str:
    """Return what stands before the cursor's place in the status line: how many are marked, here and elsewhere."""
    if not marks:
        return ""
    return f"{len(marks):,} marked" + (f", {elsewhere:,} elsewhere" if elsewhere else "")


def range_to_nearest(rows: Iterable[int], row: int) -> range:
    """Return the rows from `row` to the nearest other one of `rows`, above or below, both included.

    It is `row` alone where there is no other.
    """
    other = min((one for one in rows if one != row), key=lambda one: abs(one - row), default=row)
    first, last = sorted((row, other))
    return range(first, last + 1)
