"""Cells of a command that comes while a run of the app is under way: it changes the same licenses in another way, or is
about that run itself. What it says is true, and nothing is done twice or lost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from jpmanage_tui.cli.exit_codes import ExitCode
from tests.matrix.commands import ENDED, ExpectedCommand, Words, check_made, runs_in
from tests.matrix.place import Place, served
from tests.matrix.program import until
from tests.matrix.runs import made_in
from tests.matrix.shell import Ran, command, start

LONG = "latency=3"
"""So long a change of the app takes that a command meets it."""
LATE = frozenset({ExitCode.OK, ExitCode.USAGE})
"""How a command about a run may end that comes when the run has ended: it prints it, or nothing is left of it."""
APP_RUN = "1"


@dataclass(frozen=True)
class Beside:
    """What a command does meanwhile: its words, of those of the app's, and in which rows there is such a thing.

    It is another run where ``more`` is not None: so many changes it makes beside the app's, once it can.
    """

    name: str
    words: Callable[[Words], Words] = field(repr=False)
    rows: frozenset[str]
    code: ExitCode = ExitCode.OUTCOME_UNKNOWN
    more: int | None = None


UNASSIGN, REVOKE, ISSUE = "licenses unassign, 4", "licenses revoke, 3", "licenses issue, 3"
ROWS_OF_APP = frozenset({UNASSIGN, REVOKE, ISSUE})
BESIDE: tuple[Beside, ...] = (
    Beside("cancels it", lambda _: ("operations", "cancel", APP_RUN), ROWS_OF_APP),
    Beside("discards it", lambda _: ("operations", "discard", APP_RUN), ROWS_OF_APP),
    Beside("resumes it", lambda _: ("operations", "resume", APP_RUN), ROWS_OF_APP),
    Beside("retries it", lambda _: ("operations", "retry", APP_RUN), ROWS_OF_APP),
    Beside(
        "resumes it, waiting",
        lambda _: ("operations", "resume", APP_RUN, "--wait"),
        ROWS_OF_APP,
        code=ExitCode.OK,
    ),
    Beside("asks for some of the same", lambda words: words[:3], frozenset({UNASSIGN, REVOKE}), more=0),
    Beside(
        "revokes one of them", lambda words: ("licenses", "revoke", words[2]), frozenset({UNASSIGN}), more=1
    ),
    Beside(
        "issues the same product",
        lambda _: ("licenses", "issue", "jetpack-scan:2"),
        frozenset({ISSUE}),
        more=2,
    ),
)


async def beside_app(expected: ExpectedCommand, beside: Beside, folder: Path) -> None:
    """While the changes of a run of the app are on their way a command comes."""
    async with served(expected.image, folder) as place:
        await place.faults(expected.row.route.spec(LONG))
        app = start(place, *expected.words, app=True)

        async def is_sending() -> bool:
            assert app.child.alive, f"the app ended by itself: {await app.ended()}"
            return bool(await place.sent())

        await until(is_sending)
        ran = await command(place, *beside.words(expected.words), "--yes", "--json")
        had_ended = not app.child.alive
        ended = await app.ended()
        assert ended.code == ExitCode.OK, f"the app: {ended}"
        await place.faults()
        if beside.more is None:
            assert ran.code == beside.code or (had_ended and ran.code in LATE), str(ran)
            assert (await place.sent(), len(runs_in(place))) == (expected.row.requests, 1), str(ran)
            if ran.code == ExitCode.OK:
                assert [row["state"] for row in ran.rows] == ["done"] * expected.items, ran.out
            check_made(expected, place)
        else:
            await _made_beside(expected, beside.more, ran, place)
        assert dict(runs_in(place))[int(APP_RUN)] in ENDED


async def _made_beside(expected: ExpectedCommand, more: int, ran: Ran, place: Place) -> None:
    """Have the command's own run go on, where it waits for the app's, and hold both against the database."""
    runs = runs_in(place)
    if any(state not in ENDED for _, state in runs):
        assert ran.code == ExitCode.OUTCOME_UNKNOWN, f"it was held back: {ran}"
        assert f"operations resume {runs[-1][0]}`" in ran.err, ran.err
        assert await place.sent() == expected.row.requests, f"what was held back was sent: {ran}"
        check_made(expected, place)
        ran = await command(place, "operations", "resume", str(runs[-1][0]), "--yes", "--json")
    done = Counter(row["state"] for row in ran.rows)["done"]
    made = made_in(place).changes
    lost, added = expected.made.licenses.changes - made, made - expected.made.licenses.changes
    assert (lost.total(), added.total()) == (0, more), f"lost: {lost}, added: {added}: {ran}"
    assert (ran.code, done) == ((ExitCode.OK, more) if more else (ExitCode.REFUSED, 0)), str(ran)
