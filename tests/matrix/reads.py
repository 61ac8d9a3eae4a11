"""Cells of reading routes: every method of the client that reads, under every fault, over HTTP.

A read ends with the answer or with an ApiError that has a sentence; nothing is changed, no task and no socket is left,
and the client can be used as before.
"""

from __future__ import annotations

import asyncio
import inspect
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from pathlib import Path

from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.ids import LicenseId, LicenseKey
from jpmanage_tui.api.invoices import Invoice
from jpmanage_tui.api.licenses import LicenseFilter
from jpmanage_tui.api.stripe import StripeConfiguration
from tests.matrix.faults import Answer, Fault
from tests.matrix.orders import Order, arranged, confirm
from tests.matrix.place import Place, served
from tests.matrix.program import LONGEST, PATIENT, Identity, Line, RenewableTokens, Route, no_time, until
from tests.operations.over_http import World
from tests.operations.some_licenses import attached, bundle
from tests.sandbox.plain_http import plain_transport


@dataclass(frozen=True)
class Facts:
    """What there is in the sandbox to ask for: a license on a site, a bundle, an invoice with a PDF, an open intent."""

    license: LicenseKey
    bundle: LicenseId
    invoice: Invoice
    configuration: StripeConfiguration


@dataclass(frozen=True)
class Read:
    """One row: a method of the client, named as it is called, and what it is asked for.

    ``pages``: it reads page after page, and the fault comes at the second. ``takes_token``: a token goes along with it.
    ``retried``: the client asks again by itself; what it hands on as it comes, it cannot.
    """

    name: str
    call: Callable[[LicensingClient, Facts], Awaitable[object]] = field(repr=False)
    pages: bool = False
    takes_token: bool = True
    retried: bool = True

    def __str__(self) -> str:
        return self.name

    def fits(self, fault: Fault, *, lasting: bool) -> bool:
        """Return whether there is such a cell."""
        return fault.times is not None and not (lasting and fault.answer is Answer.COMES)


async def _download(client: LicensingClient, facts: Facts) -> bytes:
    sink = BytesIO()
    await client.invoices.download_pdf(facts.invoice, sink)
    return sink.getvalue()


async def _licenses(client: LicensingClient, facts: Facts) -> object:
    return [one async for one in client.licenses.list_all(LicenseFilter.ALL, per_page=5)]


async def _children(client: LicensingClient, facts: Facts) -> object:
    return [one async for one in client.licenses.list_all_children(facts.bundle)]


async def _sites(client: LicensingClient, facts: Facts) -> object:
    return [one async for one in client.sites.list_all(per_page=3)]


async def _cards(client: LicensingClient, facts: Facts) -> object:
    return [one async for one in client.payment_methods.list_all()]


async def _invoices(client: LicensingClient, facts: Facts) -> object:
    return [one async for one in client.invoices.list_all()]


READS: tuple[Read, ...] = (
    Read("licenses.list", lambda c, f: c.licenses.list(search=f.license)),
    Read("licenses.children", lambda c, f: c.licenses.children(f.bundle)),
    Read("licenses.list_all", _licenses, pages=True),
    Read("licenses.list_all_children", _children),
    Read("licenses.get", lambda c, f: c.licenses.get(f.license)),
    Read("licenses.counts", lambda c, f: c.licenses.counts()),
    Read("licenses.download_url", lambda c, f: c.licenses.download_url(f.license)),
    Read("billing.estimate", lambda c, f: c.billing.estimate()),
    Read("products.partner_families", lambda c, f: c.products.partner_families()),
    Read("products.families", lambda c, f: c.products.families(), takes_token=False),
    Read("products.public_families", lambda c, f: c.products.public_families(), takes_token=False),
    Read("sites.list", lambda c, f: c.sites.list("example")),
    Read("sites.list_all", _sites, pages=True),
    Read("partner.get", lambda c, f: c.partner.get()),
    Read("me.get", lambda c, f: c.me.get()),
    Read("payment_methods.list", lambda c, f: c.payment_methods.list()),
    Read("payment_methods.list_all", _cards),
    Read("invoices.list", lambda c, f: c.invoices.list()),
    Read("invoices.list_all", _invoices),
    Read("invoices.download_pdf", _download, takes_token=False, retried=False),
    Read("countries.list", lambda c, f: c.countries.list()),
    Read("stripe.configuration", lambda c, f: c.stripe.configuration()),
    Read("stripe.retrieve", lambda c, f: c.stripe.retrieve(f.configuration), takes_token=False),
)

DESCRIPTORS = Path("/proc/self/fd")
"""What this process has open, where the system says so."""
CHANGES = frozenset(
    {
        "licenses.issue",
        "licenses.issue_several",
        "licenses.revoke",
        "licenses.assign",
        "licenses.unassign",
        "sites.connect",
        "partner.accept_terms",
        "partner.create",
        "partner.update",
        "payment_methods.save",
        "payment_methods.make_primary",
        "payment_methods.delete",
        "invoices.pay",
        "stripe.confirm",
        "oauth.register",
        "oauth.exchange",
        "oauth.refresh",
        "oauth.revoke",
    }
)
"""The methods of the client that change something."""
NO_REQUEST = frozenset({"oauth.authorization"})
"""Those that ask nothing of the server."""


def methods() -> frozenset[str]:
    """Return every method of the client's areas that asks something of the server, as it is called."""
    client = LicensingClient(tokens=RenewableTokens(Identity()), transport=plain_transport())
    areas = [name for name, area in inspect.getmembers(LicensingClient) if isinstance(area, cached_property)]
    found = {
        f"{area}.{name}"
        for area in areas
        for name, _ in inspect.getmembers(type(getattr(client, area)), inspect.isfunction)
        if not name.startswith("_")
    }
    return frozenset(found) - NO_REQUEST


@dataclass(frozen=True)
class Library:
    """A sandbox that is only read from, and what each row answers there when nothing goes wrong."""

    place: Place
    facts: Facts
    routes: dict[str, Route]
    answers: dict[str, object]


async def _arrange(world: World) -> Order:
    world.write("UPDATE products SET has_downloads = 1")
    await attached(world)
    await bundle(world)
    return await confirm(world)


@asynccontextmanager
async def library(folder: Path) -> AsyncIterator[Library]:
    """Serve a sandbox to read from over HTTP, and read everything once."""
    order, image = await arranged(_arrange)
    configuration = order.secrets.configuration
    assert configuration is not None
    async with served(image, folder) as place, _client(place) as client:
        ((key,), *_) = place.rows(
            "SELECT license_key FROM licenses WHERE attached_at AND revoked_at IS NULL"
            " AND owner_type <> 'user' AND key_id = 90121"
        )
        ((parent,), *_) = place.rows("SELECT license_id FROM licenses WHERE quantity > 1 ORDER BY 1 DESC")
        invoice = next(one for one in (await client.invoices.list()).items if one.invoice_pdf)
        facts = Facts(LicenseKey(key), LicenseId(parent), invoice, configuration)
        routes, answers = {}, {}
        for read in READS:
            (await place.http.delete("/_sandbox/requests")).raise_for_status()
            answers[read.name] = await read.call(client, facts)
            path = (await place.log())[-1]["path"]
            routes[read.name] = Route("GET", path)
        yield Library(place, facts, routes, answers)


def _client(place: Place, line: Line | None = None) -> LicensingClient:
    return LicensingClient(
        tokens=RenewableTokens(Identity()),
        api_url=place.url,
        stripe_url=place.url,
        timeouts=PATIENT,
        transport=line or place.network(),
        sleep=no_time,
    )


async def cell(library: Library, read: Read, fault: Fault, *, lasting: bool) -> bool:
    """Run one cell, and return whether the read was answered in the end.

    Raises:
        AssertionError: it ended in another way, or left something behind.

    """
    place, route, expected = library.place, library.routes[read.name], library.answers[read.name]
    (await place.http.delete("/_sandbox/requests")).raise_for_status()
    await place.faults(route.spec(fault.kind, None if lasting else 1, skip=int(read.pages)))
    tasks, sockets = asyncio.all_tasks(), _open_sockets()
    passing, tries, over = int(read.pages), 0, asyncio.Event()

    async def hanging() -> None:
        nonlocal tries
        tries += 1
        mine = tries
        struck = mine > passing and (lasting or mine == passing + 1) and not over.is_set()
        if not struck:
            await asyncio.Event().wait()  # it is answered

        async def has_come() -> bool:
            return len(await place.log()) >= mine

        await until(has_come)

    line = Line(place.network(), route, hangs=hanging if fault.hangs else None)
    async with _client(place, line) as client, asyncio.timeout(LONGEST):
        ended = await _ended(read.call(client, library.facts))
        answered = not isinstance(ended, ApiError)
        assert answered == _is_answered(read, fault, lasting=lasting), f"it ended with {ended!r}"
        if isinstance(ended, ApiError):
            assert ended.message.endswith((".", "!", "?")), f"no sentence: {ended.message!r}"
        else:
            assert ended == expected, f"answered with {ended}"
        await place.faults()
        over.set()
        assert await read.call(client, library.facts) == expected, "asked again, the answer is another one"
    assert not place.changed(), f"reading changed something: {place.changed()}"
    assert asyncio.all_tasks() == tasks, "a task is left"

    async def are_closed() -> bool:  # the sandbox's side of them is closed by its own thread
        return _open_sockets() <= sockets

    await until(are_closed)
    return answered


async def _ended(reading: Awaitable[object]) -> object:
    """Return the answer, or the client's own error; any other exception fails the cell."""
    try:
        return await reading
    except ApiError as error:
        return error


def _is_answered(read: Read, fault: Fault, *, lasting: bool) -> bool:
    """Return whether the read must be answered in the end.

    What passes is seen by no caller, but for an answer that cannot be read, which would be the same again, and a 401
    where no token is in use.
    """
    if fault.answer is Answer.COMES:
        return True
    if lasting or not read.retried or fault.kind == "malformed":
        return False
    return fault.answer is not Answer.TOKEN_REFUSED or read.takes_token


def _open_sockets() -> int:
    """Return how many sockets this process has open, the sandbox's among them."""
    count = 0
    for descriptor in DESCRIPTORS.iterdir() if DESCRIPTORS.exists() else ():
        with suppress(OSError):  # closed meanwhile
            count += os.readlink(descriptor).startswith("socket:")
    return count
