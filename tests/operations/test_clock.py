"""A clock that is set while a change is under way: never a second request, never "not done" too early."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from jpmanage_tui.api.errors import OutcomeUnknownError
from jpmanage_tui.api.ids import ProductSlug
from jpmanage_tui.operations import reconciler as lookup
from jpmanage_tui.operations.entry import EntryState
from jpmanage_tui.operations.lease import new_owner
from jpmanage_tui.operations.mutation import Snapshot
from jpmanage_tui.operations.mutations.licenses import IssueLicense
from tests.operations.conftest import ACCOUNT, Bench
from tests.operations.fakes import NOW, Fault

ISSUE = IssueLicense(ProductSlug("jetpack-scan"), None, "Jetpack Scan")
HOUR = timedelta(hours=1)
LATE = Fault(OutcomeUnknownError("The answer was lost."), late=True)


async def done_at_the_third_look(bench: Bench) -> None:
    """Let the server do late what was asked, between the second look and the third."""

    async def pass_time(_seconds: float) -> None:
        if len(bench.sleep.slept) == 3:
            bench.server.commit_late()

    bench.sleep.then = pass_time


@pytest.mark.parametrize("step", [HOUR, -HOUR, 400 * 24 * HOUR], ids=["forward", "backward", "a year"])
async def test_a_clock_that_is_set_after_sending_lets_a_slow_server_finish(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, step: timedelta
) -> None:
    monkeypatch.setattr(lookup, "utc_now", lambda: datetime.now(UTC) + step)
    bench.server.faults = [LATE]
    await done_at_the_third_look(bench)
    outcome = await bench.queue().submit(ISSUE).outcome()
    assert outcome.state is EntryState.CONFIRMED_DONE
    assert bench.server.asked == ["issue jetpack-scan None"]


@pytest.mark.parametrize("step", [HOUR, -HOUR], ids=["forward", "backward"])
async def test_the_same_at_the_next_start(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, step: timedelta
) -> None:
    entry = await bench.journal.add(ACCOUNT, ISSUE, new_owner())
    await bench.journal.mark_sent(entry.id, Snapshot(NOW))
    await bench.journal.release(entry.owner)
    monkeypatch.setattr(lookup, "utc_now", lambda: datetime.now(UTC) + step)
    bench.server.tick(20)
    (told,) = await bench.queue().recover()
    assert told.state is EntryState.CONFIRMED_NOT_DONE
    assert len(bench.sleep.slept) > 1, "one look is for what was sent long ago"


async def test_a_server_whose_clock_is_set_is_not_believed_either(bench: Bench) -> None:
    entry = await bench.journal.add(ACCOUNT, ISSUE, new_owner())
    await bench.journal.mark_sent(entry.id, Snapshot(NOW))
    await bench.journal.release(entry.owner)
    bench.server.tick(3600)
    await bench.queue().recover()
    assert len(bench.sleep.slept) > 1


async def test_without_a_servers_clock_it_counts_as_just_sent(bench: Bench) -> None:
    entry = await bench.journal.add(ACCOUNT, ISSUE, new_owner())
    await bench.journal.mark_sent(entry.id)
    await bench.journal.release(entry.owner)
    later = bench.queue()
    assert later._reconciler._age(await bench.journal.entry(entry.id)) == timedelta(0)


@pytest.mark.parametrize(("seconds", "looks"), [(599, 5), (600, 1), (3600, 1)])
async def test_one_look_is_enough_where_both_clocks_say_that_ten_minutes_have_passed(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, seconds: float, looks: int
) -> None:
    entry = await bench.journal.add(ACCOUNT, ISSUE, new_owner())
    await bench.journal.mark_sent(entry.id, Snapshot(NOW))
    await bench.journal.release(entry.owner)
    sent = (await bench.journal.entry(entry.id)).sent_at
    assert sent is not None
    monkeypatch.setattr(lookup, "utc_now", lambda: sent + timedelta(seconds=seconds))
    bench.server.tick(seconds)
    await bench.queue().recover()
    assert len(bench.sleep.slept) == looks
