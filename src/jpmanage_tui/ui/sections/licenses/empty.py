"""What the list says when it has no row to show: truthfully why, and the way on."""

from __future__ import annotations

from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.models.license import LicenseCounts, LicenseFilter, LicenseSort
from jpmanage_tui.rules.license_query import LicenseQuery
from jpmanage_tui.rules.text import pluralize
from jpmanage_tui.ui.common.keys import key_line
from jpmanage_tui.ui.common.text import error_text
from jpmanage_tui.ui.sections.licenses.list_state import LicenseListState
from jpmanage_tui.ui.sections.licenses.tabs import tab_words

_NOTHING = {
    LicenseFilter.NOT_REVOKED: "No active licenses.",
    LicenseFilter.ATTACHED: "No assigned licenses.",
    LicenseFilter.DETACHED: "No unassigned licenses.",
    LicenseFilter.REVOKED: "No revoked licenses.",
    LicenseFilter.STANDARD: "No licenses bought elsewhere.",
    None: "No licenses.",
}


def sorts_of(filter: LicenseFilter | None) -> tuple[LicenseSort, ...]:
    """Return the sort orders that a tab offers (contract: licences 2.1)."""
    if filter is LicenseFilter.REVOKED:
        return LicenseSort.ISSUED_AT, LicenseSort.REVOKED_AT
    return LicenseSort.ISSUED_AT, LicenseSort.ATTACHED_AT


def _not_found(query: LicenseQuery) -> list[str]:
    where = f"in {tab_words(query.tab)}" if query.tab is not None else "of any state"
    if query.filters:
        what = f" that matches “{query.search}”" if query.search else ""
        return ["", f"No license {where}{what} passes the filter.", "", "esc    search and filter away"]
    lines = ["", f"No license {where} matches “{query.search}”.", ""]
    if query.tab is not None:
        lines.append("enter  search every state, revoked ones too")
    return [*lines, "esc    clear the search"]


def note(book: LicenseListState, counts: LicenseCounts | None, error: ApiError | None) -> list[str]:
    """Return the lines that stand in place of rows, none while there are rows; dots before the first answer."""
    rows, query = book.rows, book.query
    if rows.total is None:
        if error is not None:
            return ["", error_text(error, "Loading licenses")]
        return ["    · · ·"] * 100
    if rows.total > 0:
        return []
    if query.search or query.filters:
        return _not_found(query)
    if counts is not None and counts.all == 0:
        return ["", "This account has no licenses yet.", "", key_line("Issue New License", "issue")]
    lines = ["", _NOTHING[query.tab]]
    if query.tab is LicenseFilter.DETACHED and counts is not None and counts.attached:
        lines.append(f"All {pluralize(counts.attached, 'license')} outside bundles are assigned.")
    return [
        *lines,
        "",
        key_line("Issue New License", "issue"),
        key_line("the other tabs", "previous-filter", "next-filter"),
    ]
