"""The partner account, its keys and its company details (contract: account 1.1-1.3)."""

from typing import Annotated, Self

from pydantic import BeforeValidator, Field, SecretStr

from jpmanage_tui.api.ids import PartnerId, PartnerKeyId
from jpmanage_tui.api.models import scalars
from jpmanage_tui.api.models.base import ApiModel, Flag, Number, Text, TextOrNone, object_or_nothing, tolerant
from jpmanage_tui.api.models.invoice import Invoice

NO_PARTNER = "no_partner_found"
"""Error code of ``GET /partner`` for a user without a partner record; its HTTP status is not documented."""

TOS_OPEN = "not_consented"
TOS_ACCEPTED = "consented"


def _tos(value: object) -> str:
    if isinstance(value, bool):  # the API of 2021
        return TOS_ACCEPTED if value else TOS_OPEN
    return scalars.read_text(value) or TOS_OPEN


def _secret(value: object) -> object:
    return value if isinstance(value, SecretStr) else SecretStr(scalars.read_text(value) or "")


def _absent_is_true(value: object) -> bool:
    return True if value is None else scalars.read_flag(value)


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
    """One of the partner's API keys; licences, cards and invoices belong to a key."""

    id: Annotated[PartnerKeyId, BeforeValidator(scalars.read_int)]
    name: Text = ""
    oauth2_token: Annotated[SecretStr, BeforeValidator(_secret)]
    disabled_on: TextOrNone = None
    has_licenses: Flag = False
    latest_invoice: Annotated[Invoice | None, BeforeValidator(_invoice)] = None

    @property
    def is_usable(self) -> bool:
        """Whether the key is not disabled and has a token."""
        return self.disabled_on is None and bool(self.oauth2_token.get_secret_value())


class Partner(ApiModel):
    """The partner account. ``has_valid_payment_method`` and ``can_issue_licenses`` are true where not
    given.
    """

    id: Annotated[PartnerId, BeforeValidator(scalars.read_int)]
    slug: Text = ""
    name: Text = ""
    contact_person: Text = ""
    company_website: Text = ""
    company_type: Text = ""
    managed_sites: Text = ""
    address: Annotated[Address, BeforeValidator(object_or_nothing)] = Address()
    keys: Annotated[tuple[PartnerKey, ...], BeforeValidator(tolerant(PartnerKey))] = ()
    tos: Annotated[str, BeforeValidator(_tos)] = TOS_OPEN
    partner_type: Text = ""
    has_valid_payment_method: Annotated[bool, BeforeValidator(_absent_is_true)] = True
    can_issue_licenses: Annotated[bool, BeforeValidator(_absent_is_true)] = True

    @property
    def tos_accepted(self) -> bool:
        """Whether the terms are accepted; any word but "not_consented" says so (contract: account 1.1)."""
        return self.tos != TOS_OPEN

    def key_to_use(self, remembered: PartnerKeyId | None) -> PartnerKey | None:
        """Return the only usable key, or the remembered one, else None: the user picks (contract: account
        7.1).
        """
        usable = [key for key in self.keys if key.is_usable]
        if len(usable) == 1:
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
        """Whether the user's partner is an agency, of whom a payment method is asked (contract: licences
        3.5).
        """
        return "agency" in self.jetpack_partner_types


def _words(value: object) -> tuple[str, ...]:
    rows = list(value.values()) if isinstance(value, dict) else value
    if not isinstance(rows, list | tuple):
        return ()
    return tuple(word for word in (scalars.read_text(row) for row in rows) if word)
