"""What the screen says about the index: how far it is, what was searched, what is filtered by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jpmanage_tui.rules.license_query import Filters, LicenseQuery
from jpmanage_tui.rules.text import counted, format_time, matching, pluralize
from jpmanage_tui.services.search.index_state import AUTO, IndexState
from jpmanage_tui.ui.common.keys import key_for

if TYPE_CHECKING:
    from jpmanage_tui.ui.sections.licenses.search_controller import SearchIndexController


def age_text(days: int) -> str:
    """Return an age as dialog and filter line say it."""
    return f"Older than {days:,} day{'' if days == 1 else 's'}"


def filter_text(filters: Filters) -> str:
    """Return the line of the filters."""
    words = [
        f"site {filters.site}" if filters.site is not None else "",
        f"product {filters.product}" if filters.product is not None else "",
        age_text(filters.older_than).lower() if filters.older_than is not None else "",
    ]
    return "Filter  " + " · ".join(word for word in words if word)


def index_progress(find: SearchIndexController) -> str | None:
    """Return how far the reading of all licences is, None when there is none."""
    if find.stage is not IndexState.READING:
        return None
    return f"Indexing {_so_far(find) or 'all licenses'}… {key_for('index')} stops"


def _so_far(find: SearchIndexController) -> str:
    """Return how many licences were read, and of how many; then how many bundles. Empty before the first answer."""
    read, of = find.read
    if find.bundles is not None:
        return "{:,} of {:,} bundles".format(*find.bundles)
    return f"{read:,} of {of:,}" if of else ""


def searched(find: SearchIndexController, query: LicenseQuery) -> str:
    """Return what was searched for `query`, and what was not: then more may match."""
    answer = find.answer
    if find.as_of is not None and answer is not None:
        left_out = f", {find.left_out:,} could not be read" if find.left_out else ""
        return f"all {answer.hits.of:,} searched{left_out}, {format_time(find.as_of)}"
    if find.pending:
        so_far = _so_far(find)
        return (
            f"still searching: {so_far} read, more may match" if so_far else "still searching, more may match"
        )
    read, of = find.read
    if find.count and of:
        return f"{read:,} of {of:,} searched; {key_for('index')} goes on"
    return "filtered" if query.filters else "bundles not searched"


def hint(find: SearchIndexController, all_licenses: int) -> str:
    """Return how to search everything, where the index is not begun by itself; empty elsewhere."""
    return (
        f"; {key_for('index')} searches all" if find.stage is IndexState.NONE and all_licenses > AUTO else ""
    )


def matches(find: SearchIndexController, query: LicenseQuery, count: int, counted_words: str) -> str:
    """Return how many licences match what is searched and filtered; `counted_words` is `count` where it is not exact."""
    near = find.answer is not None and find.answer.hits.near and not count_of_lead(find)
    if near and query.search:
        return f"{pluralize(count, 'license')} nearly match{'es' if count == 1 else ''} “{query.search}”"
    if query.search:
        nearly = find.answer.hits.nearly if find.answer is not None else 0
        exact = f"{count - nearly:,}" if nearly else counted_words
        if (
            find.pending and not nearly
        ):  # what is searched stands in the field above: here is no room for both
            return f"{counted(exact, 'license')} match{'es' if exact == '1' else ''}"
        words = matching(exact, "license", query.search)
        return f"{words}, {nearly:,} nearly" if nearly else words
    return counted(counted_words, "license")


def count_of_lead(find: SearchIndexController) -> int:
    """Return how many licences the server's first page gave."""
    answer = find.answer
    return len(answer.lead.items) if answer is not None and answer.lead is not None else 0
