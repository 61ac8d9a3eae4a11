"""Reading licenses: the list, the counts, one, its children, its download."""

from __future__ import annotations

from jpmanage_tui.sandbox.auth import TokenNeed
from jpmanage_tui.sandbox.call import LICENSING, Call, RouteSpec
from jpmanage_tui.sandbox.envelope import HTTPError
from jpmanage_tui.sandbox.jsontypes import Json, as_int
from jpmanage_tui.sandbox.licenses.list_query import children_of, counts, flat, narrow, page
from jpmanage_tui.sandbox.licenses.rows import asked, owned, single


def list_licenses(call: Call) -> Json:
    """One page of the key's licenses, or of a bundle's children when ``parent_id`` is given."""
    parent_id = as_int(call.args.get("parent_id"))
    if parent_id:
        return _children(call, parent_id)
    wanted = flat(call)
    narrow(call, wanted, default="not_revoked")
    return page(call, wanted)


def count_licenses(call: Call) -> Json:
    """How many rows each filter of the flat list has."""
    return counts(call, flat(call))


def get_license(call: Call) -> Json:
    """One license in the short shape."""
    row = asked(call)
    return single(row, revoked_at=row["revoked_at"])


def list_children(call: Call) -> Json:
    """A bundle's children. The real answer's shape is not known; this is the list's."""
    row = owned(call, call.path["license_key"])
    if not row["quantity"]:
        raise HTTPError(400, "license_not_a_bundle", "This license is not a bundle.")
    return _children(call, int(row["license_id"]))


def download(call: Call) -> Json:
    """Where the product of an attached license can be downloaded."""
    row = owned(call, call.path["license_key"])
    if not row["has_downloads"] or row["attached_at"] is None or row["revoked_at"] is not None:
        raise HTTPError(400, "no_download_available", "There is no download available for this license.")
    return {"download_url": f"{call.files_origin}/download/{row['slug']}.zip"}


def _children(call: Call, parent_id: int) -> Json:
    wanted = children_of(call, parent_id)
    narrow(call, wanted, default="all")
    return page(call, wanted)


ROUTES = (
    RouteSpec("GET", f"{LICENSING}/licenses", TokenNeed.KEY, list_licenses),
    RouteSpec("GET", f"{LICENSING}/licenses/counts", TokenNeed.KEY, count_licenses),
    RouteSpec("GET", f"{LICENSING}/license", TokenNeed.KEY, get_license),
    RouteSpec("GET", f"{LICENSING}/license/{{license_key}}/children", TokenNeed.KEY, list_children),
    RouteSpec("GET", f"{LICENSING}/license/{{license_key}}/download", TokenNeed.KEY, download),
)
