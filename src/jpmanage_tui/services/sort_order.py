"""The orders in which a list can stand: the sort menu and `--sort` offer the same ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True)
class SortOrder(Generic[Item]):
    """An order of a list, as the sort menu offers it: `label`, and an arrow that stands in the heading too.

    `key` is what items are sorted by; None where the API sorts them, or where they stay in the order they came in.
    """

    name: str
    label: str
    arrow: str = ""
    key: Callable[[Item], Any] | None = None

    @property
    def menu_label(self) -> str:
        """The words of the menu."""
        return f"{self.label} {self.arrow}".rstrip()

    def sort(self, items: Iterable[Item]) -> list[Item]:
        """Return the items in this order; equal ones stay as they are."""
        return list(items) if self.key is None else sorted(items, key=self.key)
