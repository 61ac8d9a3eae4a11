"""What is drawn: each scene is a name and what is done before the picture is taken."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from jpmanage_tui.api.models.license import LicenseState
from jpmanage_tui.ui.licenses.list import Ref
from jpmanage_tui.ui.licenses.view import LicensesView
from tests.ui.harness import Run


@dataclass(frozen=True)
class Scene:
    """A picture: its file name without size and ending, the steps to it, and how the app is started."""

    name: str
    steps: Callable[[Run], Awaitable[None]]
    start: dict[str, Any] = field(default_factory=dict)


async def _ready(run: Run) -> LicensesView:
    view = run.view(LicensesView)
    await run.until(lambda: view.counts is not None and not view._reader.busy, "rows and counts")
    return view


async def _list(run: Run) -> None:
    await _ready(run)


async def _expanded(run: Run) -> None:
    view = await _ready(run)
    known = view.book.rows.known.items()
    row = next(row for row, one in known if one.state is LicenseState.ATTACHED and one.siteurl)
    await run.press(*["j"] * row, "enter")
    await run.sees("License code")


async def _bundle(run: Run) -> None:
    view = await _ready(run)
    while not (rows := [row for row, one in view.book.rows.known.items() if one.is_bundle]):
        await run.press("pagedown", "pagedown")
        await run.until(lambda: not view._reader.busy, "the page")
    view.license_list.place(view.license_list.line_of(Ref(rows[0])))
    await run.press("enter")
    bundle = view.current
    assert bundle is not None
    await run.until(lambda: view.book.children_of(bundle).known and not view._reader.busy, "its licenses")


async def _search(run: Run) -> None:
    view = await _ready(run)
    await run.press("slash")
    await run.write("bakery")
    await run.press("enter")
    await run.until(lambda: view.book.query.search and view.book.rows.total, "hits")


async def _nothing_found(run: Run) -> None:
    await _ready(run)
    await run.press("slash")
    await run.write("no such site")
    await run.press("enter")
    await run.sees("No license in All Active")


async def _unassigned(run: Run) -> None:
    view = await _ready(run)
    await run.press("right_square_bracket")
    await run.until(lambda: view.book.rows.total and not view._reader.busy, "rows")


async def _unassign(run: Run) -> None:
    await _expanded(run)
    await run.press("u")
    await run.sees("Unassign License?")


async def _revoke_bundle(run: Run) -> None:
    await _bundle(run)
    await run.press("x")
    await run.sees("Revoke the bundle")


async def _assign(run: Run) -> None:
    await _unassigned(run)
    await run.press("a")
    await run.sees("to which site?", "sites")


async def _help(run: Run) -> None:
    await _ready(run)
    await run.press("question_mark")
    await run.sees("Open or close the row")


async def _palette(run: Run) -> None:
    await _ready(run)
    await run.press("ctrl+p")
    await run.sees("Every command")


async def _link(run: Run) -> None:
    await _expanded(run)
    await run.press("d")
    await run.sees("jptools.wordpress.com")
    await run.pilot.pause()


async def _error(run: Run) -> None:
    await run.sees("Loading licenses:")


SCENES: tuple[Scene, ...] = (
    Scene("licenses", _list),
    Scene("licenses-expanded", _expanded),
    Scene("licenses-bundle", _bundle),
    Scene("licenses-search", _search),
    Scene("licenses-nothing-found", _nothing_found),
    Scene("licenses-unassigned", _unassigned),
    Scene("licenses-error", _error, {"faults": ["GET */licenses* 500"], "wait": False}),
    Scene("unassign", _unassign),
    Scene("assign", _assign),
    Scene("revoke-bundle", _revoke_bundle),
    Scene("debug-site", _link),
    Scene("help", _help),
    Scene("palette", _palette),
)
