"""What was confirmed is what is issued, whatever is read or chosen while the question stands; and it counts licenses."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable

import pytest

from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.ids import BlogId, ProductId
from jpmanage_tui.api.sites import Site
from jpmanage_tui.services.issuing.order import ChosenSite, IssuingStatus, Order, Reviewed
from jpmanage_tui.services.issuing.planned_license import assign_to_site, without_site
from jpmanage_tui.services.issuing.run import IssueRun
from jpmanage_tui.services.issuing.selection import Selection
from jpmanage_tui.ui.common.workers import ACTION_GROUP
from jpmanage_tui.ui.dialogs.confirm import ConfirmDialog
from jpmanage_tui.ui.sections.issue.section import IssueSection
from jpmanage_tui.ui.sections.issue.steps import WizardStep
from jpmanage_tui.ui.sections.issue.text import issue_question
from tests.services.issuing.support import CATALOG, COMPLETE, SCAN, quoted, selected
from tests.ui.harness import Run, running
from tests.ui.sections.issue.keyboard import (
    changes,
    free_site,
    issue,
    opened,
    pick_site,
    search,
    to_review_later,
)
from tests.ui.states import answers_held

SITE = Site.model_validate({"blog_id": 7, "url": "a.example", "url_with_scheme": "https://a.example"})


def other_products(view: IssueSection) -> None:
    view.order.set_catalog(())


def other_selection(view: IssueSection) -> None:
    view.select(selected(("jetpack-complete", 5, 9)))


def no_selection(view: IssueSection) -> None:
    view.select(Selection())


def owned_by_now(view: IssueSection) -> None:
    chosen = view.order.chosen
    assert chosen is not None
    owned = frozenset(one.product_id for one in view.order.all_products)
    view.order.set_site_products(chosen.site.blog_id, owned, None)


def another_site(view: IssueSection) -> None:
    view.order.chosen = ChosenSite(SITE, frozenset())


def no_site(view: IssueSection) -> None:
    view.order.chosen = None


def shut(view: IssueSection) -> None:
    view.set_status(IssuingStatus(needs_card=True))


MEANWHILE = [other_products, other_selection, no_selection, owned_by_now, another_site, no_site, shut]


@pytest.mark.parametrize(
    "meanwhile",
    [work if work is owned_by_now else pytest.param(work, marks=pytest.mark.slow) for work in MEANWHILE],
    ids=[work.__name__ for work in MEANWHILE],
)
@pytest.mark.sample(2)
async def test_what_changes_while_the_question_stands_changes_nothing_of_what_is_sent(
    meanwhile: Callable[[IssueSection], None],
) -> None:
    async with running(licenses=60) as run:
        url = await free_site(run)
        view = await opened(run)
        await search(run, "daily")
        await run.press("space", "plus", "enter", "down", "enter")
        await pick_site(run, url)
        await run.until(lambda: view.order.blocker is None, "the review")
        await run.press("enter")
        await run.until(lambda: isinstance(run.app.screen, ConfirmDialog), "the question")
        await run.sees(f"1 is assigned to {url}, 1 stays unassigned.")
        meanwhile(view)
        await run.press("tab", "enter")
        await run.until(lambda: view.run is not None and not view.run.running, "the end of the run")
        assert await changes(run) == ["issue", "issue", "assign"]
        bodies = [entry["body"] for entry in run.asked("POST", "/license") if entry["body"]]
        assert all(
            body["product"] == "jetpack-scan"
            for body in bodies
            if isinstance(body, dict) and "product" in body
        )

        def where(connection: sqlite3.Connection) -> str:
            row = connection.execute(
                "SELECT url FROM sites JOIN licenses USING (blog_id) ORDER BY attached_at DESC, license_id DESC"
            ).fetchone()
            return str(row[0])

        assert (await run.sandbox.read(where)).endswith(url)
        if meanwhile is other_selection:
            assert view.order.selection == selected(("jetpack-complete", 5, 9)), (
                "what was not confirmed is not used up"
            )


# -- counting ----------------------------------------------------------------------------------


def reviewed(
    *picks: tuple[str, int, int], chosen: bool = True, owned: frozenset[int] = frozenset()
) -> Reviewed:
    quote = quoted(*picks)
    planned_licenses = assign_to_site(quote.lines, owned, CATALOG) if chosen else without_site(quote.lines)  # type: ignore[arg-type]
    site = ChosenSite(SITE, owned) if chosen else None  # type: ignore[arg-type]
    return Reviewed(selected(*picks), quote, planned_licenses, site, CATALOG, card_just_added=False)


@pytest.mark.parametrize(
    ("order", "title", "where"),
    [
        (reviewed(("jetpack-scan", 1, 1)), "Issue 1 license?", "It is assigned to a.example."),
        (
            reviewed(("jetpack-scan", 1, 1), ("jetpack-anti-spam", 1, 1)),
            "Issue 2 licenses?",
            "All 2 are assigned to a.example.",
        ),
        (
            reviewed(("jetpack-scan", 1, 2)),
            "Issue 2 licenses?",
            "1 is assigned to a.example, 1 stays unassigned.",
        ),
        (
            reviewed(("jetpack-scan", 1, 1), ("jetpack-complete", 5, 1)),
            "Issue 6 licenses?",
            "1 is assigned to a.example, 5 stay unassigned.",
        ),
        (
            reviewed(("jetpack-scan", 1, 3), ("jetpack-scan", 5, 1), ("jetpack-anti-spam", 1, 1)),
            "Issue 9 licenses?",
            "2 are assigned to a.example, 7 stay unassigned.",
        ),
        (
            reviewed(("jetpack-complete", 5, 2)),
            "Issue 10 licenses?",
            "They stay unassigned: none of them can go to a.example at once.",
        ),
        (
            reviewed(("jetpack-scan", 1, 1), owned=frozenset({int(SCAN.product_id or 0)})),
            "Issue 1 license?",
            "It stays unassigned: it cannot go to a.example at once.",
        ),
        (reviewed(("jetpack-scan", 1, 1), chosen=False), "Issue 1 license?", "It is issued unassigned."),
        (reviewed(("jetpack-scan", 5, 1), chosen=False), "Issue 5 licenses?", "They are issued unassigned."),
    ],
)
def test_the_question_counts_licenses_a_bundle_by_its_size(order: Reviewed, title: str, where: str) -> None:
    question = issue_question(order)
    assert (question.title, question.text[-1]) == (title, where)
    assert question.button == title.removesuffix("?")


def test_an_order_that_was_reviewed_stays_as_it_was() -> None:
    order = Order()
    order.all_products = order.sold = (COMPLETE, SCAN)
    order.selection = selected(("jetpack-scan", 1, 2))
    order.chosen = ChosenSite(SITE, frozenset())
    before = order.reviewed()
    copy = (before.selection, before.quote, before.planned_licenses, before.chosen, before.catalog)
    order.all_products, order.sold, order.selection, order.chosen = (), (), Selection(), None
    order.set_site_products(BlogId(7), frozenset(), None)
    assert (before.selection, before.quote, before.planned_licenses, before.chosen, before.catalog) == copy
    assert order.reviewed() != before


async def test_what_is_under_way_and_what_came_of_it_count_licenses_too() -> None:
    async with running(licenses=60) as run:
        view = await opened(run)
        await search(run, "daily")
        await run.press("space", "right_square_bracket", "space")
        await to_review_later(run, view)
        async with answers_held("POST") as release:
            await run.press("enter")
            await run.until(lambda: isinstance(run.app.screen, ConfirmDialog), "the question")
            await run.press("tab", "enter")
            await run.until(lambda: run.asked("POST", "/license"), "on its way")
            await run.press("q")
            await run.sees("Issue 6 licenses: 1 of 2 changes is not begun yet.")
            await run.press("escape", "s")
            release.set()
            await run.until(lambda: view.run is not None and not view.run.running, "the end")
        await run.sees("1 of 6 issued, 5 not issued.")


# -- once more ---------------------------------------------------------------------------------


async def issued_one(run: Run) -> IssueSection:
    view = await opened(run)
    await search(run, "daily")
    await run.press("space")
    await to_review_later(run, view)
    await issue(run, view)
    await run.sees("1 license issued.")
    return view


@pytest.mark.parametrize(
    "way", [(), ("1",), ("escape",)], ids=["on the result", "from Licenses", "left by esc"]
)
@pytest.mark.sample(1)
async def test_issuing_once_more_begins_with_the_products_and_nothing_selected(way: tuple[str, ...]) -> None:
    async with running(licenses=60) as run:
        view = await issued_one(run)
        await run.press(*way)
        await run.press("i")
        await run.until(lambda: view.step is WizardStep.PRODUCTS and view.shown, "the products")
        await run.sees("nothing selected")
        assert view.run is None


@pytest.mark.slow
async def test_a_result_with_something_left_to_do_is_shown_again_and_makes_room_when_asked_from_there() -> (
    None
):
    async with running(licenses=60) as run:
        view = await opened(run)
        await search(run, "daily")
        await run.press("space")
        await to_review_later(run, view)
        run.sandbox.faults.replace(["POST */license 401 x9"])
        await issue(run, view)
        await run.sees("not issued")
        await run.press("1", "i")
        await run.until(lambda: view.shown, "the result")
        assert view.step is WizardStep.RESULT
        await run.sees("✗ not issued")
        await run.press("i")
        await run.until(lambda: view.step is WizardStep.PRODUCTS, "the products")


@pytest.mark.slow
async def test_a_run_that_goes_on_is_shown_by_the_same_key() -> None:
    async with running(licenses=60) as run:
        view = await opened(run)
        await search(run, "daily")
        await run.press("space", "plus")
        await to_review_later(run, view)
        async with answers_held("POST"):
            await run.press("enter")
            await run.until(lambda: isinstance(run.app.screen, ConfirmDialog), "the question")
            await run.press("tab", "enter")
            await run.until(lambda: view.run is not None and view.run.running, "on its way")
            await run.press("i")
            assert view.step is WizardStep.RESULT
            await run.press("1", "i")
            await run.until(lambda: view.shown, "the run")
            assert view.step is WizardStep.RESULT
        await run.until(lambda: view.run is not None and not view.run.running, "the end")


# -- what waits between a key and its request --------------------------------------------------


@pytest.mark.slow
async def test_a_retry_that_waits_for_the_gate_does_not_send_again_what_was_begun_since(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with running(licenses=60) as run:
        view = await opened(run)
        await search(run, "daily")
        await run.press("space")
        await to_review_later(run, view)
        run.sandbox.faults.replace(["POST */license 401 x9"])
        await issue(run, view)
        before = view.run
        assert isinstance(before, IssueRun)
        monkeypatch.setattr(IssueRun, "needs_card", property(lambda _run: True))
        sent = len(run.asked("POST", "/license"))
        async with answers_held("GET") as release:
            await run.press("R")
            await run.until(lambda: "Checking the payment method" in run.status, "the gate")
            await run.press("n")
            assert view.run is None
            release.set()
        await run.until(
            lambda: all(one.group != ACTION_GROUP for one in run.app.workers), "the end of the flow"
        )
        assert len(run.asked("POST", "/license")) == sent


@pytest.mark.slow
async def test_assigning_that_was_asked_for_twice_is_sent_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(licenses=60) as run:
        url = await free_site(run)
        view = await issued_one(run)
        look, release = view.products_of, asyncio.Event()

        async def looks_long(site: Site) -> tuple[frozenset[ProductId], ApiError | None]:
            await release.wait()
            return await look(site)

        monkeypatch.setattr(view, "products_of", looks_long)
        for _ in range(2):
            await run.press("a")
            await pick_site(run, url)
            await run.until(lambda: "Looking up what" in run.status, "the look")
        release.set()
        await run.until(lambda: len(run.app.screen_stack) == 4, "both questions")
        for left in (3, 2):
            await run.press("tab", "enter")
            await run.until(lambda left=left: len(run.app.screen_stack) == left, "answered")  # type: ignore[misc]
        await run.until(lambda: view.run is not None and not view.run.running, "the end")
        assert await changes(run) == ["issue", "assign"]
