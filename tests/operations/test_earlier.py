"""An earlier change of unknown fate that may be of the same partner key: the user is asked before the like is sent."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from jpmanage_tui.api.ids import BlogId, LicenseKey, ProductSlug
from jpmanage_tui.operations.entry import Entry, EntryState
from jpmanage_tui.operations.errors import ConflictError, EarlierUnsettled, NotConfirmed, Stopped
from jpmanage_tui.operations.mutation import Mutation, Snapshot
from jpmanage_tui.operations.mutations.licenses import AssignLicense, IssueLicense, RevokeLicense
from jpmanage_tui.operations.run import RunState
from jpmanage_tui.operations.scopes import KeyToken
from jpmanage_tui.operations.store import Settled
from tests.operations.conftest import Bench
from tests.operations.fakes import NOW, license_row
from tests.operations.runs import carried_out, states

HOST = "public-api.wordpress.com"
OLD, NEW, KEY = f"{HOST} key old", f"{HOST} key new", f"{HOST} partner 1 key 2"
ISSUE = IssueLicense(ProductSlug("jetpack-scan"), None, "Jetpack Scan")
OTHER = IssueLicense(ProductSlug("jetpack-plus"), None, "Jetpack Plus")


class Person:
    """Answers the questions, and remembers them."""

    def __init__(self, *answers: bool) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[Mutation[Any], list[int]]] = []

    async def __call__(self, change: Mutation[Any], earlier: tuple[Entry, ...]) -> bool:
        self.asked.append((change, [entry.id for entry in earlier]))
        await asyncio.sleep(0)
        return self.answers.pop(0)


class AmbiguousResponse:
    """Somebody who looks at the question and says nothing."""

    def __init__(self) -> None:
        self.sees = asyncio.Event()
        self.cancelled = False

    async def __call__(self, _change: Mutation[Any], _earlier: Sequence[Entry]) -> bool:
        self.sees.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.cancelled = True
        raise AssertionError


async def lost(bench: Bench, account: str = OLD, change: Mutation[Any] = ISSUE) -> int:
    """Note a change of unknown fate under another token."""
    entry = await bench.journal.add(account, change, "gone|1@1|x")
    await bench.journal.mark_sent(entry.id, Snapshot(NOW))
    await bench.journal.settle(entry.id, Settled(EntryState.UNKNOWN))
    return entry.id


@pytest.mark.parametrize("account", [NEW, KEY])
async def test_where_nobody_can_be_asked_it_is_refused_and_names_the_earlier_change(
    bench: Bench, account: str
) -> None:
    entry_id = await lost(bench)
    outcome = await bench.queue(account=account).submit(ISSUE).outcome()
    assert outcome.state is EntryState.NOT_SENT
    assert isinstance(outcome.error, EarlierUnsettled)
    assert outcome.error.entry_id == entry_id
    assert "may be of the same partner key" in outcome.sentence
    assert bench.server.asked == []


@pytest.mark.parametrize("account", [NEW, KEY])
async def test_it_is_sent_once_the_user_confirms_the_very_entries_he_saw(bench: Bench, account: str) -> None:
    entry_id = await lost(bench)
    person = Person(True)
    operation = bench.queue(account=account, ask=person).submit(ISSUE)
    outcome = await operation.outcome()
    assert outcome.state is EntryState.DONE
    assert person.asked == [(ISSUE, [entry_id])]
    assert operation.acknowledged == {entry_id}
    assert len(bench.server.asked) == 1
    assert outcome.entry_id is not None
    assert (await bench.journal.entry(outcome.entry_id)).acknowledged == {entry_id}
    assert (await bench.journal.entry(entry_id)).state is EntryState.UNKNOWN


async def test_what_is_not_confirmed_is_not_sent_nor_noted(bench: Bench) -> None:
    await lost(bench)
    outcome = await bench.queue(account=NEW, ask=Person(False)).submit(ISSUE).outcome()
    assert isinstance(outcome.error, NotConfirmed)
    assert outcome.nothing_done
    assert bench.server.asked == []
    assert len(await bench.journal.entries()) == 1


async def test_the_next_command_is_asked_about_again(bench: Bench) -> None:
    await lost(bench)
    person = Person(True, False)
    queue = bench.queue(account=NEW, ask=person)
    assert (await queue.submit(ISSUE).outcome()).happened
    assert (await queue.submit(ISSUE).outcome()).nothing_done
    assert len(person.asked) == 2
    assert len(bench.server.asked) == 1


async def test_another_one_that_comes_while_the_user_reads_is_asked_about_too(bench: Bench) -> None:
    first = await lost(bench)
    seen: list[list[int]] = []

    async def person(_change: Mutation[Any], earlier: tuple[Entry, ...]) -> bool:
        seen.append([entry.id for entry in earlier])
        if len(seen) == 1:  # another program sends the like meanwhile, its user has confirmed it too
            entry = await bench.journal.add(f"{HOST} key another", ISSUE, "gone|1@1|x", frozenset({first}))
            await bench.journal.mark_sent(entry.id)
        return True

    assert (await bench.queue(account=KEY, ask=person).submit(ISSUE).outcome()).happened
    assert seen == [[first], [first + 1]]


async def test_no_word_of_the_users_passes_what_is_known_to_be_the_same_key(bench: Bench) -> None:
    await lost(bench)
    bench.journal.link([KeyToken(HOST, "old", 1, 2)])
    person = Person(True)
    outcome = await bench.queue(account=KEY, ask=person).submit(ISSUE).outcome()
    assert isinstance(outcome.error, ConflictError)
    assert not isinstance(outcome.error, EarlierUnsettled)
    assert person.asked == []
    assert bench.server.asked == []


async def test_other_changes_go_on_while_one_is_asked_about(bench: Bench) -> None:
    await lost(bench)
    person = AmbiguousResponse()
    queue = bench.queue(account=NEW, ask=person)
    operation = queue.submit(ISSUE)
    await person.sees.wait()
    assert (await queue.submit(OTHER).outcome()).happened
    assert operation.ended is None
    operation.stop()
    assert isinstance((await operation.outcome()).error, Stopped)
    assert person.cancelled, "the question is taken away"
    assert len(bench.server.asked) == 1


async def test_closing_ends_the_question_and_sends_nothing(bench: Bench) -> None:
    await lost(bench)
    person = AmbiguousResponse()
    queue = bench.queue(account=NEW, ask=person)
    operation = queue.submit(ISSUE)
    await person.sees.wait()
    async with asyncio.timeout(5):
        await queue.close()
    assert (await operation.outcome()).nothing_done
    assert person.cancelled
    assert bench.server.asked == []


async def test_a_run_asks_once_for_all_its_changes_and_ends_where_it_is_not_confirmed(bench: Bench) -> None:
    entry_id = await lost(bench)
    plus = await lost(bench, OLD, OTHER)
    person = Person(True, False)
    run, items = await carried_out(bench.queue(account=NEW, ask=person), [ISSUE, ISSUE, ISSUE, OTHER, OTHER])
    assert sorted(person.asked, key=str) == sorted([(ISSUE, [entry_id]), (OTHER, [plus])], key=str)
    assert (run.state, run.reason) == (RunState.PAUSED, "It was not confirmed.")
    done = states(items).count("done")
    assert states(items)[:3].count("done") == done == len(bench.server.asked)
    assert states(items)[3:] == ["waiting", "waiting"]


async def test_what_was_confirmed_before_is_passed_by_number(bench: Bench) -> None:
    entry_id = await lost(bench)
    queue = bench.queue(account=NEW)
    refused = await queue.submit(ISSUE, acknowledged={entry_id + 1}).outcome()
    assert refused.nothing_done
    assert (await queue.submit(ISSUE, acknowledged={entry_id}).outcome()).happened


async def test_such_an_entry_stands_in_the_log_and_is_settled_by_the_users_word(bench: Bench) -> None:
    entry_id = await lost(bench)
    queue = bench.queue(account=NEW)
    assert [entry.id for entry in await queue.history()] == [entry_id]
    assert await queue.entries() == ()
    with pytest.raises(KeyError):
        await queue.recheck(entry_id)  # this client may see another key's licenses
    assert (await queue.resolve_manually(entry_id, done=False)).state is EntryState.CONFIRMED_NOT_DONE
    assert (await queue.submit(ISSUE).outcome()).happened


async def test_an_entry_of_a_key_that_is_known_to_be_another_is_not_settled_here(bench: Bench) -> None:
    entry_id = await lost(bench)
    bench.journal.link([KeyToken(HOST, "old", 1, 3)])
    with pytest.raises(KeyError):
        await bench.queue(account=KEY).resolve_manually(entry_id, done=False)


async def test_a_license_of_unknown_fate_is_asked_about_by_its_code(bench: Bench) -> None:
    key = LicenseKey("jetpack-scan_abc")
    bench.server.put(license_row(key))
    entry_id = await lost(bench, OLD, AssignLicense(key, BlogId(7), "a.example", "Jetpack Scan"))
    person = Person(False)
    await bench.queue(account=NEW, ask=person).submit(RevokeLicense(key, "Jetpack Scan")).outcome()
    assert [ids for _, ids in person.asked] == [[entry_id]]
    assert bench.server.asked == []


async def test_what_is_done_with_a_token_that_was_renewed_meanwhile_stands_under_the_new_one(
    bench: Bench,
) -> None:
    now = [OLD]
    queue = bench.queue(account=lambda: now[0])
    assert (await queue.submit(ISSUE).outcome()).happened
    now[0] = NEW
    assert (await queue.submit(ISSUE).outcome()).happened
    assert [entry.account for entry in await bench.journal.entries()] == [NEW, OLD]
    assert len(await queue.entries()) == 1
