"""Licenses: list, get, issue, revoke, assign, unassign, download (partner key's token)."""

from typing import TYPE_CHECKING

from jpmanage_tui.api.coerce import read_int, read_positive, read_text_or_none
from jpmanage_tui.api.errors import (
    InvalidParameterError,
    NotFoundError,
    PermissionDeniedError,
    RequestRejectedError,
)
from jpmanage_tui.api.ids import BlogId, LicenseId, LicenseKey, ProductSlug
from jpmanage_tui.api.model import listed_rows, read_model, read_rows
from jpmanage_tui.api.models.license import (
    IssuedLicense,
    License,
    LicenseCounts,
    LicenseFilter,
    LicensePage,
    LicenseSort,
    SortDirection,
)
from jpmanage_tui.api.paging import PageNumberPaginator, has_rows
from jpmanage_tui.api.request import LICENSING, ApiRequest, ApiResponse, Scalar, segment
from jpmanage_tui.api.requestor import Requestor
from jpmanage_tui.api.text import typed
from jpmanage_tui.api.tokens import TokenKind

if TYPE_CHECKING:  # loaded when first used
    from jpmanage_tui.api.billing import BillingEstimate, NotYetAvailable

_LICENSE = f"{LICENSING}/license"
_LICENSES = f"{LICENSING}/licenses"
_UNKNOWN = frozenset({400, 403})
"""What an unknown license is answered with, beside 404 (contract: licenses 1.2)."""
PER_PAGE = 50
WHOLE_LIST_PER_PAGE = 100
"""Rows a page where all are read; a server that gives fewer at once is asked more often."""
CHILDREN_PER_PAGE = 25


class LicensesResource:
    """The partner's licenses. Every method raises a subclass of ApiError."""

    def __init__(self, requestor: Requestor) -> None:
        self._requestor = requestor

    async def list(
        self,
        filter: LicenseFilter | None = LicenseFilter.NOT_REVOKED,
        search: str = "",
        page: int = 1,
        per_page: int = PER_PAGE,
        sort: LicenseSort = LicenseSort.ISSUED_AT,
        direction: SortDirection = SortDirection.DESC,
        parent_id: LicenseId | None = None,
    ) -> LicensePage:
        """Return one page (from 1) of the licenses that match.

        ``filter=None`` sends no filter: a search then spans every state, a list without search is the
        server's own choice (ask for ALL to have every state). The search goes together with filter and page,
        which the server accepts (contract: licenses 1.8). ``parent_id`` lists a bundle's licenses, which the
        flat list may leave out; for a bundle that the API does not know it raises NotFoundError, see ``get``.
        """
        query: dict[str, Scalar] = {
            "page": page,
            "per_page": per_page,
            "sort_field": sort.value,
            "sort_direction": direction.value,
        }
        if filter is not None:
            query["filter"] = filter.value
        if wanted := typed(search):
            query["search"] = wanted
        if parent_id is not None:
            query["parent_id"] = parent_id
        call = ApiRequest("GET", _LICENSES, TokenKind.KEY, query=query)
        answer = await (self._requestor.send(call) if parent_id is None else self._of_one(call))
        return _page(answer, page, per_page)

    async def children(
        self, parent_id: LicenseId, page: int = 1, per_page: int = CHILDREN_PER_PAGE
    ) -> LicensePage:
        """Return one page of a bundle's licenses, by the ``license_id`` of its parent (contract: licenses
        2.5).
        """
        return await self.list(
            filter=None,
            page=page,
            per_page=per_page,
            sort=LicenseSort.STATUS,
            direction=SortDirection.ASC,
            parent_id=parent_id,
        )

    def iterate(
        self,
        filter: LicenseFilter | None = LicenseFilter.NOT_REVOKED,
        search: str = "",
        per_page: int = WHOLE_LIST_PER_PAGE,
        sort: LicenseSort = LicenseSort.ISSUED_AT,
        direction: SortDirection = SortDirection.ASC,
        parent_id: LicenseId | None = None,
    ) -> PageNumberPaginator[License]:
        """Yield every license that matches, each once, page after page as they are consumed.

        Oldest first unless asked otherwise: what is issued meanwhile comes at the end then, and no row changes its
        place by itself. What is returned knows at its end how many rows it left out.
        """

        async def fetch(page: int, size: int) -> LicensePage:
            return await self.list(filter, search, page, size, sort, direction, parent_id)

        return PageNumberPaginator(fetch, lambda item: item.license_key, per_page)

    def iterate_children(self, parent_id: LicenseId) -> PageNumberPaginator[License]:
        """Yield every license of a bundle, by the ``license_id`` of its parent; see ``iterate``."""
        return self.iterate(None, parent_id=parent_id)

    async def get(self, key: LicenseKey) -> IssuedLicense:
        """Return one license by its code: its dates, not its site.

        Raises NotFoundError for one that the API does not know, which it says with 400, 403 or 404 (contract: licenses
        1.1, 1.2); the error's ``status`` tells with which.
        """
        call = ApiRequest("GET", _LICENSE, TokenKind.KEY, query={"license_key": key})
        return read_model(IssuedLicense, await self._of_one(call))

    async def _of_one(self, call: ApiRequest) -> ApiResponse:
        """Ask about one license or bundle; whatever says that it is unknown is NotFoundError."""
        try:
            return await self._requestor.send(call)
        except (RequestRejectedError, PermissionDeniedError, InvalidParameterError) as error:
            if error.status not in _UNKNOWN:
                raise
            raise NotFoundError(
                error.message,
                status=error.status,
                code=error.code,
                request_id=error.request_id,
                method=error.method,
                path=error.path,
            ) from None

    async def counts(self) -> LicenseCounts:
        """Return how many licenses each filter has."""
        answer = await self._requestor.send(ApiRequest("GET", f"{_LICENSES}/counts", TokenKind.KEY))
        return read_model(LicenseCounts, answer)

    async def issue(self, product: ProductSlug, quantity: int | None = None) -> IssuedLicense:
        """Issue one license, or one bundle of ``quantity`` where the product supports that size. Changes.

        A code ``missing_valid_payment_method`` on the error means that a card is needed first.
        """
        body: dict[str, Scalar] = {"product": product}
        if quantity is not None:
            body["quantity"] = quantity
        answer = await self._requestor.send(
            ApiRequest("POST", _LICENSE, TokenKind.KEY, changing=True, body=body)
        )
        return read_model(IssuedLicense, answer)

    async def issue_several(
        self, product: ProductSlug, quantity: int, bundle: bool
    ) -> tuple[IssuedLicense, ...]:
        """Issue ``quantity`` loose licenses, or one bundle of that size, in one request. Changes."""
        body: dict[str, Scalar] = {"product": product, "quantity": quantity, "bundle": bundle}
        answer = await self._requestor.send(
            ApiRequest("POST", _LICENSES, TokenKind.KEY, changing=True, body=body)
        )
        if isinstance(answer.body, dict) and "license_key" in answer.body:
            return (read_model(IssuedLicense, answer),)
        items, unreadable = read_rows(IssuedLicense, answer.rows("items", "licenses"))
        if unreadable or not items:
            answer.unreadable(f"{unreadable} of the issued licenses have no usable code")
        return items

    async def revoke(self, key: LicenseKey) -> None:
        """Revoke a license for good; the parent's code revokes a bundle. Changes.

        The answer's own ``revoked_at`` is not to be believed (contract: licenses 1.3): list it again.
        """
        query: dict[str, Scalar] = {"license_key": key}
        await self._requestor.send(ApiRequest("DELETE", _LICENSE, TokenKind.KEY, changing=True, query=query))

    async def assign(self, key: LicenseKey, blog_id: BlogId) -> None:
        """Assign a license to a connected site. Changes."""
        path = f"{_LICENSE}/{segment(key)}/site"
        await self._requestor.send(
            ApiRequest("POST", path, TokenKind.KEY, changing=True, body={"site": blog_id})
        )

    async def unassign(self, key: LicenseKey, send_email: bool = True) -> None:
        """Take a license off its site; ``send_email=False`` asks that the site's owner is not mailed.
        Changes.
        """
        query: dict[str, Scalar] = {} if send_email else {"cancellation_email": 0}
        path = f"{_LICENSE}/{segment(key)}/site"
        await self._requestor.send(ApiRequest("DELETE", path, TokenKind.KEY, changing=True, query=query))

    async def download_url(self, key: LicenseKey) -> str:
        """Return the address of the product's file; it lies elsewhere and takes no token."""
        answer = await self._requestor.send(
            ApiRequest("GET", f"{_LICENSE}/{segment(key)}/download", TokenKind.KEY)
        )
        url = read_text_or_none(answer.mapping().get("download_url"))
        if url is None:
            answer.unreadable("it has no download_url")
        return url

    async def billing(self) -> "BillingEstimate | NotYetAvailable":
        """Return this month's estimate, or that the upcoming invoice is still being prepared (licenses
        1.11).
        """
        from jpmanage_tui.api.billing import BillingEstimate, NotYetAvailable

        try:
            answer = await self._requestor.send(ApiRequest("GET", f"{_LICENSES}/billing", TokenKind.KEY))
        except PermissionDeniedError as error:
            if error.code != "no_billing_invoice_available":
                raise
            return NotYetAvailable(message=error.message)
        return read_model(BillingEstimate, answer)


def _page(answer: ApiResponse, page: int, per_page: int) -> LicensePage:
    body = answer.body if isinstance(answer.body, dict) else {}
    total, pages = read_int(body.get("total_items")), read_positive(body.get("total_pages"))
    number, size = read_positive(body.get("current_page")) or page, read_positive(body.get("items_per_page"))
    promised = has_rows(number, size, total, pages)
    items, unreadable = read_rows(License, listed_rows(answer, "items", "licenses", promised=promised))
    return LicensePage(
        items=items,
        page=number,
        per_page=size or per_page,
        total_items=max(0, total) if total is not None else None,
        total_pages=pages,
        unreadable=unreadable,
    )
