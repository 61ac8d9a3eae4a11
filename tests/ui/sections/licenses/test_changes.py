"""Changing licenses from the Licenses screen: asked for by name, done once, told, and the list right after."""

import pytest

from jpmanage_tui.api.licenses import License, LicenseFilter, LicenseState
from jpmanage_tui.config.settings import Settings, Timeouts
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from tests.ui.harness import Run, running


def own(view: LicensesSection, state: LicenseState) -> int:
    """Return the first row of the partner's own licenses in a state."""
    known = view.state.pages.rows.items()
    return next(row for row, one in known if one.state is state and not one.is_standard)


async def at(run: Run, view: LicensesSection, row: int) -> License:
    await run.press(*["j"] * row)
    license = view.current
    assert license is not None
    return license


async def filtered(run: Run, view: LicensesSection, filter: LicenseFilter) -> None:
    while view.state.query.tab is not filter:
        await run.press("right_square_bracket")
    await run.until(lambda: view.state.pages.total is not None, "the tab's rows")


async def test_enter_alone_never_confirms_since_cancel_has_the_focus() -> None:
    async with running() as run:
        view = run.view(LicensesSection)
        await at(run, view, own(view, LicenseState.ATTACHED))
        for key in ("u", "x"):
            await run.press(key)
            await run.sees("Cancel")
            await run.press("enter")
            await run.until(lambda: len(run.app.screen_stack) == 2, "closed")
        assert run.asked("DELETE", "/license") == []


async def test_an_unticked_box_spares_the_customer_the_mail() -> None:
    async with running() as run:
        view = run.view(LicensesSection)
        license = await at(run, view, own(view, LicenseState.ATTACHED))
        await run.press("u")
        await run.sees("[x] E-mail the customer")
        await run.press("tab", "tab", "space")
        await run.sees("[ ] E-mail the customer")
        await run.press("tab", "tab", "enter")
        await run.sees("is unassigned from")
        [asked] = run.asked("DELETE", f"/license/{license.license_key}/site")
        assert asked["query"] == {"cancellation_email": "0"}


async def test_revoking_says_that_it_cannot_be_undone_and_the_row_the_counts_and_the_cursor_are_right_after() -> (
    None
):
    async with running() as run:
        view = run.view(LicensesSection)
        await filtered(run, view, LicenseFilter.DETACHED)
        await run.until(lambda: view.counts is not None, "counts")
        assert view.counts is not None
        before, total = view.counts, view.state.pages.total
        await run.press("j", "j")
        license, neighbor = view.current, view.state.pages.rows[3]
        assert license is not None
        await run.press("x")
        await run.sees("Revoke License?", "This cannot be undone", license.license_key)
        await run.press("tab", "enter")
        await run.sees(f"{license.product} is revoked")
        await run.until(
            lambda: view.state.pages.total != total and view.counts != before, "the list without it"
        )
        assert view.current is not None
        assert view.current.license_key == neighbor.license_key
        assert view.counts.detached == before.detached - 1
        assert view.counts.revoked == before.revoked + 1
        assert len(run.asked("DELETE", "/license")) == 1


async def test_expansion_and_cursor_survive_a_change_of_a_neighbor() -> None:
    async with running() as run:
        view = run.view(LicensesSection)
        await run.press("enter")
        opened = view.current
        assert opened is not None
        row = own(view, LicenseState.ATTACHED)
        assert row > 0
        license = await at(run, view, row)
        await run.press("u")
        await run.sees("Unassign License?")
        await run.press("tab", "enter")
        await run.until(
            lambda: view.current is not None and view.current.state is LicenseState.DETACHED, "done"
        )
        assert view.current is not None
        assert view.current.license_key == license.license_key
        assert opened.license_key in view.state.expanded
        assert opened.license_key in run.text()


async def test_a_bundle_opens_to_its_licenses_and_is_revoked_only_after_typing_its_size() -> None:
    async with running() as run:
        view = run.view(LicensesSection)
        bundle = await to_bundle(run, view)
        size = bundle.quantity
        await run.press("enter")
        await run.until(
            lambda: len(view.state.children_of(bundle).rows) == min(25, size or 0), "its licenses"
        )
        await run.press("x")
        await run.sees(f"Revoke the bundle of {size}?", f"Type {size}")
        await run.press("tab", "enter")  # the button, while the number is not typed
        assert run.asked("DELETE", "/license") == []
        await run.write(str(size))
        await run.press("enter", "enter")
        await run.sees("is revoked")
        [asked] = run.asked("DELETE", "/license")
        assert asked["query"] == {"license_key": bundle.license_key}


async def to_bundle(run: Run, view: LicensesSection) -> License:
    """Put the cursor on the first bundle there is."""
    for _ in range(20):
        row = min((row for row, one in view.state.pages.rows.items() if one.is_bundle), default=None)
        if row is not None:
            view.license_list.move_cursor(
                view.license_list.line_of(type(view.license_list.cursor_index)(row))
            )
            bundle = view.current
            assert bundle is not None
            return bundle
        await run.press("pagedown", "pagedown")
        await run.until(lambda: view.current is not None and not view.loader.loads_pages, "the page")
    raise AssertionError("no bundle in the sandbox")


async def test_revoking_an_assigned_license_of_a_bundle_says_that_a_new_one_joins() -> None:
    async with running() as run:
        view = run.view(LicensesSection)
        bundle = await to_bundle(run, view)
        await run.press("enter")
        await run.until(lambda: view.state.children_of(bundle).total, "its licenses")
        await run.press("j")
        while view.current is None or view.current.state is not LicenseState.ATTACHED:
            await run.press("j")
        child = view.current
        total = view.state.children_of(bundle).total
        await run.press("x")
        await run.sees("a new unassigned license replaces it; the bundle")
        await run.press("tab", "enter")
        await run.sees(f"{child.product} is revoked")
        await run.until(
            lambda: (
                child.license_key
                not in {
                    one.license_key
                    for one in view.state.children_of(bundle).rows.values()
                    if one.revoked_at is None
                }
            ),
            "its licenses without it",
        )
        assert view.state.children_of(bundle).total in (total, (total or 0) + 1)


@pytest.mark.slow
async def test_standard_and_revoked_licenses_say_why_they_cannot_be_changed() -> None:
    async with running() as run:
        view = run.view(LicensesSection)
        for filter, words in (
            (LicenseFilter.STANDARD, "Bought elsewhere: view only. Manage it where it was bought."),
            (LicenseFilter.REVOKED, "revoked"),
        ):
            await filtered(run, view, filter)
            for key in ("u", "x", "a"):
                await run.press(key)
                await run.sees(words)
        assert run.asked("DELETE", "/license") == []
        assert run.asked("POST", "/license") == []


async def test_what_was_unassigned_can_be_undone() -> None:
    async with running() as run:
        view = run.view(LicensesSection)
        license = await at(run, view, own(view, LicenseState.ATTACHED))
        await run.press("u")
        await run.sees("Unassign License?")
        await run.press("tab", "enter")
        await run.until(
            lambda: view.current is not None and view.current.state is LicenseState.DETACHED, "off"
        )
        await run.press("z")
        await run.sees("Undo: assign the license again?", license.license_key, "Billing is unchanged.")
        await run.press("tab", "enter")
        await run.until(
            lambda: view.current is not None and view.current.state is LicenseState.ATTACHED, "on"
        )
        assert view.current is not None
        assert view.current.blog_id == license.blog_id


async def test_marked_licenses_are_revoked_after_typing_their_number() -> None:
    async with running() as run:
        view = run.view(LicensesSection)
        await filtered(run, view, LicenseFilter.DETACHED)
        total = view.state.pages.total
        await run.press("space", "space", "space")
        assert len(view.state.marked) == 3
        await run.press("x")
        await run.sees("Revoke 3 licenses?", "Type 3")
        await run.press("tab", "tab")
        await run.write("3")
        await run.press("enter", "enter")
        await run.sees("✓ Revoke 3 licenses: done.")
        await run.press("enter")
        await run.until(
            lambda: total is not None and view.state.pages.total == total - 3, "the list without them"
        )
        assert len(run.asked("DELETE", "/license")) == 3
        assert not view.state.marked


async def test_read_only_refuses_every_change_before_any_request() -> None:
    async with running(read_only=True) as run:
        view = run.view(LicensesSection)
        await at(run, view, own(view, LicenseState.ATTACHED))
        assert "READ-ONLY" in run.text()
        for key in ("u", "x"):
            await run.press(key)
            await run.until(lambda: "--read-only" in run.status, "the reason")
        assert [
            one for one in run.sandbox.log.entries() if isinstance(one, dict) and one["method"] != "GET"
        ] == []


@pytest.mark.parametrize("fault", ["reset-after", "500", "502", "hang-after", "malformed", "cut"])
@pytest.mark.sample(2)
async def test_a_change_whose_answer_is_lost_is_looked_up_and_not_sent_again(fault: str) -> None:
    quick = Settings(timeouts=Timeouts(read=0.5, total=2))
    async with running(faults=[f"DELETE */site {fault} x1"], settings=quick) as run:
        view = run.view(LicensesSection)
        license = await at(run, view, own(view, LicenseState.ATTACHED))
        await run.press("u")
        await run.sees("Unassign License?")
        await run.press("tab", "enter")
        await run.until(lambda: "checking whether" in run.status or "is unassigned" in run.status, "an end")
        assert len(run.asked("DELETE", f"/license/{license.license_key}/site")) == 1
