"""What the status line says about the list of licences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.models.license import LicenseFilter
from jpmanage_tui.rules.text import counted, format_time, not_read
from jpmanage_tui.ui.sections.licenses.list_state import LicenseListState
from jpmanage_tui.ui.sections.licenses.text import index_progress, matches, searched

if TYPE_CHECKING:
    from jpmanage_tui.ui.sections.licenses.search_controller import SearchIndexController


def summary(book: LicenseListState, find: SearchIndexController, hint: str, error: ApiError | None) -> str:
    """Return how many licences there are, what was searched, and how old it is where it could not be refreshed."""
    query, rows = book.query, book.rows
    if rows.total is None:
        return ""
    if query.search or query.filters:
        best = ", best first" if book.ranked and rows.count > 1 else ""
        words = [f"{matches(find, query, rows.count, rows.count_words)}{best}"]
        words.append(f"({searched(find, query)}{hint})")
        if book.ignored_filter:
            words.append("— it searched every state")
    elif progress := index_progress(find):
        words = [progress]
    else:
        words = [f"{counted(rows.count_words, 'license')}{left_out_of_count(book)}"]
    if rows.unreadable:
        words.append(not_read(rows.unreadable))
    if error is not None and rows.answered_at is not None:
        words.append(f"— as of {format_time(rows.answered_at)}, could not be refreshed")
    return " ".join(words)


def lists_members(book: LicenseListState) -> bool:
    """Return whether this server lists what is in bundles among the rows of the list."""
    return any(license.is_child for license in book.rows.known.values())


def left_out_of_count(book: LicenseListState) -> str:
    """Return what the number of rows of a tab does not count, after a comma.

    The API counts rows: a bundle is one, and what is in it is in no tab, unless this server lists it there (contract:
    licences 1.8); that shows in the rows.
    """
    filter = book.query.tab
    if filter is LicenseFilter.STANDARD:
        return ", bought elsewhere"
    if lists_members(book):
        return ", those in bundles too"
    if filter in (LicenseFilter.DETACHED, LicenseFilter.ATTACHED):
        return ", those in bundles not counted"
    return ", a bundle counted as one"
