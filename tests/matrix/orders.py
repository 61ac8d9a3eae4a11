"""The rows of the matrix: every change there is, on everything it can be made to, with what it needs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import httpx
from pydantic import SecretStr

from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.ids import BlogId, InvoiceId, LicenseId, LicenseKey, PaymentMethodId
from jpmanage_tui.api.licenses import License, LicenseFilter
from jpmanage_tui.api.oauth import OAuthClient, code_from
from jpmanage_tui.api.partner import PartnerDetails
from jpmanage_tui.api.stripe import CardSaved
from jpmanage_tui.api.tokens import TokenProvider
from jpmanage_tui.operations.mutation import NO_SECRETS, Mutation, Secrets
from jpmanage_tui.operations.mutations.account import (
    AcceptTerms,
    CreatePartner,
    RefreshUserToken,
    UpdatePartner,
)
from jpmanage_tui.operations.mutations.cards import (
    ConfirmCard,
    CreateSetupIntent,
    DeleteCard,
    MakeCardPrimary,
    SaveCard,
)
from jpmanage_tui.operations.mutations.invoices import PayInvoice
from jpmanage_tui.operations.mutations.licenses import (
    AssignLicense,
    IssueLicense,
    RevokeLicense,
    UnassignLicense,
)
from jpmanage_tui.operations.mutations.sites import ConnectSite
from jpmanage_tui.operations.policy import Policy
from jpmanage_tui.sandbox.app import Sandbox, create_sandbox
from jpmanage_tui.sandbox.jsontypes import Json
from jpmanage_tui.sandbox.options import SandboxOptions
from jpmanage_tui.sandbox.transport import SandboxTransport
from tests.matrix.program import FRESH, POLICY, Identity, Route, program
from tests.operations.over_http import Caller, World
from tests.operations.some_cards import BACK, KEY, METHOD, saved, typed
from tests.operations.some_licenses import (
    SCAN,
    SIZE,
    attached,
    attached_child,
    bundle,
    child,
    detached,
)
from tests.sandbox.harness import API, API_ORIGIN, NOW, bearer, free_site, issue

T = TypeVar("T")
LICENSES = 12
FILE_NAME = "sandbox.sqlite"
SIGN_IN = "/oauth2-1/token"
STRIPE = "/wpcom/v2/jetpack/stripe/configuration"
DETAILS = PartnerDetails(
    name="Neu & Co",
    contact_person="Ada Lovelace",
    company_website="https://neu.example",
    company_type="agency",
    managed_sites="1-5",
    country="AT",
    city="Graz",
    line1="Gasse 1",
    line2="",
    postal_code="8010",
)
SIGNED_IN = Identity()
NEWCOMER = Identity(None, "sandbox-user-new", None)
OPEN_TERMS = Identity(None, "sandbox-user-tos", None)
NO_CARD = Identity("sandbox-key-nocard", "sandbox-user-nocard", (4502, 91266))

Look = Callable[[LicensingClient], Awaitable[object]]
"""Reads what the client lists of an area, for a comparison."""
Meddle = Callable[[httpx.AsyncClient, bool], Awaitable[None]]
"""Changes something by another program than this, after a change that was done (or not)."""


@dataclass(frozen=True)
class Renewal:
    """What a refresh token is traded in with; the journal has neither."""

    client_id: str
    refresh_token: str


@dataclass(frozen=True)
class Order:
    """One change that the sandbox would carry out: who asks for it, by which route, and what goes along with it.

    It can be sent to another process.
    """

    change: Mutation[Any]
    route: Route
    identity: Identity = SIGNED_IN
    secrets: Secrets = NO_SECRETS
    renewal: Renewal | None = None

    def secrets_for(self, client: LicensingClient) -> Secrets:
        """Return what is sent along with it through this client."""
        renewal = self.renewal
        if renewal is None:
            return self.secrets

        async def renew() -> None:
            await client.oauth.refresh(OAuthClient(renewal.client_id), SecretStr(renewal.refresh_token))

        return replace(self.secrets, renew=renew)


@dataclass(frozen=True)
class Row:
    """One row: a change to something, how the sandbox is made ready for it, and where the client then sees it.

    ``guarded``: while it is not known whether it was done, it is not sent again; ``of_key``: it is of a partner key.
    ``meddle``: what somebody else may do meanwhile, so that reading cannot tell whether it was done.
    """

    name: str
    kind: type[Mutation[Any]]
    arrange: Callable[[World], Awaitable[Order]] = field(repr=False)
    look: Look = field(repr=False)
    guarded: bool = True
    of_key: bool = True
    meddle: Meddle | None = field(default=None, repr=False)

    def __str__(self) -> str:
        return self.name


# -- what the client lists -----------------------------------------------------------------


async def all_licenses(client: LicensingClient) -> list[License]:
    """Return every license, those in bundles too."""
    found = [one async for one in client.licenses.list_all(LicenseFilter.ALL)]
    for one in tuple(found):
        if one.is_bundle and one.license_id is not None and not one.was_revoked:
            found += [member async for member in client.licenses.list_all_children(one.license_id)]
    return found


async def licenses(client: LicensingClient) -> object:
    """Return every license by its code, and the counts."""
    return {one.license_key: one for one in await all_licenses(client)}, await client.licenses.counts()


async def sites(client: LicensingClient) -> object:
    """Return every connected site."""
    return [site async for site in client.sites.list_all()]


async def cards(client: LicensingClient) -> object:
    """Return every saved card."""
    return [card async for card in client.payment_methods.list_all()]


async def invoices(client: LicensingClient) -> object:
    """Return every invoice; where its PDF lies is another address each time."""
    listed = client.invoices.list_all()
    return [invoice.model_copy(update={"invoice_pdf": None}) async for invoice in listed]


async def partner(client: LicensingClient) -> object:
    """Return the company, or the code with which the API says that there is none."""
    try:
        return PartnerDetails.of(await client.partner.get()), (await client.partner.get()).tos
    except ApiError as error:
        return error.code


async def nothing(client: LicensingClient) -> object:
    """Return nothing: the change is in no list."""
    del client
    return None


# -- what is asked -------------------------------------------------------------------------

LICENSE, LICENSE_SITE = f"{API}/license", f"{API}/license/*/site"
Before = Callable[[World], Awaitable[LicenseKey]]


def _parent(world: World, key: LicenseKey) -> LicenseId | None:
    parent = world.one("SELECT parent_license_id FROM licenses WHERE license_key = ?", key)
    return LicenseId(parent) if parent is not None else None


def _issue(quantity: int | None) -> Callable[[World], Awaitable[Order]]:
    async def arrange(world: World) -> Order:
        await detached(world)  # one of the same product, just now
        return Order(IssueLicense(SCAN, quantity, "Jetpack Scan"), Route("POST", LICENSE))

    return arrange


def _assign(before: Before) -> Callable[[World], Awaitable[Order]]:
    async def arrange(world: World) -> Order:
        key, site = await before(world), BlogId(await free_site(world.http))
        url = world.one("SELECT url FROM sites WHERE blog_id = ?", site)
        change = AssignLicense(key, site, url, "Jetpack Scan", _parent(world, key))
        return Order(change, Route("POST", LICENSE_SITE))

    return arrange


def _unassign(before: Before, *, mail: bool) -> Callable[[World], Awaitable[Order]]:
    async def arrange(world: World) -> Order:
        key = await before(world)
        change = UnassignLicense(key, mail, "Jetpack Scan", "site.example", _parent(world, key))
        return Order(change, Route("DELETE", LICENSE_SITE))

    return arrange


def _revoke(before: Before, quantity: int | None = None) -> Callable[[World], Awaitable[Order]]:
    async def arrange(world: World) -> Order:
        key = await before(world)
        change = RevokeLicense(key, "Jetpack Scan", quantity, _parent(world, key))
        return Order(change, Route("DELETE", LICENSE))

    return arrange


async def _connect(world: World) -> Order:
    return Order(
        ConnectSite("https://fresh-clinic.example/shop", "1"), Route("POST", f"{API}/site-connection")
    )


async def _accept_terms(world: World) -> Order:
    return Order(AcceptTerms(), Route("PUT", f"{API}/partner"), OPEN_TERMS)


async def _sign_up(world: World) -> Order:
    return Order(CreatePartner(DETAILS, True), Route("POST", f"{API}/partner"), NEWCOMER)


async def _update(world: World) -> Order:
    caller = await world.caller(NO_CARD.key, NO_CARD.user)
    before = PartnerDetails.of(await caller.client.partner.get())
    return Order(UpdatePartner(DETAILS, before), Route("PUT", f"{API}/partner"), NO_CARD)


async def _renew(world: World) -> Order:
    oauth = (await world.caller(None, None)).client.oauth
    client = await oauth.register([BACK])
    request = oauth.authorization(client, BACK)
    answer = await world.http.get(request.url)
    tokens = await oauth.exchange(request, code_from(request, answer.headers["location"]))
    assert tokens.refresh_token is not None
    renewal = Renewal(client.client_id, tokens.refresh_token.get_secret_value())
    return Order(RefreshUserToken("default"), Route("POST", SIGN_IN), renewal=renewal)


async def _open_intent(world: World) -> Order:
    return Order(CreateSetupIntent("Visa …4242"), Route("GET", STRIPE, "needs_intent"))


async def confirm(world: World) -> Order:
    """Return the handing of a card to Stripe, with the intent that is open for it."""
    caller = await world.caller()
    configuration = await caller.client.stripe.configuration(needs_intent=True)
    secrets = Secrets(configuration=configuration, card=typed(), return_url=BACK)
    route = Route("POST", "/v1/setup_intents/*/confirm")
    return Order(ConfirmCard("Visa …4242"), route, secrets=secrets)


def _save(*, primary: bool) -> Callable[[World], Awaitable[Order]]:
    async def arrange(world: World) -> Order:
        stripe = (await world.caller()).client.stripe
        configuration = await stripe.configuration(needs_intent=True)
        taken = await stripe.confirm(configuration, typed(), BACK)
        assert isinstance(taken, CardSaved)
        secrets = Secrets(setup_intent=configuration.client_secret)
        return Order(SaveCard(taken.method, primary, "Visa …4242"), Route("POST", METHOD), secrets=secrets)

    return arrange


async def _make_primary(world: World) -> Order:
    await saved(world, primary=True)
    card = await saved(world, primary=False)
    return Order(MakeCardPrimary(card, "Visa …4242"), Route("POST", METHOD))


async def _delete(world: World) -> Order:
    await saved(world, primary=True)
    return Order(DeleteCard(await saved(world, primary=False), "Visa …4242"), Route("DELETE", METHOD))


async def _delete_primary(world: World) -> Order:
    heir = await saved(world, primary=False)
    card: PaymentMethodId = await saved(world, primary=True)
    return Order(DeleteCard(card, "Visa …4242", heir), Route("DELETE", METHOD))


async def pay(world: World) -> Order:
    """Return the payment of an invoice that is open, with a card that is there for it."""
    await saved(world, primary=True)
    world.write(
        "UPDATE invoices SET status = 'open', charged_to = NULL, paid_at = NULL WHERE invoice_id ="
        " (SELECT min(invoice_id) FROM invoices WHERE key_id = ? AND status IN ('open', 'paid'))",
        KEY,
    )
    invoice_id, number = world.rows(
        "SELECT invoice_id, number FROM invoices WHERE status = 'open' AND key_id = ?", KEY
    )[0]
    route = Route("POST", f"{API}/partner/invoice/*/payment")
    return Order(PayInvoice(InvoiceId(invoice_id), number, None, "usd"), route)


# -- what others do meanwhile --------------------------------------------------------------


def _issue_elsewhere(**more: Json) -> Meddle:
    async def meddle(http: httpx.AsyncClient, done: bool) -> None:
        http.headers.update(bearer("sandbox-key"))
        for _ in range(1 if done else 2):  # one alone could not be told from that which is looked for
            await issue(http, SCAN, **more)

    return meddle


async def _move_elsewhere(http: httpx.AsyncClient, done: bool) -> None:
    del done
    moved = DETAILS.model_copy(update={"city": "Wien"}).model_dump()
    answer = await http.put(f"{API}/partner", json=moved, headers=bearer("sandbox-user-nocard"))
    answer.raise_for_status()


async def _sign_up_elsewhere(http: httpx.AsyncClient, done: bool) -> None:
    other = DETAILS.model_copy(update={"name": "Alt & Co"}).model_dump()
    send = http.put if done else http.post
    terms = {} if done else {"tos": "consented"}
    answer = await send(f"{API}/partner", json=other | terms, headers=bearer("sandbox-user-new"))
    answer.raise_for_status()


ROWS: tuple[Row, ...] = (
    Row("issue one", IssueLicense, _issue(None), licenses, meddle=_issue_elsewhere()),
    Row("issue a bundle", IssueLicense, _issue(SIZE), licenses, meddle=_issue_elsewhere(quantity=SIZE)),
    Row("assign", AssignLicense, _assign(detached), licenses),
    Row("assign one of a bundle", AssignLicense, _assign(child), licenses),
    Row("unassign", UnassignLicense, _unassign(attached, mail=True), licenses),
    Row("unassign without mail", UnassignLicense, _unassign(attached, mail=False), licenses),
    Row("unassign one of a bundle", UnassignLicense, _unassign(attached_child, mail=True), licenses),
    Row("revoke", RevokeLicense, _revoke(attached), licenses),
    Row("revoke a bundle", RevokeLicense, _revoke(bundle, SIZE), licenses),
    Row("revoke one of a bundle", RevokeLicense, _revoke(attached_child), licenses),
    Row("connect a site", ConnectSite, _connect, sites),
    Row("accept the terms", AcceptTerms, _accept_terms, partner, of_key=False),
    Row("sign up", CreatePartner, _sign_up, partner, of_key=False, meddle=_sign_up_elsewhere),
    Row("update the company", UpdatePartner, _update, partner, of_key=False, meddle=_move_elsewhere),
    Row("renew the sign-in", RefreshUserToken, _renew, nothing, guarded=False),
    Row("open a setup intent", CreateSetupIntent, _open_intent, nothing, guarded=False),
    Row("confirm a card", ConfirmCard, confirm, cards, guarded=False),
    Row("save a card", SaveCard, _save(primary=False), cards),
    Row("save a card as primary", SaveCard, _save(primary=True), cards),
    Row("make a card primary", MakeCardPrimary, _make_primary, cards),
    Row("delete a card", DeleteCard, _delete, cards),
    Row("delete the primary card", DeleteCard, _delete_primary, cards),
    Row("pay an invoice", PayInvoice, pay, invoices),
)


# -- the sandbox before the change ---------------------------------------------------------


@dataclass(frozen=True)
class Image:
    """A sandbox's file as it is before a cell."""

    content: bytes = field(repr=False)

    def place(self, folder: Path) -> Path:
        """Put it into a folder, and return the file."""
        folder.mkdir(parents=True, exist_ok=True)
        database = folder / FILE_NAME
        database.write_bytes(self.content)
        return database


class _World(World):
    """A world in this process: its callers reach the sandbox without a network."""

    sandbox: Sandbox

    async def caller(
        self,
        key: str | None = "sandbox-key",
        user: str | None = "sandbox-user",
        *,
        tokens: TokenProvider | None = None,
        policy: Policy = POLICY,
        journal: Path | None = None,
    ) -> Caller:
        """Return a client and a queue with these tokens; they are closed with the world."""
        identity = Identity(key, user)
        file = journal or self.database.with_name(f"journal-{key}-{user}.sqlite")
        started = program(
            self.url, SandboxTransport(self.sandbox), file, identity, tokens=tokens, policy=policy
        )
        running = await self.stack.enter_async_context(started)
        return Caller(running.client, running.queue)


async def arranged(arrange: Callable[[World], Awaitable[T]]) -> tuple[T, Image]:
    """Make a sandbox ready, and return what was arranged and the file as it is then.

    For each token that this sandbox knows it knows a fresh one, too.
    """
    with TemporaryDirectory() as folder:
        database = Path(folder) / FILE_NAME
        sandbox = create_sandbox(options(Path(folder)))
        try:
            await sandbox.ready()
            async with (
                httpx.AsyncClient(transport=SandboxTransport(sandbox), base_url=API_ORIGIN) as http,
                AsyncExitStack() as stack,
            ):
                http.headers.update(bearer("sandbox-key"))
                world = _World(API_ORIGIN, database, http, stack)
                world.sandbox = sandbox
                world.write(
                    "INSERT INTO tokens SELECT token || ?, kind, user_id, key_id, expires_at, revoked_at FROM tokens",
                    FRESH,
                )
                found = await arrange(world)
        finally:
            await sandbox.close()
        return found, Image(database.read_bytes())


def options(folder: Path) -> SandboxOptions:
    """Return the options of a sandbox that keeps its file in ``folder``."""
    return SandboxOptions(licenses=LICENSES, now=NOW, directory=folder)
