"""A partner key is one scope of the journal, however it was opened: an issue whose answer was lost is never sent again.

Over real HTTP: what was sent is read from the sandbox's own list of requests.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from jpmanage_tui.account.service import AccountService, AppOptions
from jpmanage_tui.account.session import NeedsKey, Session
from jpmanage_tui.api.ids import PartnerKeyId, ProductSlug
from jpmanage_tui.operations.entry import Entry, EntryState
from jpmanage_tui.operations.errors import ConflictError, EarlierUnsettled
from jpmanage_tui.operations.mutation import Mutation
from jpmanage_tui.operations.mutations.licenses import IssueLicense
from tests.cli.harness import KEY, SECOND_KEY, USER
from tests.operations.over_http import World, sandbox_on_disk, world_at

ISSUE = IssueLicense(ProductSlug("jetpack-scan"), None, "Jetpack Scan")
ROTATED = "sandbox-key-rotated"
LOST = ("POST */license reset-after x1", "GET */licenses 401 +1")
"""The answer is lost after the license was issued, and nobody can look whether it was."""
ROOT = str(Path(__file__).parents[2])


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A sandbox over real HTTP: its address and its database."""
    with sandbox_on_disk(tmp_path_factory.mktemp("sandbox"), licenses=30) as place:
        yield place


@pytest.fixture
async def world(place: tuple[str, Path]) -> AsyncIterator[World]:
    """The sandbox with the tokens it began with."""
    async with world_at(*place) as world:
        yield world
        world.write("UPDATE tokens SET token=? WHERE token=?", KEY, ROTATED)


class Place:
    """A machine's folders, and how jpmanage is opened there."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world = world
        self.env = {
            "JPMANAGE_API_URL": world.url,
            "JPMANAGE_STRIPE_URL": world.url,
            "JPMANAGE_CONFIG_DIR": str(folder / "config"),
            "JPMANAGE_STATE_DIR": str(folder / "state"),
        }
        self.asked: list[list[int]] = []
        self.answer = False

    async def ask(self, _change: Mutation[Any], earlier: tuple[Entry, ...]) -> bool:
        self.asked.append([entry.id for entry in earlier])
        return self.answer

    @asynccontextmanager
    async def opened(
        self, *, key: str | None = None, user: str | None = None, choose: int | None = None, ask: bool = True
    ) -> AsyncIterator[Session]:
        """Open a session with these tokens; `choose` is the partner key chosen by its place among the keys."""
        given = {"JPMANAGE_TOKEN": key, "JPMANAGE_USER_TOKEN": user}
        account_service = AccountService.from_environment(
            AppOptions(), self.env | {n: text for n, text in given.items() if text}
        )
        account_service.ask = self.ask if ask else None
        try:
            if choose is None:
                session = await account_service.open()
            else:
                with pytest.raises(NeedsKey) as need:
                    await account_service.open()
                session = await account_service.open_key(PartnerKeyId(need.value.partner.keys[choose].id))
            yield session
            await session.close()
        finally:
            await account_service.close()

    async def posts(self) -> int:
        """Return how many requests to issue a license the sandbox got."""
        return sum(wire.path.endswith("/license") for wire in await self.world.sent())

    async def lose(self, session: Session) -> int:
        """Issue a license whose answer is lost and that cannot be looked up; return its number in the journal."""
        page = session.take_first_page()
        if page is not None:
            await page
        await self.world.faults(*LOST)
        outcome = await session.queue.submit(ISSUE).outcome()
        await self.world.faults()
        assert outcome.unknown, outcome.sentence
        assert outcome.entry_id is not None
        assert await self.posts() == 1
        return outcome.entry_id


@pytest.fixture
def here(world: World, tmp_path: Path) -> Place:
    return Place(world, tmp_path)


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ({"key": KEY}, {"key": KEY, "user": USER}),
        ({"key": KEY, "user": USER}, {"key": KEY}),
        ({"key": KEY}, {"user": USER, "choose": 0}),
        ({"user": USER, "choose": 0}, {"key": KEY}),
        ({"key": KEY}, {"key": KEY}),
    ],
    ids=["key, key and user", "key and user, key", "key, user", "user, key", "key, key"],
)
async def test_what_was_lost_under_one_opening_of_a_key_blocks_the_like_under_another(
    here: Place, first: dict[str, Any], then: dict[str, Any]
) -> None:
    async with here.opened(**first) as session:
        entry_id = await here.lose(session)
    async with here.opened(**then) as session:
        outcome = await session.queue.submit(ISSUE).outcome()
        assert isinstance(outcome.error, ConflictError), outcome.sentence
        assert not isinstance(outcome.error, EarlierUnsettled), outcome.sentence
        assert [entry.id for entry in await session.queue.history()] == [entry_id]
        told = await session.queue.recover()
        entry = (await session.queue.entries())[0]
        assert entry.state in (EntryState.CONFIRMED_DONE, EntryState.UNKNOWN), told
        await session.queue.recheck(entry_id)
        assert (await session.queue.entries())[0].state is EntryState.CONFIRMED_DONE
        assert here.asked == []
        assert await here.posts() == 1
        assert (await session.queue.submit(ISSUE).outcome()).happened
        assert await here.posts() == 2


async def test_a_second_program_with_other_tokens_of_the_key_sends_nothing_while_the_first_one_runs(
    here: Place,
) -> None:
    async with here.opened(key=KEY) as first:
        await here.lose(first)
        async with here.opened(key=KEY, user=USER) as second:
            outcome = await second.queue.submit(ISSUE).outcome()
            assert isinstance(outcome.error, ConflictError)
            assert not isinstance(outcome.error, EarlierUnsettled)
        assert (await first.queue.submit(ISSUE).outcome()).nothing_done
    assert await here.posts() == 1


async def test_after_a_token_was_rotated_the_user_is_asked_and_nothing_is_sent_without_the_word(
    here: Place,
) -> None:
    async with here.opened(key=KEY) as session:
        entry_id = await here.lose(session)
    here.world.write("UPDATE tokens SET token=? WHERE token=?", ROTATED, KEY)
    for user in (None, USER):
        async with here.opened(key=ROTATED, user=user) as session:
            assert (await session.queue.submit(ISSUE).outcome()).nothing_done
            assert here.asked.pop() == [entry_id]
            assert [entry.id for entry in await session.queue.history()] == [entry_id]
        async with here.opened(key=ROTATED, user=user, ask=False) as session:
            assert isinstance((await session.queue.submit(ISSUE).outcome()).error, EarlierUnsettled)
    assert await here.posts() == 1
    here.answer = True
    async with here.opened(key=ROTATED) as session:
        assert (await session.queue.submit(ISSUE).outcome()).happened
    assert await here.posts() == 2


async def test_a_token_that_was_seen_at_its_key_once_blocks_after_it_was_rotated(here: Place) -> None:
    async with here.opened(key=KEY, user=USER) as session:
        await session.queue.recover()
    async with here.opened(key=KEY) as session:
        await here.lose(session)
    here.world.write("UPDATE tokens SET token=? WHERE token=?", ROTATED, KEY)
    async with here.opened(key=ROTATED, user=USER) as session:
        outcome = await session.queue.submit(ISSUE).outcome()
        assert isinstance(outcome.error, ConflictError)
        assert not isinstance(outcome.error, EarlierUnsettled)
    assert here.asked == []
    assert await here.posts() == 1


async def test_a_token_that_is_renewed_while_the_program_runs_is_known_afterwards(here: Place) -> None:
    """Its old one is refused: the partner's record gives the new one, and the journal notes whose it is."""
    async with here.opened(user=USER, choose=0) as session:
        here.world.write("UPDATE tokens SET token=? WHERE token=?", ROTATED, KEY)
        await session.client.licenses.counts()
        await here.lose(session)
    async with here.opened(key=ROTATED) as session:
        outcome = await session.queue.submit(ISSUE).outcome()
        assert isinstance(outcome.error, ConflictError)
        assert not isinstance(outcome.error, EarlierUnsettled)
    assert here.asked == []
    assert await here.posts() == 1


async def test_another_key_of_the_same_partner_is_not_in_the_way_once_both_are_known(here: Place) -> None:
    async with here.opened(key=KEY) as session:
        await here.lose(session)
    async with here.opened(user=USER, choose=1) as session:
        assert (await session.queue.submit(ISSUE).outcome()).happened
    async with here.opened(key=SECOND_KEY) as session:
        assert (await session.queue.submit(ISSUE).outcome()).happened
    assert here.asked == []
    assert await here.posts() == 3


async def test_two_tokens_of_which_nothing_is_known_are_asked_about(here: Place) -> None:
    async with here.opened(key=KEY) as session:
        entry_id = await here.lose(session)
    async with here.opened(key=SECOND_KEY) as session:
        assert (await session.queue.submit(ISSUE).outcome()).nothing_done
    assert here.asked == [[entry_id]]
    assert await here.posts() == 1


_SENDS = """
import asyncio, os
from tests.account.test_one_scope import ISSUE, AccountService, AppOptions
async def main():
    account_service = AccountService.from_environment(AppOptions(), os.environ)
    session = await account_service.open()
    operation = session.queue.submit(ISSUE)
    await operation.outcome()
asyncio.run(main())
"""


async def test_a_program_that_is_killed_while_sending_blocks_the_like_in_one_that_runs(here: Place) -> None:
    """It hangs after the license was issued; the other program, with other tokens of the same key, finds that out."""
    await here.world.faults("POST */license hang-after x1")
    async with here.opened(key=KEY, user=USER) as session:
        assert await session.queue.recover() == ()
        child = subprocess.Popen(  # noqa: ASYNC220 - it is not waited for
            [sys.executable, "-c", _SENDS], cwd=ROOT, env=os.environ | here.env | {"JPMANAGE_TOKEN": KEY}
        )
        try:
            while not here.world.changed():
                assert child.poll() is None
            sending = await session.queue.submit(ISSUE).outcome()
            assert "another change is on its way" in sending.sentence
        finally:
            child.send_signal(signal.SIGKILL)
            child.wait()
        outcome = await session.queue.submit(ISSUE).outcome()
        assert isinstance(outcome.error, ConflictError)
        assert "on its way" not in outcome.sentence
        async with asyncio.timeout(20):
            while session.queue.verifying:  # noqa: ASYNC110 - its end is told as an event, to an app
                await asyncio.sleep(0.005)
        (entry,) = await session.queue.entries()
        assert entry.state is EntryState.CONFIRMED_DONE
    assert await here.posts() == 1
