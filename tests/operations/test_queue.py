from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from jpmanage_tui.api.errors import (
    ApiConnectionError,
    ApiError,
    AuthenticationError,
    InvalidParameterError,
    MissingTokenError,
    OutcomeUnknownError,
    PermissionDeniedError,
    RateLimitError,
    RequestRejectedError,
    ServerError,
    TokenUnavailableError,
)
from jpmanage_tui.api.ids import BlogId, LicenseKey, ProductSlug
from jpmanage_tui.api.options import AccountContext
from jpmanage_tui.api.tokens import TokenKind
from jpmanage_tui.operations.entry import EntryState
from jpmanage_tui.operations.errors import ConflictError, JournalUnavailable, ReadOnly, Stopped
from jpmanage_tui.operations.mutation import Secrets
from jpmanage_tui.operations.mutations.account import RefreshUserToken
from jpmanage_tui.operations.mutations.licenses import (
    AssignLicense,
    IssueLicense,
    RevokeLicense,
    UnassignLicense,
)
from jpmanage_tui.operations.operation import Operation
from jpmanage_tui.operations.store import Settled
from tests.operations.conftest import ACCOUNT, Bench
from tests.operations.fakes import NOW, Fault, license_row, lost
from tests.operations.runs import carried_out, states as states_of

KEY = LicenseKey("jetpack-scan_abc")
ASSIGN = AssignLicense(KEY, BlogId(7), "a.example", "Jetpack Scan")
NEXT = AssignLicense(LicenseKey("jetpack-scan_other"), BlogId(7), ASSIGN.site_url, "Jetpack Scan")
"""What waits for ASSIGN: it is for the same site."""
UNASSIGN = UnassignLicense(KEY, True, "Jetpack Scan", "a.example")
REVOKE = RevokeLicense(KEY, "Jetpack Scan")
ISSUE = IssueLicense(ProductSlug("jetpack-scan"), None, "Jetpack Scan")


async def states(bench: Bench) -> list[str]:
    return [entry.state.value for entry in reversed(await bench.journal.entries())]


async def test_a_change_is_in_the_journal_as_sent_before_its_request_leaves(bench: Bench) -> None:
    bench.server.put(license_row(KEY))
    seen: list[str] = []

    class Watching(type(bench.server.licenses)):  # type: ignore[misc]
        async def assign(self, key: LicenseKey, blog_id: BlogId) -> None:
            with sqlite3.connect(f"file:{bench.path}?mode=ro", uri=True) as db:
                seen.extend(row[0] for row in db.execute("SELECT state FROM entries"))
            db.close()

    bench.server.licenses = Watching(bench.server)
    outcome = await bench.queue().submit(ASSIGN).outcome()
    assert seen == ["sent"]
    assert outcome.state is EntryState.DONE
    assert await states(bench) == ["done"]


async def test_a_change_that_another_program_settled_meanwhile_is_not_sent(bench: Bench) -> None:
    async def settled(what: str) -> None:
        (entry,) = await bench.journal.entries()
        await bench.journal.settle(entry.id, Settled(EntryState.NOT_SENT, "By another."))

    bench.server.read = settled  # type: ignore[method-assign]
    outcome = await bench.queue().submit(ISSUE).outcome()
    assert outcome.state is EntryState.NOT_SENT
    assert isinstance(outcome.error, Stopped)
    assert "settled it meanwhile" in outcome.sentence
    assert bench.server.asked == []


async def test_a_change_whose_token_cannot_be_had_is_not_sent_and_not_refused(bench: Bench) -> None:
    async def no_token(kind: TokenKind) -> SecretStr | None:
        raise TokenUnavailableError("The profile cannot be read.")

    bench.tokens.get = no_token  # type: ignore[method-assign]
    outcome = await bench.queue().submit(ISSUE).outcome()
    assert outcome.state is EntryState.NOT_SENT
    assert "The profile cannot be read." in outcome.sentence
    assert bench.server.asked == []


async def test_an_issued_license_is_returned_and_its_code_noted(bench: Bench) -> None:
    outcome = await bench.queue().submit(ISSUE).outcome()
    assert outcome.result is not None
    assert outcome.result.license_key == "jetpack-scan_new1"
    assert outcome.license_keys == ("jetpack-scan_new1",)
    (entry,) = await bench.journal.entries()
    assert entry.result == ("jetpack-scan_new1",)
    assert entry.request_id == "req-1"


async def test_changes_of_one_site_are_sent_in_the_order_of_submission_others_beside_them(
    bench: Bench,
) -> None:
    hold = asyncio.Event()
    bench.server.put(license_row(KEY))
    bench.server.put(license_row(NEXT.license_key))
    bench.server.faults = [Fault(RequestRejectedError("No.", status=400), hold=hold)]
    queue = bench.queue()
    operations: list[Operation[Any]] = [queue.submit(ASSIGN), queue.submit(NEXT), queue.submit(ISSUE)]
    await bench.server.arrivals(2)
    assert queue.busy
    await operations[2].outcome()
    assert bench.server.asked == [f"assign {KEY} 7", "issue jetpack-scan None"]
    hold.set()
    ends = [(await operation.outcome()).state.value for operation in operations]
    assert ends == ["refused", "done", "done"]
    assert bench.server.asked[2:] == [f"assign {NEXT.license_key} 7"]


async def test_a_caller_that_is_cancelled_does_not_break_off_the_change(bench: Bench) -> None:
    hold = asyncio.Event()
    bench.server.put(license_row(KEY))
    bench.server.faults = [Fault(RequestRejectedError("No."), hold=hold)]
    operation = bench.queue().submit(ASSIGN)
    waiting = asyncio.ensure_future(operation.outcome())
    await bench.server.arrivals(1)
    waiting.cancel()
    await asyncio.wait({waiting})
    assert operation.ended is None
    hold.set()
    assert (await operation.outcome()).state is EntryState.REFUSED
    assert operation.ended is not None


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (PermissionDeniedError("You may not.", status=403, code="forbidden"), "refused"),
        (RequestRejectedError("It is taken.", status=400, code="taken"), "refused"),
        (MissingTokenError(TokenKind.KEY), "not_sent"),
        (TokenUnavailableError("The profile cannot be read."), "not_sent"),
        (ApiConnectionError("No line."), "not_sent"),
        (RateLimitError("Slow down.", retry_after=3600.0), "refused"),
        (InvalidParameterError("No.", params={"site": "No."}, status=400), "refused"),
    ],
)
async def test_an_error_that_proves_nothing_was_done_ends_the_change_without_a_second_request(
    bench: Bench, error: ApiError, state: str
) -> None:
    bench.server.put(license_row(KEY))
    bench.server.faults = [Fault(error)]
    outcome = await bench.queue().submit(ASSIGN).outcome()
    assert outcome.state.value == state
    assert outcome.nothing_done
    assert outcome.error is error
    assert error.message in outcome.sentence
    assert len(bench.server.asked) == 1
    assert bench.server.reads == []


@pytest.mark.parametrize(
    "error",
    [OutcomeUnknownError("lost"), ServerError("500", status=500)],
    ids=["fate unknown", "server error"],
)
async def test_a_lost_answer_is_settled_by_looking_and_never_sent_again(
    bench: Bench, error: ApiError
) -> None:
    bench.server.put(license_row(KEY))
    bench.server.faults = [Fault(error, committed=True)]
    outcome = await bench.queue().submit(ASSIGN).outcome()
    assert outcome.state is EntryState.CONFIRMED_DONE
    assert outcome.happened
    assert len(bench.server.asked) == 1
    assert await states(bench) == ["found_done"]
    assert bench.kinds() == ["queued", "started", "unknown", "verifying", "settled"]


async def test_a_401_is_sent_once_more_with_a_fresh_token(bench: Bench) -> None:
    bench.server.put(license_row(KEY))
    bench.server.faults = [Fault(AuthenticationError("Expired.", status=401))]
    outcome = await bench.queue().submit(ASSIGN).outcome()
    assert outcome.state is EntryState.DONE
    assert bench.tokens.asked == [TokenKind.KEY]
    assert len(bench.server.asked) == 2


async def test_the_token_that_the_account_takes_is_the_one_that_is_renewed(bench: Bench) -> None:
    bench.server.put(license_row(KEY))
    bench.server.account_context = AccountContext(licensing_token=TokenKind.USER)
    bench.server.faults = [Fault(AuthenticationError("Expired.", status=401))]
    outcome = await bench.queue().submit(ASSIGN).outcome()
    assert outcome.state is EntryState.DONE
    assert bench.tokens.asked == [TokenKind.USER]


async def test_a_second_401_is_the_answer(bench: Bench) -> None:
    bench.server.put(license_row(KEY))
    bench.server.faults = [Fault(AuthenticationError("Expired.")), Fault(AuthenticationError("Expired."))]
    bench.tokens.renewals = 5
    outcome = await bench.queue().submit(ASSIGN).outcome()
    assert outcome.state is EntryState.REFUSED
    assert len(bench.server.asked) == 2


async def test_a_401_without_a_fresh_token_is_the_answer_even_if_renewing_fails(bench: Bench) -> None:
    bench.server.put(license_row(KEY))
    bench.server.faults = [Fault(AuthenticationError("Expired."))]
    bench.tokens.error = OutcomeUnknownError("The refresh was lost.")
    outcome = await bench.queue().submit(ASSIGN).outcome()
    assert outcome.state is EntryState.REFUSED
    assert isinstance(outcome.error, AuthenticationError)
    assert len(bench.server.asked) == 1


async def test_a_429_is_waited_out_as_long_as_the_server_says_and_told(bench: Bench) -> None:
    bench.server.put(license_row(KEY))
    bench.server.faults = [
        Fault(RateLimitError("Slow down.", retry_after=7.0)),
        Fault(RateLimitError("Slow down.")),
    ]
    outcome = await bench.queue().submit(ASSIGN).outcome()
    assert outcome.state is EntryState.DONE
    assert bench.sleep.slept == [7.0, 10.0]
    waits = [event.seconds for event in bench.events if event.kind.value == "waiting"]
    assert waits == [7.0, 10.0]


async def test_endless_429s_end_as_refused_after_a_bounded_number_of_tries(bench: Bench) -> None:
    bench.server.put(license_row(KEY))
    bench.server.faults = [Fault(RateLimitError("Slow down.", retry_after=1.0)) for _ in range(50)]
    outcome = await bench.queue().submit(ASSIGN).outcome()
    assert outcome.state is EntryState.REFUSED
    assert len(bench.server.asked) == 6


async def test_a_429_that_asks_for_an_hour_is_not_waited_out(bench: Bench) -> None:
    bench.server.put(license_row(KEY))
    bench.server.faults = [Fault(RateLimitError("Slow down.", retry_after=3600.0))]
    assert (await bench.queue().submit(ASSIGN).outcome()).state is EntryState.REFUSED
    assert bench.sleep.slept == []


async def test_while_it_waits_out_a_429_the_journal_says_queued_and_a_stop_ends_it(bench: Bench) -> None:
    bench.server.put(license_row(KEY))
    bench.server.faults = [Fault(RateLimitError("Slow down.", retry_after=60.0))]
    waiting = asyncio.Event()

    async def hang(_seconds: float) -> None:
        waiting.set()
        await asyncio.Event().wait()

    bench.sleep.then = hang
    operation = bench.queue().submit(ASSIGN)
    await waiting.wait()
    assert await states(bench) == ["queued"]
    operation.stop()
    outcome = await operation.outcome()
    assert outcome.state is EntryState.NOT_SENT
    assert isinstance(outcome.error, Stopped)
    assert len(bench.server.asked) == 1


async def test_a_missing_card_is_asked_for_again_only_when_one_was_just_added(bench: Bench) -> None:
    refusal = Fault(RequestRejectedError("Add a card.", status=403, code="missing_valid_payment_method"))
    queue = bench.queue()
    bench.server.faults = [refusal]
    assert (await queue.submit(ISSUE).outcome()).state is EntryState.REFUSED
    bench.server.faults = [refusal, refusal]
    assert (await queue.submit(ISSUE, card_just_added=True).outcome()).state is EntryState.DONE
    assert len(bench.server.asked) == 4
    assert bench.sleep.slept == [1.0, 2.0]
    bench.server.faults = [refusal] * 20
    assert (await queue.submit(ISSUE, card_just_added=True).outcome()).state is EntryState.REFUSED
    assert len(bench.server.asked) == 4 + 6
    assert bench.sleep.slept[2:] == [1.0, 2.0, 3.0, 4.0, 5.0]


async def test_only_issuing_is_tried_again_for_want_of_a_card(bench: Bench) -> None:
    bench.server.put(license_row(KEY))
    bench.server.faults = [
        Fault(RequestRejectedError("Add a card.", status=403, code="missing_valid_payment_method"))
    ]
    outcome = await bench.queue().submit(ASSIGN, card_just_added=True).outcome()
    assert outcome.state is EntryState.REFUSED
    assert len(bench.server.asked) == 1


async def test_closing_ends_a_wait_for_a_busy_server(bench: Bench) -> None:
    bench.server.put(license_row(KEY))
    bench.server.faults = [Fault(RateLimitError("Slow down.", retry_after=200.0))]
    waiting = asyncio.Event()

    async def hang(_seconds: float) -> None:
        waiting.set()
        await asyncio.Event().wait()

    bench.sleep.then = hang
    queue = bench.queue()
    operation = queue.submit(ASSIGN)
    await waiting.wait()
    await queue.close()
    outcome = await operation.outcome()
    assert outcome.state is EntryState.NOT_SENT
    assert "The program was ending." in outcome.sentence
    assert len(bench.server.asked) == 1


async def test_the_servers_time_is_noted_with_every_change(bench: Bench) -> None:
    bench.server.put(license_row(KEY))
    await bench.queue().submit(ASSIGN).outcome()
    (entry,) = await bench.journal.entries()
    assert (entry.server_date, entry.known_keys) == (NOW, ())


async def test_read_only_refuses_before_any_request_and_any_journal_row(bench: Bench) -> None:
    outcome = await bench.queue(read_only=True).submit(ASSIGN).outcome()
    assert outcome.state is EntryState.NOT_SENT
    assert isinstance(outcome.error, ReadOnly)
    assert bench.server.asked == bench.server.reads == []
    assert await bench.journal.entries() == ()


async def test_while_a_fate_is_unknown_no_other_change_of_that_license_is_sent(bench: Bench) -> None:
    bench.server.put(license_row(KEY))
    bench.server.put(license_row("jetpack-scan_other"))
    bench.server.faults = [lost()]
    bench.server.read_faults = [ApiConnectionError("No line.")] * 5
    queue = bench.queue()
    first = await queue.submit(ASSIGN).outcome()
    assert first.unknown
    again = await queue.submit(REVOKE).outcome()
    assert isinstance(again.error, ConflictError)
    assert again.error.entry_id == first.entry_id
    assert "Assign Jetpack Scan" in again.sentence
    other = RevokeLicense(LicenseKey("jetpack-scan_other"), "Jetpack Scan")
    assert (await queue.submit(other).outcome()).state is EntryState.DONE
    assert first.entry_id is not None
    assert (await queue.recheck(first.entry_id)).state is EntryState.CONFIRMED_DONE
    assert (await queue.submit(REVOKE).outcome()).state is EntryState.DONE


async def test_a_change_waiting_behind_one_that_becomes_unknown_is_not_sent(bench: Bench) -> None:
    bench.server.faults = [lost()]
    bench.server.read_faults = [None, *[ApiConnectionError("No line.")] * 9]
    queue = bench.queue()
    operations = [queue.submit(ISSUE) for _ in range(3)]
    ends = [(await operation.outcome()).state.value for operation in operations]
    assert ends == ["unknown", "not_sent", "not_sent"]
    assert len(bench.server.asked) == 1


async def test_changes_of_other_targets_go_on_while_one_is_looked_up(bench: Bench) -> None:
    bench.server.put(license_row(KEY))
    bench.server.faults = [lost(committed=False)]
    go = asyncio.Event()

    async def slow(_seconds: float) -> None:
        await go.wait()

    bench.sleep.then = slow
    queue = bench.queue()
    first = queue.submit(ASSIGN)
    second = await queue.submit(ISSUE).outcome()
    assert second.state is EntryState.DONE
    assert first.ended is None
    go.set()
    assert (await first.outcome()).state is EntryState.CONFIRMED_NOT_DONE


async def test_an_unwritable_journal_refuses_the_change_before_anything_is_sent(bench: Bench) -> None:
    bench.server.put(license_row(KEY))
    with sqlite3.connect(bench.path) as db:
        db.execute("DROP TABLE entries")
    db.close()
    outcome = await bench.queue().submit(ASSIGN).outcome()
    assert outcome.state is EntryState.NOT_SENT
    assert isinstance(outcome.error, JournalUnavailable)
    assert str(bench.path) in outcome.sentence
    assert bench.server.asked == []


async def test_a_full_disk_refuses_the_change_before_anything_is_sent(bench: Bench) -> None:
    bench.server.put(license_row(KEY))

    def fill() -> None:
        db = bench.journal._store._db
        assert db is not None
        db.execute(f"PRAGMA max_page_count={db.execute('PRAGMA page_count').fetchone()[0]}")

    await bench.journal._run(fill)
    queue = bench.queue()
    outcomes = [await queue.submit(ISSUE).outcome() for _ in range(60)]
    refused = [outcome for outcome in outcomes if isinstance(outcome.error, JournalUnavailable)]
    assert refused
    assert "full" in refused[0].sentence
    assert len(bench.server.asked) == len(outcomes) - len(refused)


async def test_a_journal_that_fails_after_the_answer_still_tells_what_was_done(bench: Bench) -> None:
    class Breaking(type(bench.server.licenses)):  # type: ignore[misc]
        async def assign(self, key: LicenseKey, blog_id: BlogId) -> None:
            with sqlite3.connect(bench.path) as db:
                db.execute("ALTER TABLE entries RENAME TO gone")
            db.close()

    bench.server.licenses = Breaking(bench.server)
    outcome = await bench.queue().submit(ASSIGN).outcome()
    assert outcome.state is EntryState.DONE
    assert "could not be noted" in outcome.sentence


async def test_closing_finishes_what_is_on_its_way_and_sends_nothing_more(bench: Bench) -> None:
    hold = asyncio.Event()
    bench.server.put(license_row(KEY))
    bench.server.faults = [Fault(RequestRejectedError("No."), hold=hold)]
    queue = bench.queue()
    first, second = queue.submit(ASSIGN), queue.submit(NEXT)
    await bench.server.arrivals(1)
    closing = asyncio.ensure_future(queue.close())
    await asyncio.sleep(0)
    hold.set()
    await closing
    assert (await first.outcome()).state is EntryState.REFUSED
    assert (await second.outcome()).state is EntryState.NOT_SENT
    assert len(bench.server.asked) == 1
    assert await states(bench) == ["refused", "not_sent"]


async def test_what_does_not_finish_before_the_bound_is_unknown_and_looked_up_at_the_next_start(
    bench: Bench,
) -> None:
    bench.server.put(license_row(KEY))
    bench.server.faults = [Fault(RequestRejectedError("No."), committed=True, hold=asyncio.Event())]
    queue = bench.queue(close_seconds=0.01)
    first, second = queue.submit(ASSIGN), queue.submit(NEXT)
    await bench.server.arrivals(1)
    await queue.close()
    assert (await first.outcome()).unknown
    assert (await second.outcome()).state is EntryState.NOT_SENT
    assert await states(bench) == ["unknown", "queued"]
    told = await bench.queue().recover()
    assert [outcome.state.value for outcome in told] == ["found_done", "not_sent"]
    assert bench.server.asked == [f"assign {KEY} 7"]


async def test_a_defect_on_the_way_is_raised_and_leaves_the_entry_unknown(bench: Bench) -> None:
    bench.server.put(license_row(KEY))
    bench.server.faults = [Fault(ZeroDivisionError("a defect"), committed=True)]
    with pytest.raises(ZeroDivisionError):
        await bench.queue().submit(ASSIGN).outcome()
    assert await states(bench) == ["unknown"]


async def test_a_listener_that_fails_does_not_touch_the_change(bench: Bench) -> None:
    bench.server.put(license_row(KEY))
    heard: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: heard.append(context["message"]))
    queue = bench.queue()

    def broken(_event: object) -> None:
        raise ZeroDivisionError("a defect of the listener")

    queue._on_event = broken
    assert (await queue.submit(ASSIGN).outcome()).state is EntryState.DONE
    await asyncio.sleep(0)
    assert heard


async def test_a_token_refresh_runs_beside_a_change_that_waits_for_it(bench: Bench) -> None:
    bench.server.put(license_row(KEY))
    bench.server.faults = [Fault(AuthenticationError("Expired."))]
    queue = bench.queue()
    renewed: list[str] = []

    async def renew() -> None:
        renewed.append("yes")

    async def through_the_queue(kind: TokenKind, stale: SecretStr) -> SecretStr | None:
        refresh = queue.submit(RefreshUserToken("acme"), secrets=Secrets(renew=renew))
        return SecretStr("new") if (await refresh.outcome()).happened else None

    bench.tokens.refresh = through_the_queue  # type: ignore[method-assign]
    outcome = await asyncio.wait_for(queue.submit(ASSIGN).outcome(), 5)
    assert outcome.state is EntryState.DONE
    assert renewed == ["yes"]
    assert sorted(await states(bench)) == ["done", "done"]


async def test_the_account_scopes_what_is_settled(bench: Bench, tmp_path: Path) -> None:
    bench.server.put(license_row(KEY))
    bench.server.faults = [lost()]
    bench.server.read_faults = [ApiConnectionError("No line.")] * 5
    first = bench.queue()
    await first.submit(ASSIGN).outcome()
    await first.close()
    assert await bench.queue(account="another").recover() == ()
    assert [outcome.state.value for outcome in await bench.queue().recover()] == ["found_done"]
    assert (await bench.journal.entries(ACCOUNT))[0].settled_at is not None


async def test_what_an_earlier_run_left_is_told_as_events(bench: Bench) -> None:
    bench.server.put(license_row(KEY, blog_id=7))
    left = await bench.journal.add(ACCOUNT, ASSIGN, "gone|1@1|x")
    await bench.journal.mark_sent(left.id)
    await bench.journal.add(ACCOUNT, ISSUE, "gone|1@1|x")
    told = await bench.queue().recover()
    await asyncio.sleep(0)
    ends = {event.entry_id: event.outcome for event in bench.events if event.kind.value == "settled"}
    assert [outcome.state.value for outcome in told] == ["found_done", "not_sent"]
    assert ends[left.id] is not None
    assert any(event.kind.value == "verifying" for event in bench.events)


async def test_an_entry_of_another_account_is_not_looked_up_with_this_ones_client(bench: Bench) -> None:
    entry = await bench.journal.add("another", ASSIGN, "gone|1@1|x")
    with pytest.raises(KeyError):
        await bench.queue().recheck(entry.id)
    with pytest.raises(KeyError):
        await bench.queue().resolve_manually(entry.id, done=True)
    assert bench.server.reads == []


async def test_a_queue_that_is_closed_takes_nothing_more(bench: Bench) -> None:
    queue = bench.queue()
    await queue.close()
    outcome = await queue.submit(ISSUE).outcome()
    assert isinstance(outcome.error, Stopped)
    assert await bench.journal.entries() == ()


@pytest.mark.parametrize("state", [EntryState.NOT_SENT, EntryState.UNKNOWN, EntryState.CONFIRMED_NOT_DONE])
async def test_what_another_program_has_settled_while_it_waited_is_not_sent(
    bench: Bench, state: EntryState
) -> None:
    """The journal says no when it is to be noted as sent: then no request leaves."""
    hold = asyncio.Event()
    bench.server.put(license_row(KEY))
    bench.server.put(license_row("jetpack-scan_other"))
    bench.server.faults = [Fault(RequestRejectedError("No."), hold=hold)]
    queue = bench.queue()
    first = queue.submit(ASSIGN)
    second = queue.submit(NEXT)
    await bench.server.arrivals(1)
    (waiting,) = await bench.journal.entries(states=(EntryState.QUEUED,))
    await bench.journal.settle(waiting.id, Settled(state, "By another."))
    hold.set()
    await first.outcome()
    outcome = await second.outcome()
    assert outcome.state is EntryState.NOT_SENT
    assert isinstance(outcome.error, Stopped)
    assert bench.server.asked == [f"assign {KEY} 7"]
    if state.settled:
        assert (await bench.journal.entry(waiting.id)).state is state


async def test_a_run_ends_where_the_server_cannot_be_asked_what_there_is(bench: Bench) -> None:
    """Without what there was before, an issue of unknown fate could not be told from another: none is sent."""
    bench.server.read_faults = [ApiConnectionError("No line.")]
    run, items = await carried_out(bench.queue(), [ISSUE, ISSUE])
    assert bench.server.asked == []
    assert "could not be asked what there is" in run.reason
    assert states_of(items) == ["waiting", "waiting"]
