"""What can be done for an account before it has a session: its terms, its sign-up form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jpmanage_tui.account.session import NoAccount

if TYPE_CHECKING:
    from jpmanage_tui.account.runtime import AccountConnection, Runtime
    from jpmanage_tui.api.models.partner import Partner
    from jpmanage_tui.operations.mutation import Mutation
    from jpmanage_tui.operations.outcome import Outcome


class Onboarding:
    """Holds the line of an account that cannot be opened yet, until what it lacks is done."""

    def __init__(self, works: Runtime) -> None:
        """`works` makes the queue for the changes."""
        self._works = works
        self._line: AccountConnection | None = None

    @property
    def line(self) -> AccountConnection:
        """The line of the account. Raises NoAccount when none waits here."""
        if self._line is None:
            raise NoAccount("No account is open yet.")
        return self._line

    def holds(self, line: AccountConnection) -> bool:
        """Return whether this line waits here."""
        return self._line is line

    def hold(self, line: AccountConnection) -> None:
        """Let a line wait here."""
        self._line = line

    async def carry_out(self, change: Mutation[Partner]) -> Outcome[Partner]:
        """Carry out a change of the account through the journal; the line is let go when it has happened."""
        line = self.line
        queue = line.queue(self._works.name_gate(line.tokens))
        try:
            await queue.recover()  # one of unknown fate, of an earlier run, would forbid this one
            outcome = await queue.submit(change).outcome()
        finally:
            await queue.close()
        if outcome.happened:
            await self.close()
        return outcome

    async def close(self) -> None:
        """Let the line go."""
        line, self._line = self._line, None
        if line is not None:
            await line.aclose()
