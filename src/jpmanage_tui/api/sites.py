"""Connected sites: list, search, connect (partner key's token)."""

from collections.abc import Awaitable, Callable, Sequence
from enum import Enum, StrEnum
from functools import partial
from typing import TYPE_CHECKING, Annotated

from pydantic import BeforeValidator, Field

from jpmanage_tui.api import coerce
from jpmanage_tui.api.ids import BlogId, ProductId
from jpmanage_tui.api.licenses import SortDirection
from jpmanage_tui.api.model import ApiModel, Moment, Text, TextOrNone, listed_rows, read_model, read_rows
from jpmanage_tui.api.paging import PageNumberPaginator, has_rows
from jpmanage_tui.api.request import LICENSING, ApiRequest, Scalar
from jpmanage_tui.api.text import spellings
from jpmanage_tui.api.tokens import TokenKind

if TYPE_CHECKING:
    from jpmanage_tui.api.requestor import Requestor


def _flag_or_none(value: object) -> bool | None:
    return None if value is None or value == "" else coerce.boolean(value)


def _length(value: object) -> int | None:
    if isinstance(value, list | tuple | dict):
        return len(value)
    number = coerce.integer(value)
    return number if number is not None and number >= 0 else None


def _names(value: object) -> tuple[str, ...] | None:
    rows = list(value.values()) if isinstance(value, dict) else value
    if not isinstance(rows, list | tuple):
        return None
    return tuple(name for name in (coerce.text(row) for row in rows) if name)


def _product_ids(value: object) -> tuple[ProductId, ...]:
    """Ids from ``products``: a list of objects whose ids may be strings (contract: licenses 3.2)."""
    rows = list(value.values()) if isinstance(value, dict) else value
    if not isinstance(rows, list | tuple):
        return ()
    ids = (_product_id(row) for row in rows)
    return tuple(number for number in ids if number is not None)


def _product_id(value: object) -> ProductId | None:
    number = coerce.positive_integer(value.get("product_id") if isinstance(value, dict) else value)
    return ProductId(number) if number is not None else None


FlagOrNone = Annotated[bool | None, BeforeValidator(_flag_or_none)]


class Site(ApiModel):
    """A connected site. Flags, ``threats`` (how many the latest scan found) and ``awaiting_plugin_updates`` are None
    where the API does not say.

    ``plan_product_id`` and ``product_ids`` are what it already has, where the answer tells.
    """

    blog_id: Annotated[BlogId, BeforeValidator(coerce.positive_integer)]
    url: Text = ""
    url_with_scheme: Text = ""
    is_multisite: FlagOrNone = None
    is_favorite: FlagOrNone = None
    is_connection_healthy: FlagOrNone = None
    has_scan: FlagOrNone = None
    has_backup: FlagOrNone = None
    has_boost: FlagOrNone = None
    monitor_active: FlagOrNone = None
    monitor_site_status: FlagOrNone = None
    monitor_last_status_change: Moment = None
    latest_backup_status: TextOrNone = None
    threats: Annotated[int | None, BeforeValidator(_length)] = Field(
        default=None, validation_alias="latest_scan_threats_found"
    )
    awaiting_plugin_updates: Annotated[tuple[str, ...] | None, BeforeValidator(_names)] = None
    php_version: TextOrNone = Field(default=None, validation_alias="php_version_num")
    plan_product_id: Annotated[ProductId | None, BeforeValidator(_product_id)] = Field(
        default=None, validation_alias="plan"
    )
    product_ids: Annotated[tuple[ProductId, ...], BeforeValidator(_product_ids)] = Field(
        default=(), validation_alias="products"
    )

    @property
    def address(self) -> str:
        """The address with its scheme where the API gave one, for opening; else the bare one."""
        return self.url_with_scheme or self.url


class SiteIssue(StrEnum):
    """What the list of sites can be narrowed to; each is a flag of the request (contract: licenses 1.18)."""

    ANY = "all_issues"
    BACKUP_FAILED = "backup_failed"
    BACKUP_WARNING = "backup_warning"
    THREATS = "threats_found"
    DOWN = "site_down"
    DISCONNECTED = "site_disconnected"
    PLUGIN_UPDATES = "plugin_updates"


class SitePage(ApiModel):
    """One page of sites. ``total_items`` is None where the server gave none; ``unreadable`` counts rows
    left out.
    """

    items: tuple[Site, ...]
    page: int
    per_page: int
    total_items: int | None = None
    total_favorites: int = 0
    unreadable: int = 0

    @property
    def total_pages(self) -> int | None:
        """How many pages there are, None where the server gave no total."""
        if self.total_items is None:
            return None
        return max(1, -(-self.total_items // max(1, self.per_page)))


class ConnectionCode(Enum):
    """What came of connecting a site; all three are HTTP 200 (contract: licenses 1.15)."""

    SUCCESS = "success"
    ALREADY_CONNECTED = "already_connected"
    PREVIOUSLY_CONNECTED = "previously_connected"  # disconnected by hand once, and not reconnected now
    UNKNOWN = "unknown"


def _code(value: object) -> ConnectionCode:
    if isinstance(value, ConnectionCode):
        return value
    return next((member for member in ConnectionCode if member.value == value), ConnectionCode.UNKNOWN)


class SiteConnection(ApiModel):
    """The answer to connecting a site; ``blog_id`` is None where the API gave none."""

    code: Annotated[ConnectionCode, BeforeValidator(_code)]
    blog_id: Annotated[BlogId | None, BeforeValidator(coerce.positive_integer)] = None


_SITES = "/wpcom/v2/jetpack-agency/sites"
PER_PAGE = 20
WHOLE_LIST_PER_PAGE = 100
"""Rows a page where all are read; a server that gives fewer at once is asked more often."""


class SitesResource:
    """The partner's connected sites. Every method raises a subclass of ApiError."""

    def __init__(self, requestor: "Requestor") -> None:
        self._requestor = requestor

    async def list(
        self,
        query: str = "",
        page: int = 1,
        per_page: int = PER_PAGE,
        not_multisite: bool = False,
        sort: str = "url",
        direction: SortDirection = SortDirection.ASC,
        show_only_favorites: bool = False,
        added_within_days: int | None = None,
        issue: SiteIssue | None = None,
    ) -> SitePage:
        """Return one page (from 1) of the sites whose address matches ``query`` and that have ``issue``.

        A query that can be written in several ways is asked in each: what matches in one of them follows what matches
        in the one before.
        """

        def fetch(text: str, number: int, size: int) -> Awaitable[SitePage]:
            return self._list(
                text,
                number,
                size,
                not_multisite,
                sort,
                direction,
                show_only_favorites,
                added_within_days,
                issue,
            )

        first, *others = spellings(query)
        found = await fetch(first, page, per_page)
        return await _followed(found, [partial(fetch, text) for text in others]) if others else found

    async def _list(
        self,
        query: str,
        page: int,
        per_page: int,
        not_multisite: bool,
        sort: str,
        direction: SortDirection,
        show_only_favorites: bool,
        added_within_days: int | None,
        issue: SiteIssue | None,
    ) -> SitePage:
        """Ask for one page. Empty values and flags that are off are left out, as the vendor's client does.

        (Contract: licenses 1.18.)
        """
        arguments: dict[str, Scalar] = {
            "page": page,
            "per_page": per_page,
            "sort_field": sort,
            "sort_direction": direction.value,
        }
        if query:
            arguments["query"] = query
        if not_multisite:
            arguments["not_multisite"] = True
        if show_only_favorites:
            arguments["show_only_favorites"] = True
        if issue is not None:
            arguments[issue.value] = True
        if added_within_days is not None:
            arguments["added_within_days"] = added_within_days
        answer = await self._requestor.send(ApiRequest("GET", _SITES, TokenKind.KEY, query=arguments))
        body = answer.body if isinstance(answer.body, dict) else {}
        total, size = coerce.integer(body.get("total")), coerce.positive_integer(body.get("per_page"))
        promised = has_rows(page, size, total, None)
        items, unreadable = read_rows(Site, listed_rows(answer, "sites", promised=promised))
        return SitePage(
            items=items,
            page=page,
            per_page=size or per_page,
            total_items=max(0, total) if total is not None else None,
            total_favorites=coerce.integer(body.get("total_favorites")) or 0,
            unreadable=unreadable,
        )

    def list_all(
        self,
        query: str = "",
        per_page: int = WHOLE_LIST_PER_PAGE,
        not_multisite: bool = False,
        direction: SortDirection = SortDirection.ASC,
        show_only_favorites: bool = False,
        issue: SiteIssue | None = None,
    ) -> PageNumberPaginator[Site]:
        """Yield every site that matches, each once, page after page as they are consumed.

        What is returned knows at its end how many rows it left out.
        """

        async def fetch(page: int, size: int) -> SitePage:
            return await self.list(
                query,
                page,
                size,
                not_multisite,
                direction=direction,
                show_only_favorites=show_only_favorites,
                issue=issue,
            )

        return PageNumberPaginator(fetch, lambda item: item.blog_id, per_page)

    async def connect(self, url: str, local_user: str | int) -> SiteConnection:
        """Connect the site at ``url`` (with scheme and folder) as its local administrator. Changes.

        ``local_user`` is the administrator's id, login or e-mail there; 1 is typical. Digits are an id, which
        goes as a number (contract: licenses 1.15).
        """
        text = str(local_user).strip()
        is_id = text.isascii() and text.isdigit() and len(text) <= 15
        body: dict[str, Scalar] = {"url": url, "local_user": int(text) if is_id else text}
        path = f"{LICENSING}/site-connection"
        answer = await self._requestor.send(ApiRequest("POST", path, TokenKind.KEY, changing=True, body=body))
        return read_model(SiteConnection, answer)


async def _followed(found: SitePage, others: Sequence[Callable[[int, int], Awaitable[SitePage]]]) -> SitePage:
    """Return a page of one list as the page of that list with `others` behind it; each gives a page by number and size.

    A list that does not say how many rows it has ends there: nothing could be put behind it.
    """
    size, total, items, unreadable = found.per_page, found.total_items, list(found.items), found.unreadable
    start, end = (found.page - 1) * size, found.page * size
    for fetch in others:
        if total is None:
            break
        first, last = max(start - total, 0), max(end - total, 0)
        pages = [
            await fetch(number, size) for number in range(first // size + 1, max(last - 1, 0) // size + 2)
        ]
        rows = [site for page in pages for site in page.items]
        begin = first // size * size
        items += rows[first - begin : last - begin]
        unreadable += sum(page.unreadable for page in pages)
        more = pages[-1].total_items
        total = None if more is None else total + more
    return found.model_copy(update={"items": tuple(items), "total_items": total, "unreadable": unreadable})
