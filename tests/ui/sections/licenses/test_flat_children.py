"""A server that lists the licenses of bundles in the flat list too (contract: licenses 1.8): shown as what they are."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from jpmanage_tui.api.ids import LicenseKey
from jpmanage_tui.api.licenses import License, LicenseState
from jpmanage_tui.sandbox import switches
from jpmanage_tui.ui.sections.licenses.columns import BUNDLE_SIGN, MEMBER_SIGN
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from tests.ui.harness import LARGE, SMALL, Run, running


@asynccontextmanager
async def flat(size: tuple[int, int] = SMALL) -> AsyncIterator[tuple[Run, LicensesSection]]:
    """The Licenses screen on such a server."""
    async with running(size) as run:
        view = run.view(LicensesSection)
        before = view.state.pages.total or 0
        await run.sandbox.read(lambda connection: switches.turn(connection, {"children": "flat"}))
        await run.press("r")
        await run.until(lambda: (view.state.pages.total or 0) > before, "the children among the rows")
        await run.until(
            lambda: view.counts and view.counts.not_revoked == view.state.pages.total, "the counts"
        )
        yield run, view


async def a_child(run: Run, state: LicenseState) -> LicenseKey:
    """Return the code of a bundle's license in this state."""
    condition = "IS NOT NULL" if state is LicenseState.ATTACHED else "IS NULL"
    found = await run.sandbox.read(
        lambda connection: connection.execute(
            "SELECT license_key FROM licenses WHERE key_id = 90121 AND parent_license_id IS NOT NULL"
            f" AND revoked_at IS NULL AND attached_at {condition} ORDER BY license_id"
        ).fetchone()[0]
    )
    return LicenseKey(found)


async def looked_up(run: Run, view: LicensesSection, text: str) -> License:
    """Search for a text that one license has, and stand on its row."""
    text = text[-8:]
    await run.press("slash")
    await run.write(text)
    await run.press("enter")
    await run.until(lambda: view.state.query.search == text and view.state.pages.total == 1, f"{text} found")
    assert view.current is not None
    return view.current


async def test_a_child_says_which_bundle_it_belongs_to_and_the_bundle_is_found_by_that() -> None:
    async with flat() as (run, view):
        child = await looked_up(run, view, await a_child(run, LicenseState.DETACHED))
        assert (child.is_child, child.is_bundle) == (True, False)
        await run.press("enter")
        await run.sees(f"Part of       {MEMBER_SIGN} bundle {child.parent_license_id}")
        await run.press("left", "escape")
        parent = await looked_up(run, view, str(child.parent_license_id))
        assert (parent.license_id, parent.is_bundle) == (child.parent_license_id, True)
        await run.press("enter")
        await run.sees(f"{parent.quantity} licenses, sold as one: bundle {parent.license_id}")


async def test_the_mark_of_the_row_says_that_a_child_is_one() -> None:
    async with flat(LARGE) as (run, view):
        child = await looked_up(run, view, await a_child(run, LicenseState.DETACHED))
        assert child.is_child
        row = next(line for line in run.lines(run.app.main) if "❯" in line[20:])
        assert f"{MEMBER_SIGN} {child.product.removeprefix('Jetpack ')}" in row
        assert BUNDLE_SIGN not in row


async def test_what_may_be_done_with_a_child_is_the_same_in_the_list_as_in_its_bundle() -> None:
    async with flat() as (run, view):
        child = await looked_up(run, view, await a_child(run, LicenseState.DETACHED))
        await run.press("x")
        await run.sees("It belongs to a bundle; revoke the bundle instead.")
        await run.press("a")
        await run.sees(f"Assign {child.product} to which site?")
        await run.press("escape", "escape")
        await looked_up(run, view, await a_child(run, LicenseState.ATTACHED))
        await run.press("x")
        await run.sees("a new unassigned license replaces it; the bundle costs the same.")


@pytest.mark.slow
async def test_after_a_change_the_row_its_bundle_and_the_counts_agree() -> None:
    async with flat() as (run, view):
        code = await a_child(run, LicenseState.DETACHED)
        parent_id = (await looked_up(run, view, code)).parent_license_id
        await run.press("escape")
        bundle = await looked_up(run, view, str(parent_id))
        await run.press("enter")
        await run.until(lambda: view.state.children_of(bundle).total, "its licenses")
        under = view.state.children_of(bundle)
        assert (bundle.quantity, under.total) == (under.total, bundle.quantity)
        row = under.row_of(code)
        assert row is not None
        before = view.counts
        assert before is not None
        url = await run.free_site(bundle.product_id)
        while view.current is None or view.current.license_key != code:
            await run.press("j")
        await run.press("a")
        await run.sees("to which site?")
        await run.find_site(url.removeprefix("https://"))
        await run.press("enter")
        await run.sees("Assign License?")
        await run.press("tab", "enter")
        await run.sees("is assigned to")
        await run.until(lambda: view.counts and view.counts.detached == before.detached - 1, "the counts")
        assert view.counts is not None
        assert view.counts.attached == before.attached + 1
        assert view.counts.not_revoked == before.not_revoked
        await run.until(
            lambda: (one := view.state.find(code)) and one.state is LicenseState.ATTACHED, "the row"
        )
        inside = view.state.children_of(bundle).rows[row]
        await run.press("escape", "escape")
        outside = await looked_up(run, view, code)
        assert (
            (outside.state, outside.siteurl) == (inside.state, inside.siteurl) == (LicenseState.ATTACHED, url)
        )


async def test_a_bundle_marked_together_with_what_is_in_it_is_counted_and_revoked_once() -> None:
    async with flat() as (run, view):
        code = await a_child(run, LicenseState.ATTACHED)
        child = await looked_up(run, view, code)
        await run.press("space", "escape")
        bundle = await looked_up(run, view, str(child.parent_license_id))
        await run.press("space")
        assert set(view.marked) == {child.license_key, bundle.license_key}
        await run.press("x")
        await run.sees(f"Revoke the bundle of {bundle.quantity}?", f"Type {bundle.quantity}")
        await run.press("tab", "enter")  # the button, which leads to the field first
        await run.write(str(bundle.quantity))
        await run.press("enter", "enter")
        await run.sees(f"The bundle of {bundle.quantity} {bundle.product} is revoked")
        [asked] = run.asked("DELETE", "/license")
        assert asked["query"] == {"license_key": bundle.license_key}
