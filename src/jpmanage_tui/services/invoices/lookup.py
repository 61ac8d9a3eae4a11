"""Finding invoices by what the user calls them: their numbers or ids."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from jpmanage_tui.api.invoices import Invoice

if TYPE_CHECKING:
    from collections.abc import Callable

    from jpmanage_tui.api.client import LicensingClient
    from jpmanage_tui.api.paging import CursorPaginator


class FoundInvoices(NamedTuple):
    """All invoices of a key, newest first, and what could not be read, as `rules.text.lacking` takes it."""

    invoices: tuple[Invoice, ...]
    left_out: int = 0
    cut_short: bool = False

    def meant_by(self, word: str) -> list[Invoice]:
        """Return those that a word can mean: the one with this id, else those of this number."""
        return [one for one in self.invoices if one.id == word] or [
            one for one in self.invoices if one.number and one.number.casefold() == word.casefold()
        ]

    @property
    def names(self) -> list[str]:
        """The numbers and ids."""
        return [name for one in self.invoices for name in (one.number, one.id) if name]


async def read_invoices(
    client: LicensingClient, words: Sequence[str], report: Callable[[str], None]
) -> FoundInvoices:
    """Return the invoices of a key; no more is read than what tells that all `words` are ids.

    `report` is called with how far it is. Raises ApiError.
    """
    listed: CursorPaginator[Invoice] = client.invoices.list_all()
    missing, found = set(words), list[Invoice]()
    async for invoice in listed:
        found.append(invoice)
        missing.discard(invoice.id)
        if words and not missing:
            return FoundInvoices(tuple(found))
        report(f"{len(found):,} invoices read…")
    return FoundInvoices(tuple(found), listed.left_out, listed.cut_short)
