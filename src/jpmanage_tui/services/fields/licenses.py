"""The fields of licenses."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from jpmanage_tui.services.fields.field import Field, Fields, FieldType

if TYPE_CHECKING:
    from jpmanage_tui.api.licenses import License

_STATE_WORDS = MappingProxyType({"attached": "assigned", "detached": "unassigned"})
LICENSE_FIELDS: Fields[License] = (
    Field("license_code", lambda license: license.license_key, "the license code", keep_end=True),
    Field("product", lambda license: license.product, "the product's name"),
    Field(
        "state",
        lambda license: license.state.value,
        "attached (assigned), detached (unassigned), revoked, or bundle",
        words=_STATE_WORDS,
    ),
    Field(
        "site_id", lambda license: license.blog_id or None, "the site's id", FieldType.NUMBER, listed=False
    ),
    Field("site", lambda license: license.siteurl, "the site's address"),
    Field("owner", lambda license: license.username, "who owns it, by user name", listed=False),
    Field(
        "owner_type",
        lambda license: license.owner_type.value if license.owner_type else None,
        "who it belongs to; user: bought elsewhere",
        listed=False,
    ),
    Field("issued_at", lambda license: license.issued_at, "when it was issued", FieldType.TIME),
    Field(
        "assigned_at",
        lambda license: license.attached_at,
        "when it was assigned",
        FieldType.TIME,
        listed=False,
    ),
    Field(
        "revoked_at", lambda license: license.revoked_at, "when it was revoked", FieldType.TIME, listed=False
    ),
    Field(
        "bundle_size",
        lambda license: license.quantity or None,
        "of a bundle, how many licenses it has",
        FieldType.NUMBER,
        listed=False,
    ),
    Field(
        "part_of_bundle",
        lambda license: license.parent_license_id or None,
        "of a license in a bundle, the bundle's license id",
        FieldType.NUMBER,
        listed=False,
    ),
    Field(
        "license_id",
        lambda license: license.license_id,
        "the license's id",
        FieldType.NUMBER,
        listed=False,
    ),
)


class LicenseDownload(NamedTuple):
    """Where the file of a license is."""

    license_code: str
    url: str


DOWNLOAD_FIELDS: Fields[LicenseDownload] = (
    Field("license_code", lambda download: download.license_code, "the license code", whole=True),
    Field("url", lambda download: download.url, "where its file is; the address needs no token", whole=True),
)
