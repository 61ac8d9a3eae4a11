"""The scenes of a list of sites: its lines, what they mean, what is to be done with them, and the review."""

from __future__ import annotations

from textual import events

from jpmanage_tui.ui.sections.site_list.section import SiteListSection
from jpmanage_tui.ui.sections.site_list.steps import ListStep
from jpmanage_tui.ui.widgets.input import Input
from tests.snapshots.scene import Scene, Take
from tests.ui.harness import Run

LINES = """site,product,quantity
https://shop.mistral-garden-2.example/,Jetpack AI,1
GYŐR-BISTRO-3.example,Jetpack AI,1
blog.oakridge-pharma-8.example,Jetpack AI,1
mistral-studio-10.example,Jetpack AI,1
xn--gyr-pharma-14-xnc.example,Jetpack AI,1
www.győr-pharma-14.example,Jetpack AI,1
harbour-pharma-15.example/subdir,Jetpack AI,1
blog.tamarind-travel-19.example,Jetpack AI,2
unknown.example,Jetpack AI,1
blog.oakridge-pharma-8.example/,Jetpack AI,1
mistral-books-6.example/en,Jetpack Boost,1
cedar-bistro-45.example,Jetpack Scam,1
"""


async def _site_list(run: Run, take: Take) -> None:
    await run.press("I")
    await run.until(lambda: isinstance(run.app.main.section, SiteListSection), "the view")
    view = run.view(SiteListSection)
    await take("site-list-empty")
    run.app.post_message(events.Paste(LINES))
    await run.sees("13 lines pasted")
    await run.press("enter")
    await run.until(lambda: view.step is ListStep.MATCH and not view.reading, "the matched lines")
    await take("site-list-problems")
    await run.press("left_square_bracket", "n")
    await run.sees("What is to be done")
    await take("site-list-to-do")
    await run.press("n")
    await run.until(lambda: view.step is ListStep.REVIEW and view.status is not None, "the review")
    await take("site-list-review")
    await run.press("enter")
    await run.until(lambda: bool(run.app.screen.query(Input)), "the question")
    await take("site-list-question")


SITE_LISTS: tuple[Scene, ...] = (
    Scene(
        (
            "site-list-empty",
            "site-list-problems",
            "site-list-to-do",
            "site-list-review",
            "site-list-question",
        ),
        _site_list,
    ),
)
