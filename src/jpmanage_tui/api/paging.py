"""Walking through lists that come in pages or behind cursors, whatever the server says about their length."""

from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from typing import Protocol, TypeVar

from jpmanage_tui.api.call import Scalar

Item = TypeVar("Item")
Item_co = TypeVar("Item_co", covariant=True)


class Page(Protocol[Item_co]):
    """A numbered page."""

    @property
    def items(self) -> tuple[Item_co, ...]:
        """The rows that could be read."""

    @property
    def per_page(self) -> int:
        """How many rows a full page has."""

    @property
    def total_pages(self) -> int | None:
        """How many pages there are, if the server says."""

    @property
    def unreadable(self) -> int:
        """How many rows were left out."""


class CursorPage(Protocol[Item_co]):
    """A page behind a cursor."""

    @property
    def items(self) -> tuple[Item_co, ...]:
        """The rows that could be read."""

    @property
    def has_more(self) -> bool:
        """Whether more rows follow."""


async def walk_pages(
    fetch: Callable[[int], Awaitable[Page[Item]]], identity: Callable[[Item], Hashable]
) -> AsyncIterator[Item]:
    """Yield the items of all pages, each once.

    Ends at the server's last page, at a page that is not full where the server gives no total, and at a page
    with nothing new: a server that ignores the page number must not be asked for ever.
    """
    seen: set[Hashable] = set()
    number = 1
    while True:
        page = await fetch(number)
        new = [item for item in page.items if identity(item) not in seen]
        for item in new:
            seen.add(identity(item))
            yield item
        full = len(page.items) + page.unreadable >= page.per_page
        last = number >= page.total_pages if page.total_pages is not None else not full
        if last or (not new and not page.unreadable):
            return
        number += 1


async def walk_cursor(
    fetch: Callable[[str | None], Awaitable[CursorPage[Item]]], identity: Callable[[Item], str]
) -> AsyncIterator[Item]:
    """Yield the items of all pages behind a cursor (the last item's id), each once; ends like
    ``walk_pages``.
    """
    seen: set[str] = set()
    after: str | None = None
    while True:
        page = await fetch(after)
        new = [item for item in page.items if identity(item) not in seen]
        for item in new:
            seen.add(identity(item))
            yield item
        if not page.has_more or not new:
            return
        after = identity(page.items[-1])


def cursors(starting_after: str | None, ending_before: str | None) -> dict[str, Scalar]:
    """Return the cursor arguments that are set; raises ValueError for both at once."""
    if starting_after and ending_before:
        raise ValueError("starting_after and ending_before exclude each other")
    if starting_after:
        return {"starting_after": starting_after}
    return {"ending_before": ending_before} if ending_before else {}
