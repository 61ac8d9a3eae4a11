"""What the index tells the Licenses screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jpmanage_tui.ui.common.messages import Note

if TYPE_CHECKING:
    from jpmanage_tui.api.errors import ApiError
    from jpmanage_tui.api.ids import LicenseKey
    from jpmanage_tui.api.models.license import License, LicensePage
    from jpmanage_tui.rules.license_query import LicenseQuery
    from jpmanage_tui.services.search.search_index import Hits
    from jpmanage_tui.ui.sections.licenses.list_state import FoundRows


class HitsCame(Note):
    """The index answered a search; `made` are the licences of the hits from `first` on.

    `whole`: it had every licence then.
    """

    query: LicenseQuery
    lead: LicensePage | None
    hits: Hits
    first: int
    made: list[License]
    whole: bool = True


class MadeCame(Note):
    """Licences of hits that came into view."""

    rows: FoundRows
    first: int
    made: list[License]


class ReadAgain(Note):
    """What the API says now about one licence, None when it is gone; `moved`: it may have left the search."""

    key: LicenseKey
    license: License | None
    moved: bool


class CaughtUp(Note):
    """The index has what was issued since; not where that was `too_much`."""

    too_much: bool = False


class IndexMoved(Note):
    """The index grew, ended, or stopped for `error`."""

    ended: bool = False
    error: ApiError | None = None
