"""Connected sites: list, search, connect (partner key's token)."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from jpmanage_tui.api.coerce import read_int, read_positive
from jpmanage_tui.api.model import listed_rows, read_model, read_rows
from jpmanage_tui.api.models.license import SortDirection
from jpmanage_tui.api.models.site import Site, SiteConnection, SiteIssue, SitePage
from jpmanage_tui.api.paging import PageNumberPaginator, has_rows
from jpmanage_tui.api.request import LICENSING, ApiRequest, Scalar
from jpmanage_tui.api.requestor import Requestor
from jpmanage_tui.api.text import spellings
from jpmanage_tui.api.tokens import TokenKind

_SITES = "/wpcom/v2/jetpack-agency/sites"
PER_PAGE = 20
WHOLE_LIST_PER_PAGE = 100
"""Rows a page where all are read; a server that gives fewer at once is asked more often."""


class SitesResource:
    """The partner's connected sites. Every method raises a subclass of ApiError."""

    def __init__(self, requestor: Requestor) -> None:
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
        total, size = read_int(body.get("total")), read_positive(body.get("per_page"))
        promised = has_rows(page, size, total, None)
        items, unreadable = read_rows(Site, listed_rows(answer, "sites", promised=promised))
        return SitePage(
            items=items,
            page=page,
            per_page=size or per_page,
            total_items=max(0, total) if total is not None else None,
            total_favorites=read_int(body.get("total_favorites")) or 0,
            unreadable=unreadable,
        )

    def iterate(
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
