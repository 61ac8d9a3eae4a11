"""Which changes are on their way together: few, in order where they touch the same, slower after a 429."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from random import Random

from hypothesis import given, settings, strategies as st

from jpmanage_tui.operations.turns import AT_ONCE, Turns

KEYS = st.frozensets(st.sampled_from(["site:a", "site:b", "license:1", "license:2", "bundle:7"]), max_size=3)


async def settled() -> None:
    """Let every task take the steps that it can take now."""
    for _ in range(5):
        await asyncio.sleep(0)


class Changes:
    """Changes that hold their turn until a test lets them go."""

    def __init__(self, turns: Turns, keys: list[frozenset[str]]) -> None:
        self.keys = keys
        self.started: list[int] = []
        self.running: set[int] = set()
        self._turns = turns
        self._ends = [asyncio.Event() for _ in keys]
        self.tasks = [asyncio.create_task(self._hold(number)) for number in range(len(keys))]

    async def _hold(self, number: int) -> None:
        async with self._turns.turn(self.keys[number]):
            self.started.append(number)
            self.running.add(number)
            try:
                await self._ends[number].wait()
            finally:
                self.running.discard(number)

    async def end(self, number: int) -> None:
        self._ends[number].set()
        await settled()


@settings(max_examples=60, database=None)
@given(st.lists(KEYS, min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_a_few_go_together_and_those_that_share_a_key_in_their_order(
    keys: list[frozenset[str]], random: Random
) -> None:
    async def run() -> None:
        changes = Changes(Turns(), keys)
        await settled()
        while changes.running:
            assert len(changes.running) <= AT_ONCE
            touched = [key for number in changes.running for key in keys[number]]
            assert len(touched) == len(set(touched)), "two that share a key are never on their way together"
            await changes.end(random.choice(sorted(changes.running)))
        assert sorted(changes.started) == list(range(len(keys))), "none waits for ever"
        for key in frozenset().union(*keys):
            order = [number for number in changes.started if key in keys[number]]
            assert order == sorted(order), f"in the order in which they were asked for: {key}"

    asyncio.run(run())


async def test_one_that_waits_keeps_back_what_shares_a_key_with_it_only() -> None:
    changes = Changes(
        Turns(),
        [
            frozenset({"site:a"}),
            frozenset({"site:a", "license:1"}),
            frozenset({"license:1"}),
            frozenset({"license:2"}),
        ],
    )
    await settled()
    assert changes.started == [0, 3]
    await changes.end(0)
    assert changes.started == [0, 3, 1]
    await changes.end(1)
    assert changes.started == [0, 3, 1, 2]
    for number in (2, 3):
        await changes.end(number)


async def test_one_that_gives_up_waiting_or_ends_lets_the_next_one_go() -> None:
    changes = Changes(Turns(), [frozenset({"site:a"})] * 3)
    await settled()
    changes.tasks[1].cancel()
    await settled()
    changes.tasks[0].cancel()
    await settled()
    assert changes.started == [0, 2]
    await changes.end(2)
    for task in changes.tasks:
        with suppress(asyncio.CancelledError):
            await task


async def test_after_a_429_one_goes_at_a_time_and_slowly_more() -> None:
    turns = Turns()
    opened: list[bool] = []
    async with turns.pause():
        async with turns.pause():
            opened.append(turns.is_open)
        opened.append(turns.is_open)  # another one is being waited out still
    opened.append(turns.is_open)
    assert opened == [False, False, True]
    assert turns.at_once == 1
    changes = Changes(turns, [frozenset({f"license:{number}"}) for number in range(4)])
    await settled()
    assert changes.started == [0]
    for _ in range(8):
        turns.succeeded()
    await settled()
    assert (turns.at_once, changes.started) == (2, [0, 1])
    for _ in range(100):
        turns.succeeded()
    assert turns.at_once == AT_ONCE
    await settled()
    for number in range(4):
        await changes.end(number)
