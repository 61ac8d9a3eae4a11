"""What the index tells the Licenses screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from jpmanage_tui.api.errors import ApiError
    from jpmanage_tui.api.ids import LicenseKey
    from jpmanage_tui.api.models.license import License, LicensePage
    from jpmanage_tui.ui.find.finder import Hits
    from jpmanage_tui.ui.find.rows import FoundRows
    from jpmanage_tui.ui.licenses.book import Query


@dataclass
class HitsCame(Message):
    """The index answered a search; `made` are the licences of the hits from `first` on."""

    query: Query
    lead: LicensePage | None
    hits: Hits
    first: int
    made: list[License]


@dataclass
class MadeCame(Message):
    """Licences of hits that came into view."""

    rows: FoundRows
    first: int
    made: list[License]


@dataclass
class ReadAgain(Message):
    """What the API says now about one licence, None when it is gone; `moved`: it may have left the search."""

    key: LicenseKey
    license: License | None
    moved: bool


@dataclass
class IndexMoved(Message):
    """The index grew, ended, or stopped for `error`."""

    ended: bool = False
    error: ApiError | None = None
