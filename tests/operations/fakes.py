"""A server that keeps its state, and fails where a test says so; written to the client's protocols."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from pydantic import SecretStr

from jpmanage_tui.api.errors import ApiError, NotFoundError, OutcomeUnknownError
from jpmanage_tui.api.ids import (
    BlogId,
    InvoiceId,
    LicenseId,
    LicenseKey,
    PaymentMethodId,
    ProductSlug,
    RequestId,
)
from jpmanage_tui.api.invoices import Invoice, InvoicePage
from jpmanage_tui.api.licenses import (
    IssuedLicense,
    License,
    LicenseCounts,
    LicenseFilter,
    LicensePage,
    LicenseSort,
    SortDirection,
)
from jpmanage_tui.api.options import AccountContext
from jpmanage_tui.api.partner import NO_PARTNER, Partner, PartnerDetails
from jpmanage_tui.api.payment_methods import PaymentMethod, PaymentMethodPage
from jpmanage_tui.api.request import Exchange
from jpmanage_tui.api.sites import Site, SiteConnection, SitePage
from jpmanage_tui.api.stripe import CardEntry, CardSaved, SetupOutcome, StripeConfiguration
from jpmanage_tui.api.tokens import TokenKind

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@dataclass
class Fault:
    """What goes wrong with one changing request: ``committed`` says whether the server did it before that."""

    error: Exception
    committed: bool = False
    hold: asyncio.Event | None = None
    late: bool = False
    """The server does it only when ``commit_late`` is called."""


@dataclass
class FakeServer:
    """The state of the server, the changing requests that came, and the faults to come."""

    rows: list[License] = field(default_factory=list)
    cards: list[PaymentMethod] = field(default_factory=list)
    bills: list[Invoice] = field(default_factory=list)
    connected: list[Site] = field(default_factory=list)
    partner_record: Partner | None = None
    asked: list[str] = field(default_factory=list)
    reads: list[str] = field(default_factory=list)
    faults: list[Fault | None] = field(default_factory=list)
    read_faults: list[Exception | None] = field(default_factory=list)
    now: datetime | None = NOW
    clock_tells: bool = True
    """Whether the answers carry a date."""
    unreadable: int = 0
    children_hidden: bool = True
    bundles_gone: bool = False
    """Whether a bundle's licenses cannot be asked for, the bundle being unknown."""
    page_limit: int | None = None
    """The most rows a page has, however many are asked for."""
    page_totals: bool = True
    late: list[Callable[[], object]] = field(default_factory=list)
    listener: Callable[[Exchange], None] = field(default=lambda exchange: None)
    account_context: AccountContext = field(default_factory=AccountContext)
    _arrival: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.licenses = FakeLicenses(self)
        self.sites = FakeSites(self)
        self.partner = FakePartner(self)
        self.payment_methods = FakeCards(self)
        self.invoices = FakeInvoices(self)
        self.stripe = FakeStripe(self)

    def server_now(self) -> datetime | None:
        return self.now if self.clock_tells else None

    def with_options(self, *, on_exchange: Callable[[Exchange], None]) -> FakeServer:
        self.listener = on_exchange
        return self

    async def change(self, what: str, commit: Callable[[], object]) -> None:
        """Take one changing request."""
        self.asked.append(what)
        self._arrival.set()
        exchange = Exchange("POST", f"/{what}", 200, RequestId(f"req-{len(self.asked)}"), 0.0, None)
        self.listener(exchange)
        await asyncio.sleep(0)
        fault = self.faults.pop(0) if self.faults else None
        if fault is None:
            commit()
            return
        if fault.committed:
            commit()
        if fault.late:
            self.late.append(commit)
        if fault.hold is not None:
            await fault.hold.wait()
        raise fault.error

    async def arrivals(self, number: int) -> None:
        """Wait until so many changing requests came."""
        while len(self.asked) < number:
            self._arrival.clear()
            await self._arrival.wait()

    async def read(self, what: str) -> None:
        self.reads.append(what)
        await asyncio.sleep(0)
        if self.now is None:
            self.now = NOW
        error = self.read_faults.pop(0) if self.read_faults else None
        if error is not None:
            raise error

    def commit_late(self) -> None:
        for commit in self.late:
            commit()
        self.late.clear()

    def license(self, key: str) -> License:
        return next(row for row in self.rows if row.license_key == key)

    def put(self, row: License) -> None:
        self.rows = [old for old in self.rows if old.license_key != row.license_key] + [row]

    def tick(self, seconds: float) -> None:
        self.now = (self.now or NOW) + timedelta(seconds=seconds)


def license_row(
    key: str,
    *,
    blog_id: int | None = None,
    siteurl: str | None = None,
    revoked: bool = False,
    issued_at: datetime = NOW - timedelta(days=30),
    quantity: int | None = None,
    parent: int | None = None,
    number: int = 1,
    owner_type: str = "jetpack_partner_key",
) -> License:
    return License.model_validate(
        {
            "license_key": key,
            "license_id": number,
            "product": key.rpartition("_")[0],
            "blog_id": blog_id,
            "siteurl": siteurl,
            "issued_at": issued_at.strftime("%Y-%m-%d %H:%M:%S"),
            "attached_at": "2026-10-01 10:00:00" if blog_id else None,
            "revoked_at": "2026-11-01 10:00:00" if revoked else None,
            "quantity": quantity,
            "parent_license_id": parent,
            "owner_type": owner_type,
        }
    )


@dataclass
class FakeLicenses:
    server: FakeServer
    issued: int = 0

    async def list(
        self,
        filter: LicenseFilter | None = LicenseFilter.NOT_REVOKED,
        search: str = "",
        page: int = 1,
        per_page: int = 50,
        sort: LicenseSort = LicenseSort.ISSUED_AT,
        direction: SortDirection = SortDirection.DESC,
        parent_id: LicenseId | None = None,
    ) -> LicensePage:
        await self.server.read(f"list {search}".strip())
        if parent_id is not None and self.server.bundles_gone:
            raise NotFoundError("No such bundle.", status=403)
        per_page = min(per_page, self.server.page_limit or per_page)
        hidden = self.server.children_hidden
        rows = [
            row
            for row in self.server.rows
            if search in row.license_key
            and (row.parent_license_id == parent_id if hidden or parent_id is not None else True)
        ]
        rows.sort(key=lambda row: row.issued_at or NOW, reverse=direction is SortDirection.DESC)
        return LicensePage(
            items=tuple(rows[(page - 1) * per_page : page * per_page]),
            page=page,
            per_page=per_page,
            total_items=len(rows) if self.server.page_totals else None,
            unreadable=self.server.unreadable,
        )

    async def get(self, key: LicenseKey) -> IssuedLicense:
        await self.server.read(f"get {key}")
        found = [row for row in self.server.rows if row.license_key == key]
        if not found:
            raise NotFoundError("No such license.", status=404)
        return IssuedLicense(license_key=key, revoked_at=found[0].revoked_at, issued_at=found[0].issued_at)

    async def counts(self) -> LicenseCounts:
        await self.server.read("counts")
        return LicenseCounts(all=len(self.server.rows))

    async def issue(self, product: ProductSlug, quantity: int | None = None) -> IssuedLicense:
        self.issued += 1
        key = LicenseKey(f"{product[:38]}_new{self.issued}")

        def commit() -> None:
            self.server.put(license_row(key, issued_at=self.server.now or NOW, quantity=quantity))

        await self.server.change(f"issue {product} {quantity}", commit)
        return IssuedLicense(license_key=key, quantity=quantity)

    async def revoke(self, key: LicenseKey) -> None:
        row = self.server.license(key)
        await self.server.change(
            f"revoke {key}",
            lambda: self.server.put(license_row(key, revoked=True, parent=row.parent_license_id)),
        )

    async def assign(self, key: LicenseKey, blog_id: BlogId) -> None:
        row = self.server.license(key)
        await self.server.change(
            f"assign {key} {blog_id}",
            lambda: self.server.put(
                license_row(key, blog_id=blog_id, siteurl="https://a.example", parent=row.parent_license_id)
            ),
        )

    async def unassign(self, key: LicenseKey, send_email: bool = True) -> None:
        await self.server.change(f"unassign {key} {send_email}", lambda: self.server.put(license_row(key)))


@dataclass
class FakeSites:
    server: FakeServer

    async def list(self, query: str = "", page: int = 1) -> SitePage:
        await self.server.read(f"sites {query}")
        rows = [site for site in self.server.connected if query in site.url]
        size = self.server.page_limit or 20
        return SitePage(
            items=tuple(rows[(page - 1) * size : page * size]),
            page=page,
            per_page=20,
            total_items=len(rows) if self.server.page_totals else None,
            unreadable=self.server.unreadable,
        )

    async def connect(self, url: str, local_user: str | int) -> SiteConnection:
        site = Site.model_validate(
            {"blog_id": 7, "url": url.removeprefix("https://"), "url_with_scheme": url}
        )
        await self.server.change(f"connect {url} {local_user}", lambda: self.server.connected.append(site))
        return SiteConnection.model_validate({"code": "success", "blog_id": 7})


def partner_of(details: PartnerDetails, tos: str = "consented") -> Partner:
    values = details.model_dump()
    return Partner.model_validate(values | {"id": 5, "tos": tos, "address": values})


@dataclass
class FakePartner:
    server: FakeServer

    async def get(self) -> Partner:
        await self.server.read("partner")
        if self.server.partner_record is None:
            raise NotFoundError("No partner.", status=404, code=NO_PARTNER)
        return self.server.partner_record

    async def accept_terms(self) -> Partner:
        record = self._record().model_copy(update={"tos": "consented"})
        return await self._change("accept terms", record)

    async def create(self, details: PartnerDetails, opt_in: bool = False) -> Partner:
        return await self._change(f"create {details.name} {opt_in}", partner_of(details))

    async def update(self, details: PartnerDetails) -> Partner:
        return await self._change(f"update {details.name}", partner_of(details))

    async def _change(self, what: str, record: Partner) -> Partner:
        def commit() -> None:
            self.server.partner_record = record

        await self.server.change(what, commit)
        return record

    def _record(self) -> Partner:
        assert self.server.partner_record is not None
        return self.server.partner_record


def card(number: str, *, primary: bool = False) -> PaymentMethod:
    return PaymentMethod.model_validate({"id": number, "is_default": primary, "card": {"last4": "4242"}})


@dataclass
class FakeCards:
    server: FakeServer
    secrets: list[str] = field(default_factory=list)

    async def list(self, starting_after: PaymentMethodId | None = None) -> PaymentMethodPage:
        await self.server.read("cards")
        ids = [item.id for item in self.server.cards]
        start = ids.index(starting_after) + 1 if starting_after is not None else 0
        items = tuple(self.server.cards[start : start + 2])
        more = start + 2 < len(ids)
        return PaymentMethodPage(items=items, has_more=more, unreadable=self.server.unreadable)

    async def save(self, method: PaymentMethodId, primary: bool, setup_intent: SecretStr) -> None:
        self.secrets.append(setup_intent.get_secret_value())
        await self.server.change(
            f"save {method}", lambda: self.server.cards.append(card(method, primary=primary))
        )

    async def make_primary(self, method: PaymentMethodId) -> None:
        def commit() -> None:
            self.server.cards = [card(item.id, primary=item.id == method) for item in self.server.cards]

        await self.server.change(f"primary {method}", commit)

    async def delete(
        self, method: PaymentMethodId, new_primary: PaymentMethodId | None = None
    ) -> PaymentMethodId | None:
        def commit() -> None:
            self.server.cards = [item for item in self.server.cards if item.id != method]

        await self.server.change(f"delete {method} {new_primary}", commit)
        return new_primary


def invoice(number: str, status: str = "open") -> Invoice:
    values = {"id": f"in_{number}", "number": number, "status": status, "total": "12.34", "currency": "usd"}
    return Invoice.model_validate(values)


@dataclass
class FakeInvoices:
    server: FakeServer
    answers: str = "paid"

    async def list(self, starting_after: InvoiceId | None = None) -> InvoicePage:
        await self.server.read("invoices")
        ids = [item.id for item in self.server.bills]
        start = ids.index(starting_after) + 1 if starting_after is not None else 0
        return InvoicePage(items=tuple(self.server.bills[start : start + 2]), has_more=start + 2 < len(ids))

    async def pay(self, invoice: InvoiceId) -> Invoice:
        old = next(item for item in self.server.bills if item.id == invoice)

        def commit() -> None:
            self.server.bills = [
                _invoice_as(item, self.answers) if item.id == invoice else item for item in self.server.bills
            ]

        await self.server.change(f"pay {invoice}", commit)
        return _invoice_as(old, self.answers)


def _invoice_as(old: Invoice, status: str) -> Invoice:
    return invoice(old.number, status)


@dataclass
class FakeStripe:
    server: FakeServer

    async def configuration(self, needs_intent: bool = False) -> StripeConfiguration:
        await self.server.change("intent", lambda: None)
        return StripeConfiguration("https://js", "pk_1", "p", SecretStr("seti_1_secret_2"))

    async def confirm(
        self, configuration: StripeConfiguration, card: CardEntry, return_url: str
    ) -> SetupOutcome:
        await self.server.change("confirm", lambda: None)
        return CardSaved(PaymentMethodId("pm_new"))


@dataclass
class FakeTokens:
    """A token that is ``old`` until it is renewed; ``renewals`` says how often it may be."""

    renewals: int = 1
    asked: list[TokenKind] = field(default_factory=list)
    error: ApiError | None = None

    async def get(self, kind: TokenKind) -> SecretStr | None:
        return SecretStr("old")

    async def refresh(self, kind: TokenKind, stale: SecretStr) -> SecretStr | None:
        self.asked.append(kind)
        if self.error is not None:
            raise self.error
        if len(self.asked) > self.renewals:
            return None
        return SecretStr("new")


@dataclass
class FakeSleep:
    """Sleeps no time; remembers how long was asked for; ``then`` runs before each return."""

    slept: list[float] = field(default_factory=list)
    then: Callable[[float], Awaitable[None]] | None = None

    async def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0)
        if self.then is not None:
            await self.then(seconds)


def lost(committed: bool = True, *, late: bool = False) -> Fault:
    return Fault(OutcomeUnknownError("The answer was lost."), committed=committed, late=late)
