"""Licenses, their pages and their counts."""

from enum import Enum, StrEnum
from typing import Annotated

from pydantic import AliasChoices, BeforeValidator, Field, model_validator

from jpmanage_tui.api import coerce as scalars
from jpmanage_tui.api.ids import BlogId, LicenseId, LicenseKey, ProductId, ProductSlug
from jpmanage_tui.api.model import ApiModel, Count, Flag, Moment, NumberOrNone, Text, TextOrNone


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
    word = scalars.read_text_or_none(value)
    if word is None:
        return None
    return next((member for member in OwnerType if member.value == word), OwnerType.UNKNOWN)


def _pairs(value: object) -> tuple[tuple[str, str], ...]:
    if isinstance(value, tuple):
        return value
    if not isinstance(value, dict):
        return ()  # null and PHP's empty array
    return tuple((scalars.read_text(k) or "", scalars.read_text(v) or "") for k, v in value.items())


Key = Annotated[LicenseKey, BeforeValidator(scalars.read_text), Field(min_length=1)]
"""A license code; a row without one cannot be used."""

OptionalBlogId = Annotated[BlogId | None, BeforeValidator(scalars.read_positive)]

OptionalLicenseId = Annotated[LicenseId | None, BeforeValidator(scalars.read_positive)]


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
    product_id: Annotated[ProductId | None, BeforeValidator(scalars.read_positive)] = None
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
            "was_attached": scalars.is_given(values.get("attached_at")),
            "was_revoked": scalars.is_given(values.get("revoked_at")),
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
