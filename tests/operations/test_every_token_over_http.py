"""Every change over real HTTP with a token that is wrong, unknown, missing or renewed, and with a server that is busy."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from jpmanage_tui.api.errors import ApiError, AuthenticationError, MissingTokenError, RateLimitError
from jpmanage_tui.api.ids import LicenseKey
from jpmanage_tui.api.tokens import StaticTokens, TokenKind
from jpmanage_tui.operations.mutation import MUTATIONS
from jpmanage_tui.operations.mutations.licenses import IssueLicense
from jpmanage_tui.operations.mutations.sites import ConnectSite
from jpmanage_tui.operations.policy import Policy
from tests.operations.over_http import POLICY, World
from tests.operations.some_licenses import REQUESTS, SCAN, Ask, assign, attached, detached, revoke, unassign
from tests.sandbox.harness import API, free_site

EVERY: dict[str, Ask] = {
    "assign": assign,
    "unassign": unassign,
    "revoke": revoke,
    "issue": lambda key, site: IssueLicense(SCAN, None, "Jetpack Scan"),
    "connect a site": lambda key, site: ConnectSite("https://token.example", "1"),
}


@pytest.mark.parametrize("ask", EVERY.values(), ids=list(EVERY))
async def test_a_users_token_in_the_place_of_a_keys_is_forbidden(world: World, ask: Ask) -> None:
    key, site = await attached(world), await free_site(world.http)
    caller = await world.caller("sandbox-user")
    await world.forget()
    outcome = await caller.run(ask(key, site))
    assert outcome.nothing_done
    asked = await world.log()
    if isinstance(outcome.error, ApiError):
        assert (outcome.error.status, outcome.error.code) == (403, "rest_forbidden")
        assert [entry["token"] for entry in asked] == ["user"]
    else:  # an issue notes what there is before, and that is refused
        assert "this call takes a partner key's token" in outcome.sentence
        assert await world.sent() == []
    assert world.changed() == []


@pytest.mark.parametrize("ask", EVERY.values(), ids=list(EVERY))
async def test_a_token_that_nobody_knows_is_not_signed_in_and_nothing_is_sent_twice(
    world: World, ask: Ask
) -> None:
    caller = await world.caller("no-such-token")
    await world.forget()
    outcome = await caller.run(ask(LicenseKey("jetpack-scan_x"), 1))
    assert outcome.nothing_done
    assert len(await world.log()) == 1
    assert "The OAuth2 token is invalid." in outcome.sentence


@pytest.mark.parametrize("ask", EVERY.values(), ids=list(EVERY))
async def test_without_a_keys_token_nothing_is_sent_at_all(world: World, ask: Ask) -> None:
    caller = await world.caller(None)
    await world.forget()
    outcome = await caller.run(ask(LicenseKey("jetpack-scan_x"), 1))
    assert outcome.state.value == "not_sent"
    assert "a partner key's token" in outcome.sentence
    if not isinstance(ask(LicenseKey("x"), 1), IssueLicense):
        assert isinstance(outcome.error, MissingTokenError)
    assert await world.log() == []


class FreshLater(StaticTokens):
    """A key's token that is refused, and the one that can be had instead."""

    def __init__(self, fresh: str | None) -> None:
        super().__init__(SecretStr("stale"))
        self._fresh = SecretStr(fresh) if fresh else None
        self._asked = False

    async def get(self, kind: TokenKind) -> SecretStr | None:
        return self._fresh if self._asked else await super().get(kind)

    async def refresh(self, kind: TokenKind, stale: SecretStr) -> SecretStr | None:
        self._asked = True
        return self._fresh


@pytest.mark.parametrize(
    ("fresh", "state", "tokens"),
    [
        ("sandbox-key", "done", ["unknown", "key"]),
        ("stale-too", "refused", ["unknown", "unknown"]),
    ],
)
async def test_a_401_is_sent_once_more_with_a_fresh_token_and_no_third_time(
    world: World, fresh: str, state: str, tokens: list[str]
) -> None:
    key = await detached(world)
    caller = await world.caller(tokens=FreshLater(fresh))
    await world.forget()
    outcome = await caller.run(revoke(key, 0))
    assert outcome.state.value == state
    assert (outcome.error is None) == (state == "done")
    assert isinstance(outcome.error, AuthenticationError | None)
    sent = await world.sent()
    assert [one.token for one in sent] == tokens
    assert {(one.method, one.path, *one.query.values()) for one in sent} == {
        ("DELETE", f"{API}/license", key)
    }
    assert [kind for kind, _, _ in world.changed()] == (["revoke"] if state == "done" else [])


@pytest.mark.parametrize(("times", "state", "requests"), [(2, "done", 3), (99, "refused", 6)])
async def test_a_429_is_waited_out_as_often_as_is_decent(
    world: World, times: int, state: str, requests: int
) -> None:
    key, waited = await detached(world), []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    caller = await world.caller(policy=Policy(sleep=sleep))
    await world.faults(f"DELETE * 429=7 x{times}")
    await world.forget()
    outcome = await caller.run(revoke(key, 0))
    assert outcome.state.value == state
    assert isinstance(outcome.error, RateLimitError | None)
    assert waited == [7.0] * (requests - 1), "as long as the server's Retry-After says"
    assert await world.sent() == [REQUESTS[revoke](key, 0)] * requests
    assert len(world.changed()) == (1 if state == "done" else 0)


async def test_nothing_is_asked_of_the_server_when_the_program_may_only_look(world: World) -> None:
    caller = await world.caller()
    key = await detached(world)
    queue = type(caller.queue)(caller.client, caller.queue.journal, "a", True, policy=POLICY)
    await world.forget()
    for ask in EVERY.values():
        assert (await queue.submit(ask(key, 1)).outcome()).state.value == "not_sent"
    await queue.close()
    assert (await world.log(), world.changed()) == ([], [])


def test_every_change_there_is_has_its_specification() -> None:
    texts = "".join(path.read_text() for path in Path(__file__).parent.glob("test_every_*_over_http.py"))
    texts += "".join(path.read_text() for path in Path(__file__).parent.glob("some_*.py"))
    assert [change.__name__ for change in MUTATIONS.values() if f"{change.__name__}(" not in texts] == []
