"""The partner record and the signed-in user (user's token)."""

from typing import TYPE_CHECKING, Annotated, Self

from pydantic import BeforeValidator, Field, SecretStr, model_validator

from jpmanage_tui.api import coerce
from jpmanage_tui.api.ids import PartnerId, PartnerKeyId
from jpmanage_tui.api.invoices import Invoice
from jpmanage_tui.api.model import (
    ApiModel,
    Flag,
    Number,
    Text,
    TextOrNone,
    object_or_nothing,
    read_model,
    read_rows,
    tolerant,
)
from jpmanage_tui.api.request import LICENSING, ApiRequest, Scalar
from jpmanage_tui.api.tokens import TokenKind

if TYPE_CHECKING:
    from jpmanage_tui.api.requestor import Requestor

NO_PARTNER = "no_partner_found"
"""Error code of ``GET /partner`` for a user without a partner record; its HTTP status is not documented."""

TOS_OPEN = "not_consented"
TOS_ACCEPTED = "consented"


def _tos(value: object) -> str | None:
    if isinstance(value, bool):  # the API of 2021
        return TOS_ACCEPTED if value else TOS_OPEN
    if value is None:
        return TOS_OPEN
    text = coerce.text(value)
    return None if text is None else text or TOS_OPEN


def _secret(value: object) -> object:
    return value if isinstance(value, SecretStr) else SecretStr(coerce.text(value) or "")


def _unknown_is_true(value: object) -> bool:
    return coerce.boolean(value) if isinstance(value, bool | int | float | str) else True


def _flag_or_none(value: object) -> bool | None:
    return coerce.boolean(value) if isinstance(value, bool | int | float | str) else None


def _disabled_on(value: object) -> str | None:
    """Return when a key was disabled: any words, since all that matters is whether it was."""
    if not coerce.is_given(value):
        return None
    return coerce.text(value) or "at an unknown time"


def _invoice(value: object) -> Invoice | None:
    rows = tolerant(Invoice)([value])
    return rows[0] if rows else None


class Address(ApiModel):
    """A business address; ``country`` is ISO-2, ``state`` the bare region code."""

    country: Text = ""
    state: Text = ""
    city: Text = ""
    line1: Text = ""
    line2: Text = ""
    postal_code: Text = ""


class PartnerKey(ApiModel):
    """One of the partner's API keys; licenses, cards and invoices belong to a key."""

    id: Annotated[PartnerKeyId, BeforeValidator(coerce.integer)]
    name: Text = ""
    oauth2_token: Annotated[SecretStr, BeforeValidator(_secret)] = SecretStr("")
    disabled_on: Annotated[TextOrNone, BeforeValidator(_disabled_on)] = None
    has_licenses: Annotated[bool | None, BeforeValidator(_flag_or_none)] = None
    latest_invoice: Annotated[Invoice | None, BeforeValidator(_invoice)] = None

    @property
    def has_token(self) -> bool:
        """Whether the API gave the token that the key's requests are signed with."""
        return bool(self.oauth2_token.get_secret_value())

    @property
    def is_usable(self) -> bool:
        """Whether the key is not disabled and has a token."""
        return self.disabled_on is None and self.has_token


class Partner(ApiModel):
    """The partner account. ``has_valid_payment_method`` and ``can_issue_licenses`` are true where not
    given, or not readable: then the server decides.

    ``tos`` is None where it could not be read. ``unreadable_keys`` counts the keys that could not, None where
    the list itself could not: neither is the same as having no keys (contract: account 1.1, 7.1).
    """

    id: Annotated[PartnerId, BeforeValidator(coerce.integer)]
    slug: Text = ""
    name: Text = ""
    contact_person: Text = ""
    company_website: Text = ""
    company_type: Text = ""
    managed_sites: Text = ""
    address: Annotated[Address, BeforeValidator(object_or_nothing)] = Address()
    keys: Annotated[tuple[PartnerKey, ...], BeforeValidator(tolerant(PartnerKey))] = ()
    unreadable_keys: int | None = 0
    tos: Annotated[str | None, BeforeValidator(_tos)] = TOS_OPEN
    partner_type: Text = ""
    has_valid_payment_method: Annotated[bool, BeforeValidator(_unknown_is_true)] = True
    can_issue_licenses: Annotated[bool, BeforeValidator(_unknown_is_true)] = True

    @model_validator(mode="before")
    @classmethod
    def _count_unreadable(cls, data: object) -> object:
        if not isinstance(data, dict) or "unreadable_keys" in data:
            return data
        rows = data.get("keys")
        rows = list(rows.values()) if isinstance(rows, dict) else rows  # PHP writes lists with gaps so
        if not isinstance(rows, list | tuple):
            return {**data, "keys": (), "unreadable_keys": None}
        keys, unreadable = read_rows(PartnerKey, rows)
        return {**data, "keys": keys, "unreadable_keys": unreadable}

    @property
    def tos_accepted(self) -> bool:
        """Whether the terms are accepted; anything but "not_consented" says so (contract: account 1.1)."""
        return self.tos != TOS_OPEN

    @property
    def all_keys_read(self) -> bool:
        """Whether ``keys`` are all that the account has."""
        return self.unreadable_keys == 0

    def key_to_use(self, remembered: PartnerKeyId | None) -> PartnerKey | None:
        """Return the remembered key, or the one that nothing else could be meant instead of; else None: the
        user picks (contract: account 7.1).

        A single usable key is used unseen only where all others are known to be disabled.
        """
        usable = [key for key in self.keys if key.is_usable]
        others_disabled = all(key.is_usable or key.disabled_on is not None for key in self.keys)
        if len(usable) == 1 and self.all_keys_read and others_disabled:
            return usable[0]
        return next((key for key in usable if key.id == remembered), None)


class PartnerDetails(ApiModel):
    """The company form: what is sent on update and sign-up (contract: account 1.2, 1.3, 6.1).

    All strings; ``state`` is '' where the country has none. Kind and number of sites are hidden on the edit
    form, yet sent back as they are.
    """

    name: Text
    contact_person: Text = ""
    company_website: Text = ""
    company_type: Text = ""
    managed_sites: Text = ""
    country: Text = ""
    state: Text = ""
    city: Text = ""
    line1: Text = ""
    line2: Text = ""
    postal_code: Text = ""

    @classmethod
    def of(cls, partner: Partner) -> Self:
        """Return the details as they stand at the partner."""
        return cls.model_validate(partner.address.model_dump() | partner.model_dump(include=_PARTNER_FIELDS))


_PARTNER_FIELDS = {"name", "contact_person", "company_website", "company_type", "managed_sites"}


class Me(ApiModel):
    """The signed-in WordPress.com user (``/rest/v1.1/me``; contract: account 7.3)."""

    user_id: Number = Field(default=0, validation_alias="ID")
    username: Text = ""
    display_name: Text = ""
    email: Text = Field(default="", repr=False)
    has_jetpack_partner_access: Flag = False
    jetpack_partner_types: Annotated[tuple[str, ...], BeforeValidator(lambda v: _words(v))] = ()

    @property
    def is_agency(self) -> bool:
        """Whether the user's partner is an agency, of whom a payment method is asked (contract: licenses
        3.5).
        """
        return "agency" in self.jetpack_partner_types


def _words(value: object) -> tuple[str, ...]:
    rows = list(value.values()) if isinstance(value, dict) else value
    if not isinstance(rows, list | tuple):
        return ()
    return tuple(word for word in (coerce.text(row) for row in rows) if word)


_PARTNER = f"{LICENSING}/partner"
_OPT_IN_KINDS = frozenset({"agency", "freelancer"})


class PartnerResource:
    """The partner account. Every method raises a subclass of ApiError."""

    def __init__(self, requestor: "Requestor") -> None:
        self._requestor = requestor

    async def get(self) -> Partner:
        """Return the partner; an error with code ``no_partner_found`` means the user has none."""
        return read_model(Partner, await self._requestor.send(ApiRequest("GET", _PARTNER, TokenKind.USER)))

    async def accept_terms(self) -> Partner:
        """Accept the agency terms; return the partner as it is then. Changes."""
        return await self._send("PUT", {"tos": TOS_ACCEPTED})

    async def create(self, details: PartnerDetails, opt_in: bool = False) -> Partner:
        """Sign up as a partner, which accepts the terms; return the new partner with its key. Changes.

        ``opt_in`` joins the partner program, which only agencies and freelancers are asked (account 6.1).
        InvalidParameterError names the fields the server does not accept.
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

    def __init__(self, requestor: "Requestor") -> None:
        self._requestor = requestor

    async def get(self) -> Me:
        """Return who the user's token belongs to, and the kinds of partner that user is."""
        return read_model(Me, await self._requestor.send(ApiRequest("GET", "/rest/v1.1/me", TokenKind.USER)))
