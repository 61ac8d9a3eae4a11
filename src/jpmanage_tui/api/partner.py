"""The partner record and the signed-in user (user's token)."""

from jpmanage_tui.api.model import read_model
from jpmanage_tui.api.models.partner import TOS_ACCEPTED, Me, Partner, PartnerDetails
from jpmanage_tui.api.request import LICENSING, ApiRequest, Scalar
from jpmanage_tui.api.requestor import Requestor
from jpmanage_tui.api.tokens import TokenKind

_PARTNER = f"{LICENSING}/partner"
_OPT_IN_KINDS = frozenset({"agency", "freelancer"})


class PartnerResource:
    """The partner account. Every method raises a subclass of ApiError."""

    def __init__(self, requestor: Requestor) -> None:
        self._requestor = requestor

    async def get(self) -> Partner:
        """Return the partner; an error with code ``no_partner_found`` means the user has none."""
        return read_model(Partner, await self._requestor.send(ApiRequest("GET", _PARTNER, TokenKind.USER)))

    async def accept_terms(self) -> Partner:
        """Accept the agency terms; return the partner as it is then. Changes."""
        return await self._send("PUT", {"tos": TOS_ACCEPTED})

    async def create(self, details: PartnerDetails, opt_in: bool = False) -> Partner:
        """Sign up as a partner, which accepts the terms; return the new partner with its key. Changes.

        ``opt_in`` joins the partner programme, which only agencies and freelancers are asked (account 6.1).
        InvalidParameter names the fields the server does not accept.
        """
        body: dict[str, Scalar] = {"tos": TOS_ACCEPTED, **details.model_dump()}
        if details.company_type in _OPT_IN_KINDS:
            body["partner_program_opt_in"] = opt_in
        return await self._send("POST", body)

    async def update(self, details: PartnerDetails) -> Partner:
        """Send the company form; return the partner as it is then. Changes future invoices only."""
        return await self._send("PUT", details.model_dump())

    async def _send(self, method: str, body: dict[str, Scalar]) -> Partner:
        call = ApiRequest(method, _PARTNER, TokenKind.USER, changing=True, body=body)
        return read_model(Partner, await self._requestor.send(call))


class MeResource:
    """The signed-in user. Every method raises a subclass of ApiError."""

    def __init__(self, requestor: Requestor) -> None:
        self._requestor = requestor

    async def me(self) -> Me:
        """Return who the user's token belongs to, and the kinds of partner that user is."""
        return read_model(Me, await self._requestor.send(ApiRequest("GET", "/rest/v1.1/me", TokenKind.USER)))
