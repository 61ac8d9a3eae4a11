"""What the status line says about the list of licences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.ui.find.told import index_progress, matches, searched
from jpmanage_tui.ui.licenses.book import Book
from jpmanage_tui.ui.words import clock

if TYPE_CHECKING:
    from jpmanage_tui.ui.find.find import Find


def summary(book: Book, find: Find, hint: str, error: ApiError | None) -> str:
    """Return how many licences there are, what was searched, and how old it is where it could not be refreshed."""
    query, rows = book.query, book.rows
    if rows.total is None:
        return ""
    words = [matches(find, query, rows.count) + (", best first" if book.ranked and rows.count > 1 else "")]
    if query.search or query.narrow:
        words.append(f"({searched(find, query)}{hint})")
        if book.ignored_filter:
            words.append("— it searched every state")
    elif progress := index_progress(find):
        words.append(f"({progress})")
    if rows.unreadable:
        words.append(f"({rows.unreadable} of the answer could not be read)")
    if error is not None and rows.answered_at is not None:
        words.append(f"— as of {clock(rows.answered_at)}, could not be refreshed")
    return " ".join(words)
