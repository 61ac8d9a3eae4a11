"""The signed-in user's own licenses, bought elsewhere (contract: licenses 1.16)."""

from __future__ import annotations

from jpmanage_tui.sandbox.auth import TokenNeed
from jpmanage_tui.sandbox.call import LICENSING, Call, RouteSpec
from jpmanage_tui.sandbox.jsontypes import Json
from jpmanage_tui.sandbox.licenses.list_query import Wanted, counts, narrow, page


def list_own(call: Call) -> Json:
    """One page of them; the same rules as the partner's list."""
    wanted = _own(call)
    narrow(call, wanted, default="not_revoked")
    return page(call, wanted)


def count_own(call: Call) -> Json:
    """How many there are by filter."""
    return counts(call, _own(call))


def _own(call: Call) -> Wanted:
    return Wanted(["l.owner_type = 'user'", "l.user_id = :user_id"], {"user_id": call.caller.user_id or 0})


ROUTES = (
    RouteSpec("GET", f"{LICENSING}/user/licenses", TokenNeed.USER, list_own),
    RouteSpec("GET", f"{LICENSING}/user/licenses/counts", TokenNeed.USER, count_own),
)
