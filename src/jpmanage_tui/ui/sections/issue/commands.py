"""The commands of Issue New License."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from jpmanage_tui.services.issuing.order import READ_ONLY
from jpmanage_tui.ui.common.commands import Command, CommandSet
from jpmanage_tui.ui.sections.issue.header import Stage

if TYPE_CHECKING:
    from jpmanage_tui.ui.sections.issue.section import IssueSection

Reason = Callable[["IssueSection"], str | None]

_ELSEWHERE = {
    Stage.PRODUCTS: "This works where products are chosen.",
    Stage.SITE: "This works where the site is chosen.",
    Stage.REVIEW: "This works on the review.",
    Stage.RESULT: "This works on the result.",
}


def _on_stage(*stages: Stage) -> Reason:
    return lambda view: None if view.stage in stages else _ELSEWHERE[stages[0]]


def _product(view: IssueSection) -> str | None:
    if view.stage is not Stage.PRODUCTS:
        return _ELSEWHERE[Stage.PRODUCTS]
    return None if view.pane.products.current is not None else "No product is under the cursor."


def _picked(view: IssueSection) -> str | None:
    reason = _product(view)
    if reason is None and not view.order.selection.count(view.pane.pick):
        return "None of this product is selected."
    return reason


def _anything(view: IssueSection) -> str | None:
    if view.stage is not Stage.PRODUCTS:
        return _ELSEWHERE[Stage.PRODUCTS]
    return None if view.order.selection else "Nothing is selected."


def _site(view: IssueSection) -> str | None:
    if view.stage is Stage.RESULT and view.run is not None:
        if view.run.running:
            return "It is still running."
        return None if view.run.assignable else "No single license that was issued here is unassigned."
    if view.stage not in (Stage.SITE, Stage.REVIEW):
        return _ELSEWHERE[Stage.SITE]
    return (
        None
        if view.order.selection.has_singles
        else "The licenses of a bundle are assigned one by one, from the list."
    )


def _key(view: IssueSection) -> str | None:
    if view.stage is not Stage.RESULT:
        return _ELSEWHERE[Stage.RESULT]
    job = view.job
    return None if job is not None and job.key is not None else "This license has no code yet."


def _keys(view: IssueSection) -> str | None:
    if view.run is None or view.stage is not Stage.RESULT:
        return _ELSEWHERE[Stage.RESULT]
    return None if any(job.key for job in view.run.jobs) else "No license is issued yet."


def _download(view: IssueSection) -> str | None:
    reason = _key(view)
    job = view.job
    if reason is None and job is not None and not job.to_download:
        return "This product has nothing to download."
    return reason


def _running(view: IssueSection) -> str | None:
    return None if view.run is not None and view.run.running else "Nothing is running."


def _retry(view: IssueSection) -> str | None:
    if view.session.read_only:
        return READ_ONLY
    if view.run is None or view.stage is not Stage.RESULT:
        return _ELSEWHERE[Stage.RESULT]
    if view.run.running:
        return "It is still running."
    return None if view.run.retryable else "There is nothing to send again."


def _unknown(view: IssueSection) -> str | None:
    if view.stage is not Stage.RESULT:
        return _ELSEWHERE[Stage.RESULT]
    return None if view.job is not None and view.job.unknown else "The fate of this license is known."


def _undoable(view: IssueSection) -> str | None:
    if view.session.read_only:
        return READ_ONLY
    if view.run is not None and view.run.running:
        return "It is still running."
    return view.session.undos.why_not


def _over(view: IssueSection) -> str | None:
    if view.run is None or view.stage is not Stage.RESULT:
        return _ELSEWHERE[Stage.RESULT]
    return "It is still running." if view.run.running else None


ISSUE: CommandSet[IssueSection] = CommandSet(
    "Issue New License",
    (
        Command(
            "issue-next",
            "Next",
            "Go on: to the site, to the review, to issuing. With nothing selected it takes the product at the cursor.",
            lambda v: v.steps.go_on(),
            lambda v: v.steps.no_next(),
            now=lambda v: v.steps.next_words(),
        ),
        Command(
            "issue-choose",
            "Choose",
            "Select the product in this size, or take it out.",
            lambda v: v.toggle(),
            _product,
        ),
        Command("issue-more", "More", "One more of it.", lambda v: v.add(1), _product),
        Command("issue-fewer", "Fewer", "One less of it.", lambda v: v.add(-1), _picked),
        Command(
            "issue-quantity",
            "How many",
            "Type how many of it.",
            lambda v: v.flows.start(v.flows.ask_quantity()),
            _product,
        ),
        Command(
            "issue-search",
            "Search",
            "Search products as you type; it also finds the plans that contain one.",
            lambda v: v.pane.open_search(),
            _on_stage(Stage.PRODUCTS),
        ),
        Command(
            "issue-size-before",
            "Size before",
            "The size before.",
            lambda v: v.pane.step_size(-1),
            _on_stage(Stage.PRODUCTS),
            footer=False,
        ),
        Command(
            "issue-next-size",
            "Bundle sizes",
            "The next size: single licenses, then the bundles.",
            lambda v: v.pane.step_size(1),
            _on_stage(Stage.PRODUCTS),
        ),
        Command(
            "issue-clear",
            "Clear selection",
            "Take everything out of the selection.",
            lambda v: v.flows.start(v.flows.clear()),
            _anything,
            footer=False,
        ),
        Command(
            "issue-site",
            "Choose site",
            "Choose the site to which the licenses are assigned once they are issued; on the result, assign them.",
            lambda v: v.flows.start(v.flows.assign() if v.stage is Stage.RESULT else v.flows.pick_site()),
            _site,
            now=lambda v: "Assign License" if v.stage is Stage.RESULT else "Choose site",
        ),
        Command(
            "issue-stop",
            "Stop",
            "Begin no further license; what is on its way finishes.",
            lambda v: v.run.stop() if v.run is not None else None,
            _running,
        ),
        Command(
            "issue-retry",
            "Retry what failed",
            "Send again what failed or was not begun; never what is unknown.",
            lambda v: v.flows.start(v.flows.retry()),
            _retry,
            changes=True,
        ),
        Command(
            "issue-look",
            "Look up",
            "Look up again what became of a license of unknown fate.",
            lambda v: v.flows.start(v.flows.look()),
            _unknown,
        ),
        Command(
            "issue-copy",
            "Copy code",
            "Send the license code to the terminal's clipboard.",
            lambda v: v.flows.start(v.flows.copy()),
            _key,
        ),
        Command(
            "issue-copy-all",
            "Copy all codes",
            "Send all new license codes to the terminal's clipboard, a line each.",
            lambda v: v.flows.start(v.flows.copy_all()),
            _keys,
        ),
        Command(
            "issue-download",
            "Download",
            "Get the download of a WooCommerce extension.",
            lambda v: v.flows.start(v.flows.download()),
            _download,
        ),
        Command(
            "undo",
            "Undo",
            "Undo the last assigning or unassigning, item by item.",
            lambda v: v.flows.start(v.flows.undo()),
            _undoable,
            footer=False,
        ),
        Command(
            "issue-again",
            "Issue more",
            "Begin a new selection.",
            lambda v: v.start_over(),
            _over,
        ),
    ),
)
"""Every command of this screen, in the footer's order."""
