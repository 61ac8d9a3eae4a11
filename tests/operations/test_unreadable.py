"""A row of the journal that this version cannot read: it is shown, guards its target, and blocks nothing else."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from hypothesis import given, settings, strategies as st

from jpmanage_tui.api.errors import ApiConnectionError
from jpmanage_tui.api.ids import BlogId, LicenseKey, ProductSlug
from jpmanage_tui.operations.entry import NO_TIME, Entry, EntryState, entry_of
from jpmanage_tui.operations.errors import ConflictError
from jpmanage_tui.operations.lease import new_owner
from jpmanage_tui.operations.mutation import NO_SECRETS, UnreadableMutation, mutation_from_json
from jpmanage_tui.operations.mutations.licenses import AssignLicense, IssueLicense, RevokeLicense
from tests.operations.conftest import ACCOUNT, Bench
from tests.operations.fakes import license_row, lost

KEY = LicenseKey("jetpack-scan_abc")
ISSUE = IssueLicense(ProductSlug("jetpack-scan"), None, "Jetpack Scan")
ASSIGN = AssignLicense(KEY, BlogId(7), "a.example", "Jetpack Scan")
DAMAGES = {
    "kind": ("kind='set_on_fire'", "kind 'set_on_fire'"),
    "state": ("state='confirmed_done'", "in the state 'confirmed_done'"),
    "field missing": ("change='{}'", "kind 'issue_license'"),
    "field more": (
        """change='{"product":"jetpack-scan","quantity":null,"product_name":"Jetpack Scan","site":7}'""",
        "kind 'issue_license'",
    ),
    "field of another type": (
        """change='{"product":"jetpack-scan","quantity":[],"product_name":"Jetpack Scan"}'""",
        "kind 'issue_license'",
    ),
    "no JSON": ("change='{\"product'", "kind 'issue_license'"),
    "bytes": ("change=x'ff00'", "kind 'issue_license'"),
    "payload version": ("payload_version=2", "kind 'issue_license'"),
    "time": ("sent_at='yesterday'", "sent_at 'yesterday'"),
    "time as number": ("created_at=12", "created_at '12'"),
    "codes": ("before='jetpack'", "before 'jetpack'"),
    "codes of another type": ("result='[1]'", "result '[1]'"),
    "confirmed": ("acknowledged='null'", "acknowledged 'null'"),
}
"""What is wrong with the row, and how its entry says so."""


async def damaged(bench: Bench, damage: str, state: EntryState = EntryState.UNKNOWN) -> Entry:
    """Note an issue of unknown fate, whose program has ended, and damage its row."""
    entry = await bench.journal.add(ACCOUNT, ISSUE, new_owner())
    await bench.journal.mark_sent(entry.id)
    await bench.journal.release(entry.owner)
    with closing(sqlite3.connect(bench.path)) as db, db:
        db.execute("UPDATE entries SET state=? WHERE id=?", (state, entry.id))
        db.execute(f"UPDATE entries SET {DAMAGES[damage][0]} WHERE id=?", (entry.id,))
    return await bench.journal.entry(entry.id)


@pytest.mark.parametrize("damage", DAMAGES)
async def test_it_is_shown_as_such_with_its_text(bench: Bench, damage: str) -> None:
    entry = await damaged(bench, damage)
    assert not entry.readable
    assert isinstance(entry.change, UnreadableMutation)
    assert DAMAGES[damage][1] in entry.change.summary()
    assert "cannot read" in entry.change.summary()
    assert entry.change.conflict_key == "issue:jetpack-scan"
    assert entry.state is EntryState.UNKNOWN
    (shown,) = await bench.queue().history()
    assert shown == entry
    if damage == "field more":
        assert '"site":7' in entry.change.payload


@pytest.mark.parametrize("damage", DAMAGES)
async def test_it_guards_its_target_till_the_user_settles_it(bench: Bench, damage: str) -> None:
    entry = await damaged(bench, damage)
    queue = bench.queue()
    outcome = await queue.submit(ISSUE).outcome()
    assert isinstance(outcome.error, ConflictError)
    assert "Settle it in Operations" in outcome.sentence
    assert bench.server.asked == []
    assert (await queue.recheck(entry.id)).unknown, "there is nothing by which it could be looked up"
    assert (await queue.resolve_manually(entry.id, done=False)).state is EntryState.CONFIRMED_NOT_DONE
    assert (await queue.submit(ISSUE).outcome()).happened


@pytest.mark.parametrize("damage", DAMAGES)
async def test_it_blocks_nothing_else(bench: Bench, damage: str) -> None:
    """What an earlier run left besides it is looked up, other changes are sent, and looks know the other codes."""
    await damaged(bench, damage)
    left = await bench.journal.add(ACCOUNT, ASSIGN, new_owner())
    await bench.journal.mark_sent(left.id)
    await bench.journal.release(left.owner)
    bench.server.put(license_row(KEY, blog_id=7))
    queue = bench.queue()
    told = await queue.recover()
    assert [(one.entry_id, one.state.value) for one in told] == [(left.id, "found_done")]
    assert (await queue.submit(RevokeLicense(KEY, "Jetpack Scan")).outcome()).happened
    plus = IssueLicense(ProductSlug("jetpack-plus"), None, "Jetpack Plus")
    bench.server.faults = [lost()]
    assert (await queue.submit(plus).outcome()).state is EntryState.CONFIRMED_DONE
    assert len(await queue.history()) == 4


async def test_what_was_being_sent_when_its_program_ended_becomes_unknown_and_is_not_looked_up(
    bench: Bench,
) -> None:
    entry = await damaged(bench, "kind", EntryState.SENT)
    (told,) = await bench.queue().recover()
    assert told.unknown
    assert (await bench.journal.entry(entry.id)).state is EntryState.UNKNOWN
    assert bench.server.reads == []


async def test_a_state_that_is_not_known_is_left_as_it_stands(bench: Bench) -> None:
    entry = await damaged(bench, "state")
    queue = bench.queue()
    await queue.recover()
    await queue.recheck(entry.id)
    with closing(sqlite3.connect(bench.path)) as db:
        assert db.execute("SELECT state FROM entries").fetchone() == ("confirmed_done",)


async def test_a_row_without_a_time_has_none(bench: Bench) -> None:
    await damaged(bench, "kind")
    with closing(sqlite3.connect(bench.path)) as db, db:
        db.execute("UPDATE entries SET created_at='', sent_at=NULL")
    (entry,) = await bench.journal.entries()
    assert entry.created_at == NO_TIME


def test_a_payload_of_a_later_version_is_refused() -> None:
    assert mutation_from_json(ISSUE.kind, ISSUE.to_json(), 1) == ISSUE
    with pytest.raises(ValueError, match="newer form"):
        mutation_from_json(ISSUE.kind, ISSUE.to_json(), 2)


async def test_it_is_never_sent(bench: Bench) -> None:
    entry = await damaged(bench, "kind")
    assert (await bench.queue().submit(entry.change).outcome()).state is EntryState.NOT_SENT
    with pytest.raises(ValueError, match="cannot read"):
        await entry.change.send(bench.server, NO_SECRETS)
    assert bench.server.asked == []


async def test_a_look_that_cannot_be_made_leaves_the_others_to_be_made(bench: Bench) -> None:
    await damaged(bench, "kind")
    bench.server.read_faults = [ApiConnectionError("No line.")] * 9
    assert await bench.queue().recover() == ()


VALUES = st.one_of(
    st.none(), st.integers(-5, 5), st.floats(allow_nan=False), st.text(max_size=20), st.binary(max_size=8)
)
NAMES = (
    "account", "kind", "target", "change", "state", "created_at", "sent_at", "settled_at", "server_date", "before",
    "request_id", "message", "result", "owner", "payload_version", "acknowledged", "run_id",
)  # fmt: skip


@settings(max_examples=60, deadline=None, database=None)
@given(st.dictionaries(st.sampled_from(NAMES), VALUES, min_size=1, max_size=4))
def test_whatever_stands_in_a_row_reading_it_is_no_error(damage: dict[str, object]) -> None:
    row = {
        "id": 1, "account": "h key abc", "kind": "issue_license", "target": "issue:jetpack-scan",
        "change": ISSUE.to_json(), "state": "unknown", "created_at": "2026-11-23T12:00:00+00:00", "sent_at": None,
        "settled_at": None, "server_date": None, "before": "[]", "request_id": None, "message": "", "result": "[]",
        "owner": "x", "payload_version": 1, "acknowledged": "[]", "run_id": None,
    }  # fmt: skip
    entry = entry_of(row | damage)  # type: ignore[arg-type]
    assert entry.change.summary()
    assert entry.change.conflict_key == str((row | damage)["target"] if not entry.readable else row["target"])
