"""Journals made by the first release open, show, reconcile and guard; and what is stored is called what it was.

`golden/make.py` made the files with the code of that release. They are never made anew.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from jpmanage_tui.api.ids import LicenseKey, ProductSlug
from jpmanage_tui.operations.entry import EntryState
from jpmanage_tui.operations.errors import ConflictError, EarlierUnsettled
from jpmanage_tui.operations.journal import Journal
from jpmanage_tui.operations.mutation import MUTATIONS, Mutation, mutation_from_json
from jpmanage_tui.operations.mutations.licenses import IssueLicense
from jpmanage_tui.operations.operation import Outcome
from jpmanage_tui.operations.scopes import KeyToken, fingerprint, token_account
from tests.operations.conftest import Bench
from tests.operations.fakes import NOW, FakeServer, license_row
from tests.operations.golden.changes import HOST, OWNER, STATES, TARGETS, account, changes, token
from tests.operations.golden.files import KILLED_TOKEN, every_state, killed

KILLED = token_account(HOST, fingerprint(SecretStr(KILLED_TOKEN)))
ISSUE = IssueLicense(ProductSlug("jetpack-scan"), None, "Jetpack Scan")
ROWS = [
    (state, number, name)
    for state in STATES
    for number in range(len(TARGETS))
    for name in (account(number, state, None), account(number, state, token(number, state)))
]
"""What the rows of the golden journal are, in order: state, number of the change, account."""


@pytest.fixture
async def old(tmp_path: Path) -> AsyncIterator[Bench]:
    """A queue's surroundings on the journal with every state."""
    async for bench in _bench(every_state(tmp_path / "state")):
        yield bench


@pytest.fixture
async def left(tmp_path: Path) -> AsyncIterator[Bench]:
    """The same on what a killed program left."""
    async for bench in _bench(killed(tmp_path / "state")):
        yield bench


async def _bench(path: Path) -> AsyncIterator[Bench]:
    journal = await Journal.open(path)
    made = Bench(FakeServer(), journal, path)
    yield made
    for queue in made.queues:
        await queue.close()
    await journal.close()


# -- what is stored is called what it was ----------------------------------------------------


def test_the_words_for_states_and_kinds_of_change_are_those_of_the_first_release(tmp_path: Path) -> None:
    db = sqlite3.connect(every_state(tmp_path))
    kinds = [row[0] for row in db.execute("SELECT DISTINCT kind FROM entries ORDER BY id")]
    states = {row[0] for row in db.execute("SELECT DISTINCT state FROM entries")}
    db.close()
    assert kinds == [change.kind for change in changes("done")]
    assert states == set(STATES) == {state.value for state in EntryState}
    assert set(kinds) <= set(MUTATIONS), "a kind may only be added"


@pytest.mark.parametrize("number", range(len(TARGETS)), ids=lambda number: changes("done")[number].kind)
def test_the_fields_and_the_target_of_a_change_are_written_as_in_the_first_release(
    tmp_path: Path, number: int
) -> None:
    db = sqlite3.connect(every_state(tmp_path))
    rows = db.execute(
        "SELECT state, kind, target, change FROM entries WHERE kind=?", (changes("done")[number].kind,)
    )
    for state, kind, target, text in rows.fetchall():
        change = changes(state)[number]
        assert (change.kind, change.conflict_key) == (kind, target)
        assert json.loads(text).items() <= json.loads(change.to_json()).items(), "a field may only be added"
        assert mutation_from_json(kind, text) == change
        assert target == TARGETS[number].format(state)
    db.close()


def test_a_token_has_the_fingerprint_that_it_had() -> None:
    assert fingerprint(SecretStr("sandbox-key")) == "db6bcf6a2a36"
    assert fingerprint(None) == "e3b0c44298fc"


# -- it opens and shows ----------------------------------------------------------------------


async def test_every_entry_is_read_as_it_was_written(old: Bench) -> None:
    entries = (await old.journal.entries(limit=1000))[::-1]
    assert len(entries) == len(ROWS)
    for entry, (state, number, name) in zip(entries, ROWS, strict=True):
        assert (entry.state.value, entry.account, entry.owner) == (state, name, OWNER)
        assert entry.change == changes(state)[number]
        assert entry.readable
        assert (entry.sent_at is None) == (state in ("queued", "not_sent"))
        assert entry.server_date == (
            None if entry.sent_at is None else datetime(2026, 11, 23, 12, tzinfo=UTC)
        )
        assert entry.known_keys == (("jetpack-scan_before",) if number == 3 and entry.sent_at else ())
        settled = state not in ("queued", "sent")
        assert entry.message == (f"It ended as {state}." if settled else "")
        assert entry.request_id == (f"req-{entry.id}" if settled else None)
        assert entry.result == ((f"jetpack-scan_of{entry.id}",) if "done" in state else ())


async def test_the_log_shows_all_keys_of_the_partner_and_what_may_be_of_the_same_key(old: Bench) -> None:
    shown = await old.queue(account=f"{HOST} partner 123 key 450").history(limit=1000)
    whole = [name for _, _, name in ROWS if " partner 123 " in name]
    unclear = [entry for entry in shown if " partner " not in entry.account]
    assert len(shown) - len(unclear) == len(whole)
    assert {entry.state.value for entry in unclear} == {"sent", "unknown"}


async def test_no_second_copy_of_the_file_is_migrated_twice(old: Bench) -> None:
    again = await Journal.open(old.path)
    assert len(await again.entries(limit=1000)) == len(ROWS)
    await again.close()


# -- it guards -------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["sent", "unknown"])
@pytest.mark.parametrize("number", [n for n, target in enumerate(TARGETS) if target])
async def test_what_was_on_its_way_or_unknown_guards_its_target(old: Bench, number: int, state: str) -> None:
    change = changes(state)[number]
    name = account(number, state, None)
    with pytest.raises(ConflictError, match="not known whether"):
        await old.journal.add(name, change, "me")
    fp = token(number, state)
    key = name.rpartition(" ")[2]
    with pytest.raises(ConflictError, match="not known whether"):
        await old.journal.add(token_account(HOST, fp), change, "me")
    elsewhere = f"{HOST} partner 7 key 8"
    with pytest.raises(EarlierUnsettled, match="may be of the same partner key"):
        await old.journal.add(elsewhere, change, "me")
    old.journal.link([KeyToken(HOST, fp, 123, int(key))])
    if TARGETS[number] != "partner":  # there are more of these, of tokens that nobody knows
        assert (await old.journal.add(elsewhere, change, "me")).state is EntryState.QUEUED


@pytest.mark.parametrize("state", [one for one in STATES if one not in ("sent", "unknown")])
async def test_what_is_settled_or_was_never_sent_guards_nothing(old: Bench, state: str) -> None:
    for number, change in enumerate(changes(state)):
        if TARGETS[number] != "partner":
            assert (await old.journal.add(account(number, state, None), change, "me")).change == change


async def test_a_killed_programs_change_guards_the_like_in_the_same_account(left: Bench) -> None:
    outcome = await left.queue(account=KILLED).submit(ISSUE).outcome()
    assert isinstance(outcome.error, ConflictError)
    assert left.server.asked == []


# -- it reconciles ---------------------------------------------------------------------------


async def test_what_a_killed_program_left_is_found_done(left: Bench) -> None:
    left.server.put(license_row("jetpack-scan_lost", issued_at=NOW))
    told = await left.queue(account=KILLED).recover()
    assert [outcome.state.value for outcome in told] == ["found_done", "not_sent"]
    assert told[0].license_keys == ("jetpack-scan_lost",)
    assert left.server.asked == []
    assert (await left.queue(account=KILLED).submit(ISSUE).outcome()).happened


async def test_what_a_killed_program_left_is_found_not_done_and_may_be_sent(left: Bench) -> None:
    left.server.put(license_row("jetpack-scan_before", issued_at=NOW - timedelta(seconds=5)))
    queue = left.queue(account=KILLED)
    told = await queue.recover()
    assert [outcome.state.value for outcome in told] == ["found_not_done", "not_sent"]
    assert (await queue.submit(ISSUE).outcome()).happened
    assert len(left.server.asked) == 1


async def test_what_a_killed_program_left_under_a_token_is_settled_by_its_key(left: Bench) -> None:
    """The token is linked to its key: with the user's token the same change is found, looked up and guarded."""
    left.server.put(license_row("jetpack-scan_lost", issued_at=NOW))
    left.journal.link([KeyToken(HOST, KILLED.rpartition(" ")[2], 123, 45)])
    queue = left.queue(account=f"{HOST} partner 123 key 45")
    with pytest.raises(ConflictError, match="not known whether"):
        await left.journal.add(queue.account, ISSUE, "me")
    told = await queue.recover()
    assert [outcome.state.value for outcome in told] == ["found_done", "not_sent"]
    assert left.server.asked == []


async def test_every_license_change_of_unknown_fate_is_looked_up(old: Bench) -> None:
    for state in ("sent", "unknown"):
        assign, unassign, revoke = changes(state)[:3]
        old.server.put(license_row(_key(assign), blog_id=7))
        old.server.put(license_row(_key(unassign)))
        old.server.put(license_row(_key(revoke)))
    ends: dict[str, list[Outcome[Any]]] = {}
    for state in ("sent", "unknown"):
        ends[state] = list(await old.queue(account=account(0, state, None)).recover())
    for state, outcomes in ends.items():
        found = {outcome.change.kind: outcome.state.value for outcome in outcomes}
        assert found["assign_license"] == "found_done", state
        assert found["unassign_license"] == "found_done", state
        assert found["revoke_license"] == "found_not_done", state
    assert old.server.asked == []


def _key(change: Mutation[Any]) -> LicenseKey:
    key = getattr(change, "license_key", None)
    assert isinstance(key, str)
    return LicenseKey(key)
