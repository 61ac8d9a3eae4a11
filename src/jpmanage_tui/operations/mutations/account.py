"""Mutations of the account: terms, company details, and the user's token; how each is sent and verified."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from jpmanage_tui.api.errors import ApiError, InvalidParameterError
from jpmanage_tui.api.partner import NO_PARTNER, Partner, PartnerDetails
from jpmanage_tui.api.tokens import TokenKind
from jpmanage_tui.operations.mutation import CheckResult, Mutation, Secrets, Snapshot, Verification
from jpmanage_tui.operations.ports import ClientPort
from jpmanage_tui.rules.account import field_errors


@dataclass(frozen=True)
class _OfThePartner(Mutation[Partner]):
    token: ClassVar[TokenKind] = TokenKind.USER

    @property
    def conflict_key(self) -> str:
        """The one partner record."""
        return "partner"

    def refusal_text(self, error: ApiError) -> str:
        """Return a sentence for each field that the server did not accept, else its own."""
        errors = field_errors(error.params) if isinstance(error, InvalidParameterError) else {}
        return " ".join(errors.values()) or error.message


@dataclass(frozen=True)
class AcceptTerms(_OfThePartner, kind="accept_terms"):
    """Accept the vendor's terms (contract: licenses 3.1)."""

    def summary(self) -> str:
        """Return what it does."""
        return "Accept the terms of service"

    async def send(self, client: ClientPort, secrets: Secrets) -> Partner:
        """Send it."""
        return await client.partner.accept_terms()

    async def verify(self, client: ClientPort, snapshot: Snapshot) -> Verification:
        """Check whether the terms are accepted."""
        partner = await client.partner.get()
        if partner.tos is None:
            return Verification(CheckResult.BLIND, "Whether the terms are accepted could not be read.")
        if partner.tos_accepted:
            return Verification(CheckResult.DONE, "The terms are accepted.")
        return Verification(CheckResult.NOT_YET, "The terms are not accepted.")


@dataclass(frozen=True)
class CreatePartner(_OfThePartner, kind="create_partner"):
    """Sign up as a partner with these company details, which accepts the terms (contract: account 1.2)."""

    details: PartnerDetails
    opt_in: bool = False

    def summary(self) -> str:
        """Return what it does."""
        name = f" {self.details.name}" if self.details.name else ""
        return f"Sign up{name} as a partner"

    async def send(self, client: ClientPort, secrets: Secrets) -> Partner:
        """Send it."""
        return await client.partner.create(self.details, self.opt_in)

    async def verify(self, client: ClientPort, snapshot: Snapshot) -> Verification:
        """Check whether the user has a partner record, and of that name."""
        partner = await _partner(client)
        if partner is None:
            return Verification(CheckResult.NOT_YET, "There is no partner record.")
        if partner.name != self.details.name:
            return Verification(
                CheckResult.UNCLEAR, f"There is a partner record, of another name: {partner.name}."
            )
        return Verification(CheckResult.DONE, f"{partner.name} is a partner.")


@dataclass(frozen=True)
class UpdatePartner(_OfThePartner, kind="update_partner"):
    """Update the company details (contract: account 1.3).

    ``before`` are the details as they were: with them a check can tell "not done" from "written differently".
    """

    details: PartnerDetails
    before: PartnerDetails | None = None

    def summary(self) -> str:
        """Return what it does."""
        return f"Update the details of {self.details.name or 'the company'}"

    async def send(self, client: ClientPort, secrets: Secrets) -> Partner:
        """Send it."""
        return await client.partner.update(self.details)

    async def outdated(self, client: ClientPort) -> str:
        """Return that the details have changed: they are sent as a whole, so that this would be taken back."""
        if self.before is None or PartnerDetails.of(await client.partner.get()) in (
            self.before,
            self.details,
        ):
            return ""
        return "The company details have changed since this was confirmed; it would put them back."

    async def verify(self, client: ClientPort, snapshot: Snapshot) -> Verification:
        """Check whether the company details are those that were sent."""
        now = PartnerDetails.of(await client.partner.get())
        if now == self.details:
            return Verification(CheckResult.DONE, "The details are as they were sent.")
        if now == self.before:
            return Verification(CheckResult.NOT_YET, "The details are as they were before.")
        return Verification(
            CheckResult.UNCLEAR,
            "The details are neither quite as they were sent nor as before: look at them.",
        )


@dataclass(frozen=True)
class RefreshUserToken(Mutation[None], kind="refresh_user_token"):
    """Trade a refresh token for a fresh user token. It is not repeated: the old refresh token may be used up.

    It runs beside the queue, because a change in the queue may be waiting for the fresh token.
    """

    token: ClassVar[TokenKind] = TokenKind.NONE
    concurrent: ClassVar[bool] = True
    profile: str

    @property
    def conflict_key(self) -> str:
        """Nothing to guard: a lost answer can only be mended by signing in again."""
        return ""

    def summary(self) -> str:
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


async def _partner(client: ClientPort) -> Partner | None:
    try:
        return await client.partner.get()
    except ApiError as error:
        if error.code == NO_PARTNER:
            return None
        raise
