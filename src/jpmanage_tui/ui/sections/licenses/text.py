"""What the Licenses screen says: tabs, filters, how far the index is, what was searched, what is listed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len

from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.licenses import LicenseCounts, LicenseFilter
from jpmanage_tui.rules.license_query import Filters, LicenseQuery
from jpmanage_tui.rules.text import counted, format_time, matching, not_read, pluralize
from jpmanage_tui.services.search.index_state import IndexState
from jpmanage_tui.ui.common.keys import key_for, key_line
from jpmanage_tui.ui.common.text import error_text
from jpmanage_tui.ui.sections.licenses.data import Difference, LicenseListState

if TYPE_CHECKING:
    from jpmanage_tui.ui.sections.licenses.search_controller import SearchIndexController


TABS: tuple[tuple[LicenseFilter, str, str], ...] = (
    (LicenseFilter.NOT_REVOKED, "All Active", "Active"),
    (LicenseFilter.DETACHED, "Unassigned", "Unass."),
    (LicenseFilter.ATTACHED, "Assigned", "Assig."),
    (LicenseFilter.REVOKED, "Revoked", "Revok."),
    (LicenseFilter.STANDARD, "Bought elsewhere", "Elsewhere"),
)
"""Filter, label, and the label where there is little room; the order is the vendor's (contract: licenses 2.1)."""
FILTERS = tuple(filter for filter, _, _ in TABS)
ANY_STATE = "Any state"
"""What stands for a tab where every state is searched."""


def tab_label(filter: LicenseFilter | None) -> str:
    """Return the name of a filter as its tab reads."""
    return next((label for tab, label, _ in TABS if tab is filter), ANY_STATE)


def tab_counts(counts: LicenseCounts | None) -> Sequence[int]:
    """Return the counts in the order of the tabs; nothing before the API has said them."""
    return [] if counts is None else [int(getattr(counts, filter.value)) for filter in FILTERS]


# -- filters -------------------------------------------------------------------------------


def age_text(days: int) -> str:
    """Return an age as the dialog says it."""
    return f"Older than {pluralize(days, 'day')}"


def filter_text(filters: Filters, width: int) -> str:
    """Return the line of the filters, in `width` cells as far as it can be; what was added last stays longest."""
    words, head = list(filters.words), "Filter  "
    line = head + " · ".join(words)
    while len(words) > 1 and cell_len(line) > width:
        del words[0]
        line = f"{head}… · " + " · ".join(words)
    return line


# -- the index -----------------------------------------------------------------------------


def index_progress(index: SearchIndexController, *, key_works: bool = True) -> str | None:
    """Return how far the reading of all licenses is, None when there is none.

    `key_works`: the key that stops it is named, since it is no text where this stands.
    """
    if index.state is not IndexState.READING:
        return None
    progress = f"Indexing {_so_far(index) or 'all licenses'}…"
    return f"{progress} {key_for('index')} stops" if key_works else progress


def _so_far(index: SearchIndexController) -> str:
    """Return how many licenses were read, and of how many; then how many bundles. Empty before the first answer."""
    read, of = index.read
    if index.bundles is not None:
        return "{:,} of {:,} bundles".format(*index.bundles)
    return f"{read:,} of {of:,}" if of else ""


def searched_text(index: SearchIndexController, query: LicenseQuery) -> str:
    """Return what was searched for `query`, and what was not: then more may match."""
    answer = index.answer
    if index.as_of is not None and answer is not None:
        left_out = f", {index.left_out:,} could not be read" if index.left_out else ""
        since = ", changed since" if index.is_behind else ""
        return f"all {answer.hits.of:,} searched{left_out}, {format_time(index.as_of)}{since}"
    if index.pending:
        so_far, open_end = _so_far(index), _open_end(query)
        return f"still searching: {so_far} read, {open_end}" if so_far else f"still searching, {open_end}"
    read, of = index.read
    if index.count and of:
        return f"{read:,} of {of:,} searched; {key_for('index')} goes on"
    return "filtered" if query.filters else "bundles not searched"


def _open_end(query: LicenseQuery) -> str:
    """Return what may still come of a search: of a site that lacks something the license may not be read yet."""
    return "may change" if query.filters.lacks is not None else "more may match"


def index_hint(index: SearchIndexController, all_licenses: int) -> str:
    """Return how to search everything, where the index is not begun by itself; empty elsewhere."""
    by_itself = index.state is not IndexState.NONE or index.is_automatic(all_licenses)
    return "" if by_itself else f"; {key_for('index')} searches all"


def matches_text(index: SearchIndexController, query: LicenseQuery, count: int, counted_words: str) -> str:
    """Return how many licenses match what is searched and filtered; `counted_words` is `count` where it is not exact."""
    answer = index.answer
    listed = answer is not None and answer.first_page is not None and bool(answer.first_page.items)
    if answer is not None and answer.hits.near and not listed and query.search:
        return f"{pluralize(count, 'license')} nearly match{'es' if count == 1 else ''} “{query.search}”"
    if query.search:
        nearly = answer.hits.nearly if answer is not None else 0
        exact = f"{count - nearly:,}" if nearly else counted_words
        if index.pending and not nearly:
            # what is searched stands in the field above: here is no room for both
            return f"{counted(exact, 'license')} match{'es' if exact == '1' else ''}"
        words = matching(exact, "license", query.search)
        return f"{words}, {nearly:,} nearly" if nearly else words
    words = counted(counted_words, "license")
    sites = answer.hits.sites if answer is not None else None
    if sites is None or index.pending:  # as long as it is searched, how far that is has the room
        return words
    return f"{words} on {pluralize(sites, 'site')}"


# -- the status line -----------------------------------------------------------------------


def summary(
    state: LicenseListState,
    index: SearchIndexController,
    hint: str,
    is_old: bool,
    difference: Difference | None = None,
) -> str:
    """Return how many licenses there are, what was searched, and how old it is where it could not be refreshed.

    That is so where it `is_old`. `difference` is how the list contradicts the counts of the tabs.
    """
    query, pages = state.query, state.pages
    if pages.total is None:
        return ""
    if query.search or query.filters:
        best = ", best first" if state.ranked and pages.count > 1 else ""
        words = [f"{matches_text(index, query, pages.count, pages.count_words)}{best}"]
        words.append(f"({searched_text(index, query)}{hint})")
        if state.ignored_filter:
            words.append("— it searched every state")
    elif progress := index_progress(index):
        words = [progress]
    else:
        words = [f"{counted(pages.count_words, 'license')}{not_counted_text(state)}"]
    if pages.unreadable:
        words.append(not_read(pages.unreadable))
    if is_old and pages.answered_at is not None:
        words.append(f"— as of {format_time(pages.answered_at)}, could not be refreshed")
    elif difference is not None and pages.total == difference.total:
        words.append(difference_text(difference))
    return " ".join(words)


def difference_text(difference: Difference) -> str:
    """Return how the list contradicts the counts of the tabs: the counts are read after it."""
    if difference.lasts:
        return f"— the API counts {difference.counted:,} here"
    return f"— older than the count of {difference.counted:,}"


def not_counted_text(state: LicenseListState) -> str:
    """Return what the number of rows of a tab does not count, after a comma.

    The API counts rows: a bundle is one, and what is in it is in no tab, unless this server lists it there (contract:
    licenses 1.8); that shows in the rows.
    """
    filter = state.query.tab
    if filter is LicenseFilter.STANDARD:
        return ", bought elsewhere"
    if state.lists_members:
        return ", those in bundles too"
    if filter in (LicenseFilter.DETACHED, LicenseFilter.ATTACHED):
        return ", those in bundles not counted"
    return ", a bundle counted as one"


# -- in the place of rows ------------------------------------------------------------------

_EMPTY = {
    LicenseFilter.NOT_REVOKED: "No active licenses.",
    LicenseFilter.ATTACHED: "No assigned licenses.",
    LicenseFilter.DETACHED: "No unassigned licenses.",
    LicenseFilter.REVOKED: "No revoked licenses.",
    LicenseFilter.STANDARD: "No licenses bought elsewhere.",
    None: "No licenses.",
}


def _no_match_lines(query: LicenseQuery, pending: bool) -> list[str]:
    """Return that nothing matches, or nothing yet; what was asked for, and how to ask for more."""
    where = f"in {tab_label(query.tab)}" if query.tab is not None else "of any state"
    so_far = " so far" if pending else ""
    if not query.filters:
        lines = [f"No license {where} matches “{query.search}”{so_far}."]
    else:
        what = f" that matches “{query.search}”" if query.search else ""
        words = query.filters.words
        them = "the filter" if len(words) == 1 else "these filters together"
        lines = [f"No license {where}{what} passes {them}{so_far}:", *(f"  {one}" for one in words)]
    lines = ["", *lines, ""]
    if query.tab is not None:
        lines.append("enter  search every state, revoked ones too")
    if query.search:
        return [*lines, "esc    clear the search"]
    lines.append(f"esc    take away: {query.filters.words[-1]}")
    return [*lines, key_line("other filters, or no filter", "filter")]


def placeholder_lines(
    state: LicenseListState, counts: LicenseCounts | None, error: ApiError | None, pending: bool
) -> list[str]:
    """Return the lines that stand in place of rows, none while there are rows; dots before the first answer.

    `pending`: more may be found by itself.
    """
    pages, query = state.pages, state.query
    if pages.total is None:
        if error is not None:
            return ["", error_text(error, "Loading licenses")]
        return ["    · · ·"] * 100
    if pages.total > 0:
        return []
    if query.search or query.filters:
        return _no_match_lines(query, pending)
    if counts is not None and counts.all == 0:
        return ["", "This account has no licenses yet.", "", key_line("Issue New License", "issue")]
    lines = ["", _EMPTY[query.tab]]
    if query.tab is LicenseFilter.DETACHED and counts is not None and counts.attached:
        lines.append(f"All {pluralize(counts.attached, 'license')} outside bundles are assigned.")
    return [
        *lines,
        "",
        key_line("Issue New License", "issue"),
        key_line("the other tabs", "previous-filter", "next-filter"),
    ]
