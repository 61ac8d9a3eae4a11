"""Finding out whether issuing is open."""

from __future__ import annotations

from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.rules.account import payment_method_required
from jpmanage_tui.services.issuing.order import IssuingStatus

PAUSED = "The API says that issuing is paused for this account. Whether it refuses shows when you issue."


async def issuing_status(client: LicensingClient, has_user: bool) -> IssuingStatus:
    """Return whether issuing is open; an `ApiError` is in the answer.

    With a key token alone (not `has_user`) only the server knows, and decides.
    """
    if not has_user:
        return IssuingStatus()
    try:
        partner = await client.partner.get()
        me = await client.me.get()
    except ApiError as error:
        return IssuingStatus(error=error)
    return IssuingStatus(payment_method_required(me, partner), not partner.can_issue_licenses)
