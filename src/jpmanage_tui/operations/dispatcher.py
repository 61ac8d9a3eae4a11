"""Sending a change; again only where the server's answer proves that nothing was done."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TypeVar

from pydantic import SecretStr

from jpmanage_tui.api.errors import ApiError, AuthenticationError, RateLimitError
from jpmanage_tui.api.request import Exchange
from jpmanage_tui.api.tokens import TokenKind, TokenProvider
from jpmanage_tui.operations.errors import Stopped
from jpmanage_tui.operations.journal import Journal
from jpmanage_tui.operations.mutation import Snapshot
from jpmanage_tui.operations.operation import Operation
from jpmanage_tui.operations.policy import Policy
from jpmanage_tui.operations.ports import ClientPort
from jpmanage_tui.operations.snapshot import Snapshots
from jpmanage_tui.operations.turns import Turns

T = TypeVar("T")
NO_CARD = "missing_valid_payment_method"
"""The code with which the API refuses to issue without a valid card (contract: licenses 3.5)."""
OnWait = Callable[[float, str], None]


@dataclass
class _Tries:
    renewed: bool = False
    rate_limited: int = 0
    without_card: int = 0


class Dispatcher:
    """Sends one operation's change, noting in the journal each time before it leaves."""

    def __init__(
        self,
        client: ClientPort,
        tokens: TokenProvider | None,
        journal: Journal,
        policy: Policy,
        closing: asyncio.Event,
        account: Callable[[], str],
        turns: Turns,
    ) -> None:
        """``tokens`` renews a refused token (None: never); ``closing`` is set when no more may be sent; ``account`` is
        the journal's of the token in use; ``turns`` keeps the others back while a 429 is waited out.
        """
        self._client = client
        self._tokens = tokens
        self._journal = journal
        self._policy = policy
        self._closing = closing
        self._account = account
        self._turns = turns
        self._snapshots = Snapshots(client)

    async def send(
        self, operation: Operation[T], entry_id: int, on_wait: OnWait, on_exchange: Callable[[Exchange], None]
    ) -> T:
        """Send it and return the answer; ``on_wait`` is called with the seconds it waits, and why, ``on_exchange``
        with each of its own requests with the answer's status and id.

        Raises:
            ApiError: as the client; AuthenticationError, RateLimitError and RequestRejectedError only after the tries
                that are safe.
            OperationError: nothing was done: the wait was stopped, or the journal cannot note it.

        """
        tries = _Tries()
        client = self._client.with_options(on_exchange=on_exchange)
        while True:
            if not self._turns.is_open:
                await self._first_of(operation, self._turns.wait_until_open())
            self._check(operation)
            token = await self._mark_sent(operation, entry_id)
            try:
                result = await operation.change.send(client, operation.request.secrets)
                self._turns.succeeded()
                return result
            except ApiError as error:
                pause = self._pause_after(error, operation, tries)
                if pause is None and not await self._renew(error, operation, token, tries):
                    raise
                refusal = error
            await self._journal.mark_queued(entry_id)
            if pause is None:
                continue
            on_wait(pause, refusal.message)
            async with self._turns.pause() if isinstance(refusal, RateLimitError) else nullcontext():
                await self._first_of(operation, self._policy.sleep(pause))

    def _token_kind(self, operation: Operation[T]) -> TokenKind:
        return self._client.account_context.token_kind(operation.change.token)

    def _check(self, operation: Operation[T]) -> None:
        if operation.stopped.is_set():
            raise Stopped("It was stopped before it was sent.")
        if self._closing.is_set():
            raise Stopped("The program was ending.")

    async def _mark_sent(self, operation: Operation[T], entry_id: int) -> SecretStr | None:
        change = operation.change
        snapshot = (
            await self._snapshots.take() if change.needs_snapshot else Snapshot(self._client.server_now())
        )
        token = await self._tokens.get(self._token_kind(operation)) if self._tokens is not None else None
        if not await self._journal.mark_sent(entry_id, snapshot, self._account()):
            raise Stopped("Another jpmanage settled it meanwhile.")
        return token

    def _pause_after(self, error: ApiError, operation: Operation[T], tries: _Tries) -> float | None:
        """Return the seconds after which it may be sent again, None if it may not for a reason of time."""
        policy = self._policy
        if isinstance(error, RateLimitError):
            tries.rate_limited += 1
            pause = (
                error.retry_after
                if error.retry_after is not None
                else policy.rate_limit_pause * tries.rate_limited
            )
            return (
                pause
                if tries.rate_limited < policy.rate_limit_tries and pause <= policy.rate_limit_longest
                else None
            )
        if (
            error.code == NO_CARD
            and operation.change.retry_while_card_propagates
            and operation.request.card_just_added
        ):
            tries.without_card += 1
            return policy.card_pause * tries.without_card if tries.without_card <= policy.card_tries else None
        return None

    async def _renew(
        self, error: ApiError, operation: Operation[T], token: SecretStr | None, tries: _Tries
    ) -> bool:
        """Return whether a 401 may be answered by sending once more, with a fresh token."""
        if (
            not isinstance(error, AuthenticationError)
            or tries.renewed
            or self._tokens is None
            or token is None
        ):
            return False
        tries.renewed = True
        try:
            return await self._tokens.refresh(self._token_kind(operation), token) is not None
        except ApiError:
            return False  # the 401 itself is what the user must hear of

    async def _first_of(self, operation: Operation[T], wait: Awaitable[object]) -> None:
        """Wait, but no longer than till the operation is stopped or the queue is closed."""
        await first_of(wait, operation.stopped.wait(), self._closing.wait())


async def first_of(*waits: Awaitable[object]) -> None:
    """Return when the first of ``waits`` has ended; the others are canceled."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
