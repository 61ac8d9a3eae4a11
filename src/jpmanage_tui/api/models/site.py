"""Connected sites (contract: licenses 1.15, 1.18)."""

from enum import Enum, StrEnum
from typing import Annotated

from pydantic import BeforeValidator, Field

from jpmanage_tui.api import coerce as scalars
from jpmanage_tui.api.ids import BlogId, ProductId
from jpmanage_tui.api.model import ApiModel, Moment, Text, TextOrNone


def _flag_or_none(value: object) -> bool | None:
    return None if value is None or value == "" else scalars.read_flag(value)


def _length(value: object) -> int | None:
    if isinstance(value, list | tuple | dict):
        return len(value)
    number = scalars.read_int(value)
    return number if number is not None and number >= 0 else None


def _names(value: object) -> tuple[str, ...] | None:
    rows = list(value.values()) if isinstance(value, dict) else value
    if not isinstance(rows, list | tuple):
        return None
    return tuple(name for name in (scalars.read_text(row) for row in rows) if name)


def _product_ids(value: object) -> tuple[ProductId, ...]:
    """Ids from ``products``: a list of objects whose ids may be strings (contract: licenses 3.2)."""
    rows = list(value.values()) if isinstance(value, dict) else value
    if not isinstance(rows, list | tuple):
        return ()
    ids = (_product_id(row) for row in rows)
    return tuple(number for number in ids if number is not None)


def _product_id(value: object) -> ProductId | None:
    number = scalars.read_positive(value.get("product_id") if isinstance(value, dict) else value)
    return ProductId(number) if number is not None else None


FlagOrNone = Annotated[bool | None, BeforeValidator(_flag_or_none)]


class Site(ApiModel):
    """A connected site. Flags, ``threats`` (how many the latest scan found) and ``awaiting_plugin_updates`` are None
    where the API does not say.

    ``plan_product_id`` and ``product_ids`` are what it already has, where the answer tells.
    """

    blog_id: Annotated[BlogId, BeforeValidator(scalars.read_positive)]
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
    blog_id: Annotated[BlogId | None, BeforeValidator(scalars.read_positive)] = None
