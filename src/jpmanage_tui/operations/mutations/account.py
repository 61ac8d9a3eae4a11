"""The changes of the account: terms, company details, sites, and the user's token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from jpmanage_tui.api.models.partner import Partner, PartnerDetails
from jpmanage_tui.api.models.site import ConnectionCode, SiteConnection
from jpmanage_tui.api.tokens import TokenKind
from jpmanage_tui.operations.mutation import AmbiguousResponse, Mutation, MutationType, Secrets
from jpmanage_tui.operations.ports import ClientPort


@dataclass(frozen=True)
class _OfThePartner(Mutation[Partner]):
    token: ClassVar[TokenKind] = TokenKind.USER

    @property
    def target(self) -> str:
        """The one partner record."""
        return "partner"


@dataclass(frozen=True)
class AcceptTerms(_OfThePartner):
    """Accept the vendor's terms (contract: licences 3.1)."""

    kind: ClassVar[MutationType] = MutationType.ACCEPT_TERMS

    def sentence(self) -> str:
        """Return what it does."""
        return "Accept the terms of service"

    async def send(self, client: ClientPort, secrets: Secrets) -> Partner:
        """Send it."""
        return await client.partner.accept_terms()


@dataclass(frozen=True)
class CreatePartner(_OfThePartner):
    """Sign up as a partner with these company details, which accepts the terms (contract: account 1.2)."""

    kind: ClassVar[MutationType] = MutationType.CREATE_PARTNER
    details: PartnerDetails
    opt_in: bool = False

    def sentence(self) -> str:
        """Return what it does."""
        name = f" {self.details.name}" if self.details.name else ""
        return f"Sign up{name} as a partner"

    async def send(self, client: ClientPort, secrets: Secrets) -> Partner:
        """Send it."""
        return await client.partner.create(self.details, self.opt_in)


@dataclass(frozen=True)
class UpdatePartner(_OfThePartner):
    """Update the company details (contract: account 1.3).

    ``before`` are the details as they were: with them a look can tell "not done" from "written differently".
    """

    kind: ClassVar[MutationType] = MutationType.UPDATE_PARTNER
    details: PartnerDetails
    before: PartnerDetails | None = None

    def sentence(self) -> str:
        """Return what it does."""
        return f"Update the details of {self.details.name or 'the company'}"

    async def send(self, client: ClientPort, secrets: Secrets) -> Partner:
        """Send it."""
        return await client.partner.update(self.details)


@dataclass(frozen=True)
class ConnectSite(Mutation[SiteConnection]):
    """Connect a site as its local administrator (contract: licences 1.15)."""

    kind: ClassVar[MutationType] = MutationType.CONNECT_SITE
    url: str
    local_user: str

    @property
    def target(self) -> str:
        """The site."""
        return f"site:{self.url}"

    def sentence(self) -> str:
        """Return what it does."""
        return f"Connect {self.url}"

    async def send(self, client: ClientPort, secrets: Secrets) -> SiteConnection:
        """Send it; the caller tells the three good answers apart."""
        answer = await client.sites.connect(self.url, self.local_user)
        if answer.code is ConnectionCode.UNKNOWN:
            raise AmbiguousResponse("The server's answer does not say whether the site is connected.")
        return answer


@dataclass(frozen=True)
class RefreshUserToken(Mutation[None]):
    """Trade a refresh token for a fresh user token. It is not repeated: the old refresh token may be used up.

    It runs beside the line, because a change in the line may be waiting for the fresh token.
    """

    kind: ClassVar[MutationType] = MutationType.REFRESH_USER_TOKEN
    token: ClassVar[TokenKind] = TokenKind.NONE
    aside: ClassVar[bool] = True
    profile: str

    @property
    def target(self) -> str:
        """Nothing to guard: a lost answer can only be mended by signing in again."""
        return ""

    def sentence(self) -> str:
        """Return what it does."""
        return f"Renew the sign-in of {self.profile}"

    async def send(self, client: ClientPort, secrets: Secrets) -> None:
        """Have it renewed by the owner of the refresh token.

        Raises:
            ValueError: the caller gave no way to renew it.

        """
        if secrets.renew is None:
            raise ValueError("RefreshUserToken needs Secrets(renew=…)")
        await secrets.renew()
