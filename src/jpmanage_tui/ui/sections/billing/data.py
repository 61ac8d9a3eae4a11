"""Reading the bill from the API: workers that fetch estimate, prices and idle licenses and post what came."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping
from dataclasses import field
from enum import Enum
from typing import Any, Protocol

from textual.message import Message
from textual.worker import Worker

from jpmanage_tui.api.billing import BillingEstimate, NotYetAvailable
from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.ids import LicenseId
from jpmanage_tui.api.licenses import License
from jpmanage_tui.api.model import ReadRows
from jpmanage_tui.api.products import ProductFamily
from jpmanage_tui.services.all_licenses import BundleSearch, find_bundles
from jpmanage_tui.services.unassigned_licenses import Batch, IdleWalk
from jpmanage_tui.ui.common.messages import DataMessage


class Part(Enum):
    """What the screen reads, and how a failure of it is called."""

    ESTIMATE = "Loading the billing details"
    FAMILIES = "Loading your prices"
    IDLE = "Loading the unassigned licenses"


class EstimateCame(DataMessage):
    """The estimate came, or that it is not there yet."""

    estimate: BillingEstimate | NotYetAvailable


class FamiliesCame(DataMessage):
    """The partner's prices came."""

    families: ReadRows[ProductFamily]


class IdleCame(DataMessage):
    """Idle licenses came: further ones, or with `anew` all of them from the oldest on."""

    batches: tuple[Batch, ...]
    anew: bool
    parents: Mapping[LicenseId, License] = field(default_factory=dict)


class BundlesSearched(DataMessage):
    """How far the search for bundles is."""

    looked_at: int
    bundles: int
    done: bool = False
    left_out: int = 0


class ReadFailed(DataMessage):
    """A part could not be read."""

    part: Part
    error: ApiError


class Host(Protocol):
    """The widget for which the reader works."""

    def post_message(self, message: Message) -> bool:
        """Take a message."""

    def run_worker(
        self, work: Coroutine[Any, Any, None], *, group: str, exclusive: bool, exit_on_error: bool
    ) -> Worker[None]:
        """Run work beside the screen."""


class Reader:
    """Fetches the parts of the Billing screen; asking again drops what was on its way."""

    def __init__(self, host: Host, client: LicensingClient) -> None:
        self._host = host
        self._client = client
        self._awaited: set[Part] = set()
        self._walk = IdleWalk(client)

    def busy(self, part: Part) -> bool:
        """Whether that part is on its way."""
        return part in self._awaited

    def _start(self, part: Part, work: Coroutine[Any, Any, None]) -> None:
        group = f"billing-{part.name.lower()}"
        self._awaited.add(part)
        self._host.run_worker(work, group=group, exclusive=True, exit_on_error=False)

    def _tell(self, part: Part, message: Message) -> None:
        self._awaited.discard(part)
        self._host.post_message(message)

    def want_estimate(self) -> None:
        """Fetch the estimate."""
        self._start(Part.ESTIMATE, self._estimate())

    def want_families(self) -> None:
        """Fetch the partner's prices."""
        self._start(Part.FAMILIES, self._families())

    def want_idle(self, least: int, parents: Mapping[LicenseId, License]) -> None:
        """Fetch the idle licenses from the oldest on, those of known bundles too; at least so many if there are."""
        self._start(Part.IDLE, self._idle(least, parents))

    def want_bundles(self, least: int) -> None:
        """Search all licenses for bundles, then fetch the idle licenses anew with those of the bundles."""
        self._start(Part.IDLE, self._bundles(least))

    def want_more_idle(self) -> None:
        """Fetch the next idle licenses, unless some are on their way."""
        if not self.busy(Part.IDLE) and not self._walk.done:
            self._start(Part.IDLE, self._more(self._walk))

    async def _estimate(self) -> None:
        try:
            estimate = await self._client.billing.estimate()
        except ApiError as error:
            self._tell(Part.ESTIMATE, ReadFailed(Part.ESTIMATE, error))
        else:
            self._tell(Part.ESTIMATE, EstimateCame(estimate))

    async def _families(self) -> None:
        try:
            families = await self._client.products.partner_families()
        except ApiError as error:
            self._tell(Part.FAMILIES, ReadFailed(Part.FAMILIES, error))
        else:
            self._tell(Part.FAMILIES, FamiliesCame(families))

    async def _bundles(self, least: int) -> None:
        found = BundleSearch(0, {})
        try:
            async for found in find_bundles(self._client):
                self._host.post_message(BundlesSearched(found.looked_at, len(found.parents)))
        except ApiError as error:
            self._tell(Part.IDLE, ReadFailed(Part.IDLE, error))
            return
        self._host.post_message(BundlesSearched(found.looked_at, len(found.parents), True, found.left_out))
        await self._idle(least, found.parents)

    async def _idle(self, least: int, parents: Mapping[LicenseId, License]) -> None:
        walk = IdleWalk(self._client, parents)
        batches: list[Batch] = []
        try:
            while not walk.done and (not batches or sum(len(one.licenses) for one in batches) < least):
                batches.append(await walk.more())
        except ApiError as error:
            self._tell(Part.IDLE, ReadFailed(Part.IDLE, error))
        else:
            self._walk = walk
            self._tell(Part.IDLE, IdleCame(tuple(batches), True, walk.parents))

    async def _more(self, walk: IdleWalk) -> None:
        try:
            batch = await walk.more()
        except ApiError as error:
            self._tell(Part.IDLE, ReadFailed(Part.IDLE, error))
        else:
            self._tell(Part.IDLE, IdleCame((batch,), False))
