"""Licenses: list, get, issue, revoke, assign, unassign, download (partner key's token)."""

from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Annotated

from pydantic import AliasChoices, BeforeValidator, Field, model_validator

from jpmanage_tui.api import coerce
from jpmanage_tui.api.errors import (
    InvalidParameterError,
    NotFoundError,
    PermissionDeniedError,
    RequestRejectedError,
)
from jpmanage_tui.api.ids import BlogId, LicenseId, LicenseKey, ProductId, ProductSlug
from jpmanage_tui.api.model import (
    ApiModel,
    Count,
    Flag,
    Moment,
    NumberOrNone,
    Text,
    TextOrNone,
    listed_rows,
    read_model,
    read_rows,
)
from jpmanage_tui.api.paging import PageNumberPaginator, has_rows
from jpmanage_tui.api.request import LICENSING, ApiRequest, ApiResponse, Scalar, segment
from jpmanage_tui.api.text import typed
from jpmanage_tui.api.tokens import TokenKind

if TYPE_CHECKING:  # loaded when first used
    from jpmanage_tui.api.requestor import Requestor


class LicenseFilter(StrEnum):
    """The list's filters, in the API's words; ALL is no tab of the vendor's page, but one of its clients
    sends it.
    """

    NOT_REVOKED = "not_revoked"
    DETACHED = "detached"
    ATTACHED = "attached"
    REVOKED = "revoked"
    STANDARD = "standard"
    ALL = "all"


class LicenseSort(StrEnum):
    """The list's sort fields."""

    ISSUED_AT = "issued_at"
    ATTACHED_AT = "attached_at"
    REVOKED_AT = "revoked_at"
    STATUS = "status"


class SortDirection(StrEnum):
    """Ascending or descending."""

    ASC = "asc"
    DESC = "desc"


class LicenseState(Enum):
    """What a license is now; see ``License.state`` for the precedence."""

    ATTACHED = "attached"
    DETACHED = "detached"
    REVOKED = "revoked"
    BUNDLE = "bundle"


class OwnerType(Enum):
    """Who bought the license; UNKNOWN stands for a word we do not know."""

    USER = "user"
    JETPACK_PARTNER_KEY = "jetpack_partner_key"
    UNKNOWN = "unknown"


def _owner_type(value: object) -> OwnerType | None:
    if isinstance(value, OwnerType):
        return value
    word = coerce.text_or_none(value)
    if word is None:
        return None
    return next((member for member in OwnerType if member.value == word), OwnerType.UNKNOWN)


def _pairs(value: object) -> tuple[tuple[str, str], ...]:
    if isinstance(value, tuple):
        return value
    if not isinstance(value, dict):
        return ()  # null and PHP's empty array
    return tuple((coerce.text(k) or "", coerce.text(v) or "") for k, v in value.items())


Key = Annotated[LicenseKey, BeforeValidator(coerce.text), Field(min_length=1)]
"""A license code; a row without one cannot be used."""

OptionalBlogId = Annotated[BlogId | None, BeforeValidator(coerce.positive_integer)]

OptionalLicenseId = Annotated[LicenseId | None, BeforeValidator(coerce.positive_integer)]


def product_slug_of(key: LicenseKey) -> ProductSlug | None:
    """Return the product part of a license code: the text before its last underscore, None without one.

    Cut at 38 characters by the vendor, so compare it as a prefix (contract: licenses 3.7).
    """
    slug, underscore, _ = key.rpartition("_")
    return ProductSlug(slug) if underscore and slug else None


class License(ApiModel):
    """One license as the list gives it. Times are aware UTC; ``license_id`` is None where the API gave none that can
    be read: then the licenses of a bundle cannot be asked for.
    """

    license_key: Key
    license_id: OptionalLicenseId = None
    product_id: Annotated[ProductId | None, BeforeValidator(coerce.positive_integer)] = None
    product: Text = ""
    user_id: NumberOrNone = None
    username: TextOrNone = None
    blog_id: OptionalBlogId = None
    siteurl: TextOrNone = None
    has_downloads: Flag = False
    issued_at: Moment = None
    attached_at: Moment = None
    revoked_at: Moment = None
    owner_type: Annotated[OwnerType | None, BeforeValidator(_owner_type)] = None
    quantity: NumberOrNone = None
    parent_license_id: OptionalLicenseId = Field(
        default=None, validation_alias=AliasChoices("parent_license_id", "parent_jetpack_license_id")
    )
    meta: Annotated[tuple[tuple[str, str], ...], BeforeValidator(_pairs)] = ()
    # A date that is there but cannot be read still says that the thing happened.
    was_attached: bool = Field(default=False, repr=False)
    was_revoked: bool = Field(default=False, repr=False)

    @model_validator(mode="before")
    @classmethod
    def _note_what_happened(cls, values: object) -> object:
        if not isinstance(values, dict):
            return values
        return values | {
            "was_attached": coerce.is_given(values.get("attached_at")),
            "was_revoked": coerce.is_given(values.get("revoked_at")),
        }

    @property
    def state(self) -> LicenseState:
        """The state by precedence: revoked, then bundle, then attached, then detached (contract: licenses
        2.2).
        """
        if self.was_revoked:
            return LicenseState.REVOKED
        if self.is_bundle:
            return LicenseState.BUNDLE
        return LicenseState.ATTACHED if self.was_attached else LicenseState.DETACHED

    @property
    def is_standard(self) -> bool:
        """Whether it was bought elsewhere; everything but owner type "user" is the partner's."""
        return self.owner_type is OwnerType.USER

    @property
    def is_bundle(self) -> bool:
        """Whether this is the parent row of a bundle: only that carries a quantity (contract: licenses
        2.2).
        """
        return self.quantity is not None and self.quantity > 0

    @property
    def is_child(self) -> bool:
        """Whether it belongs to a bundle."""
        return self.parent_license_id is not None and not self.is_bundle

    @property
    def product_slug(self) -> ProductSlug | None:
        """The product part of the license code; may be cut, see ``product_slug_of``."""
        return product_slug_of(self.license_key)


class IssuedLicense(ApiModel):
    """A license as the single-license routes give it: less than the list does (contract: licenses 1.1)."""

    license_key: Key
    license_id: OptionalLicenseId = None
    quantity: NumberOrNone = None
    parent_license_id: OptionalLicenseId = Field(
        default=None, validation_alias=AliasChoices("parent_license_id", "parent_jetpack_license_id")
    )
    issued_at: Moment = None
    attached_at: Moment = None
    revoked_at: Moment = None

    @property
    def product_slug(self) -> ProductSlug | None:
        """The product part of the license code; may be cut, see ``product_slug_of``."""
        return product_slug_of(self.license_key)


class LicensePage(ApiModel):
    """One page of the list. Totals are None where the server gave none; ``unreadable`` counts the rows left
    out.
    """

    items: tuple[License, ...]
    page: int
    per_page: int
    total_items: int | None = None
    total_pages: int | None = None
    unreadable: int = 0


class LicenseCounts(ApiModel):
    """How many licenses each filter has; a missing figure is 0 (contract: licenses 1.10)."""

    attached: Count = 0
    detached: Count = 0
    revoked: Count = 0
    not_revoked: Count = 0
    standard: Count = 0
    all: Count = 0


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

    def __init__(self, requestor: "Requestor") -> None:
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

    def list_all(
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

    def list_all_children(self, parent_id: LicenseId) -> PageNumberPaginator[License]:
        """Yield every license of a bundle, by the ``license_id`` of its parent; see ``list_all``."""
        return self.list_all(None, parent_id=parent_id)

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
        url = coerce.text_or_none(answer.mapping().get("download_url"))
        if url is None:
            answer.unreadable("it has no download_url")
        return url


def _page(answer: ApiResponse, page: int, per_page: int) -> LicensePage:
    body = answer.body if isinstance(answer.body, dict) else {}
    total, pages = coerce.integer(body.get("total_items")), coerce.positive_integer(body.get("total_pages"))
    number, size = (
        coerce.positive_integer(body.get("current_page")) or page,
        coerce.positive_integer(body.get("items_per_page")),
    )
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
