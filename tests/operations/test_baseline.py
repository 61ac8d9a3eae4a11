"""What there was before an issue: how long one answer serves, and what is taken from it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from jpmanage_tui.api.errors import ApiConnectionError, ApiError, ServerError
from jpmanage_tui.operations.errors import SnapshotUnavailable
from jpmanage_tui.operations.snapshot import MARGIN, Snapshots, is_before
from tests.operations.fakes import NOW, FakeServer, license_row


class Ticks:
    """A clock of seconds that a test turns."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(("seconds", "reads"), [(0.0, 1), (4.9, 1), (5.0, 2), (499.0, 2)])
async def test_a_baseline_serves_for_five_seconds(seconds: float, reads: int) -> None:
    server, ticks = FakeServer(), Ticks()
    baselines = Snapshots(server, ticks)
    await baselines.take()
    server.put(license_row("jetpack-scan_colleague", issued_at=NOW))
    ticks.now += seconds
    taken = await baselines.take()
    assert server.reads == ["list"] * reads
    assert taken.keys == (() if reads == 1 else ("jetpack-scan_colleague",))


async def test_its_age_counts_from_when_it_was_asked_for() -> None:
    server, ticks = FakeServer(), Ticks()
    read = server.read

    async def slow(what: str) -> None:
        ticks.now += 4.0
        await read(what)

    server.read = slow  # type: ignore[method-assign]
    baselines = Snapshots(server, ticks)
    await baselines.take()
    ticks.now += 1.0
    await baselines.take()
    assert len(server.reads) == 2


async def test_it_has_the_servers_time_and_the_licenses_issued_just_before_it() -> None:
    server = FakeServer()
    server.rows = [
        license_row("jetpack-scan_old", issued_at=NOW - MARGIN - timedelta(seconds=1)),
        license_row("jetpack-scan_recent", issued_at=NOW - MARGIN),
        license_row("jetpack-scan_ahead", issued_at=NOW + timedelta(days=1)),
        license_row("jetpack-scan_undated").model_copy(update={"issued_at": None}),
    ]
    taken = await Snapshots(server).take()
    assert taken.server_date == NOW
    assert set(taken.keys) == {"jetpack-scan_recent", "jetpack-scan_ahead", "jetpack-scan_undated"}


async def test_without_the_servers_time_the_newest_license_tells_it_unless_it_is_in_the_future() -> None:
    server = FakeServer(clock_tells=False)
    server.rows = [
        license_row("jetpack-scan_a", issued_at=datetime(2020, 1, 1, tzinfo=UTC)),
        license_row("jetpack-scan_b", issued_at=datetime(2020, 1, 2, tzinfo=UTC)),
        license_row("jetpack-scan_c", issued_at=datetime(9999, 12, 31, tzinfo=UTC)),
        license_row("jetpack-scan_d").model_copy(update={"issued_at": None}),
    ]
    assert (await Snapshots(server).take()).server_date == datetime(2020, 1, 2, tzinfo=UTC)
    server.rows = server.rows[2:]
    taken = await Snapshots(server).take()
    assert taken.server_date is None
    assert set(taken.keys) == {"jetpack-scan_c", "jetpack-scan_d"}


@pytest.mark.parametrize("error", [ApiConnectionError("No line."), ServerError("It failed.", status=500)])
async def test_a_server_that_cannot_be_asked_is_not_ready_and_is_asked_again(error: ApiError) -> None:
    server = FakeServer(read_faults=[error])
    baselines = Snapshots(server)
    with pytest.raises(SnapshotUnavailable) as caught:
        await baselines.take()
    assert caught.value.cause is error
    assert error.message in caught.value.sentence
    assert (await baselines.take()).server_date == NOW


@pytest.mark.parametrize(
    ("issued_at", "now"),
    [
        (datetime(1, 1, 1, tzinfo=UTC), datetime(1, 1, 1, tzinfo=UTC)),
        (datetime(9999, 12, 31, tzinfo=UTC), datetime(1, 1, 1, tzinfo=UTC)),
        (NOW - MARGIN, NOW),
        (NOW + timedelta(days=1), NOW),
    ],
)
def test_what_is_not_surely_before_is_not_before(issued_at: datetime, now: datetime) -> None:
    assert not is_before(issued_at, now)
    assert is_before(NOW - MARGIN - timedelta(seconds=1), NOW)
