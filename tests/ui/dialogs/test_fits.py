"""Every dialog fits a small terminal: nothing of it is cut at the edge of its box without a sign of that."""

from __future__ import annotations

import asyncio
import importlib
import pkgutil
import re
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from textual.widget import Widget
from textual.widgets import Static

import jpmanage_tui.ui
from jpmanage_tui.api.ids import BlogId
from jpmanage_tui.api.invoices import Invoice
from jpmanage_tui.api.sites import Site
from jpmanage_tui.ui.dialogs.browser import BrowserDialog, DemoEntry, Handover, HandoverDialog, LinkDialog
from jpmanage_tui.ui.dialogs.choice import Choice, ChoiceDialog, SearchDialog
from jpmanage_tui.ui.dialogs.command_line import CommandLineDialog
from jpmanage_tui.ui.dialogs.confirm import Confirmation, ConfirmDialog, Row
from jpmanage_tui.ui.dialogs.dialog import Dialog, DialogBox
from jpmanage_tui.ui.dialogs.help import HelpDialog
from jpmanage_tui.ui.dialogs.notices import NoticesDialog
from jpmanage_tui.ui.dialogs.progress import ProgressDialog
from jpmanage_tui.ui.dialogs.site_picker import SitePicker
from jpmanage_tui.ui.dialogs.theme import ThemeDialog
from jpmanage_tui.ui.dialogs.under_way import OpeningDialog, UnderWayDialog
from jpmanage_tui.ui.onboarding.sign_in import SignInDialog
from jpmanage_tui.ui.onboarding.sign_up import SignUpDialog
from jpmanage_tui.ui.onboarding.welcome import WelcomeDialog, WelcomeHelpDialog
from jpmanage_tui.ui.sections.invoices.batch_dialog import BatchDialog
from jpmanage_tui.ui.sections.invoices.range_dialog import RangeDialog
from jpmanage_tui.ui.sections.invoices.text_dialog import InvoiceTextDialog
from jpmanage_tui.ui.sections.issue.quantity_dialog import QuantityDialog
from jpmanage_tui.ui.sections.operations.details_dialog import DetailsDialog
from jpmanage_tui.ui.sections.payment_methods.new_card import CardSaver, NewCardDialog
from jpmanage_tui.ui.sections.sites.connect import ConnectDialog
from jpmanage_tui.ui.sections.sites.license_picker import LicensePicker
from jpmanage_tui.ui.widgets.button import Button
from jpmanage_tui.ui.widgets.line import clip_words
from jpmanage_tui.ui.widgets.status_line import Notice
from tests.ui.harness import SMALL, Run, running

PRODUCT = "Jetpack Security Plan for Agencies and Hosting Partners (1TB)"
SITE = "https://the-shop-of-a-rather-long-named-association-of-botanical-friends.example/en"
SENTENCE = f"{PRODUCT} cannot be assigned to {SITE}: another license of that kind is on it already."
ADDRESS = f"{SITE}/wp-admin/?" + "x" * 60
INVOICE = Invoice.model_validate({"id": "in_1", "number": "A-RATHER-LONG-PREFIX-0001", "status": "open"})
NOTICE = Notice(datetime(2026, 3, 10, tzinfo=UTC), "warning", SENTENCE)


def nobody(*_: object) -> None:
    """Send nothing."""


Made = Callable[[Run], Dialog[Any]]


async def never(*_: object) -> Any:
    """Answer nothing yet, as a request that takes long."""
    await asyncio.Event().wait()


async def act() -> str:
    return "done."


async def one_invoice() -> AsyncIterator[Invoice]:
    yield INVOICE


def client(run: Run) -> Any:
    assert run.app.session is not None
    return run.app.session.client


DIALOGS: dict[str, Made] = {
    "question": lambda run: ConfirmDialog(
        Confirmation(
            f"Unassign {PRODUCT}?",
            [SENTENCE] * 3,
            f"Unassign {PRODUCT}",
            checkbox=("E-mail the customer", True),
        )
    ),
    "question with rows": lambda run: ConfirmDialog(
        Confirmation(
            "Revoke?", [SENTENCE], "Revoke", rows=[Row(PRODUCT, SITE, "…AE4PRP")] * 30, require_text="30"
        )
    ),
    "menu": lambda run: ChoiceDialog(PRODUCT, [Choice(str(n), SENTENCE, reason=SENTENCE) for n in range(30)]),
    "palette": lambda run: ChoiceDialog(
        PRODUCT, [Choice("a", SENTENCE, PRODUCT)] * 30, search=True, note=SENTENCE
    ),
    "command line": lambda run: CommandLineDialog([]),
    "help": lambda run: HelpDialog([], [], "req-1"),
    "notices": lambda run: NoticesDialog([NOTICE] * 9),
    "site picker": lambda run: SitePicker(client(run), f"Assign {PRODUCT} to which site?"),
    "opening": lambda run: OpeningDialog(f"Opening {PRODUCT}", SENTENCE),
    "under way": lambda run: UnderWayDialog("Switch?", f"switch to {PRODUCT}", []),
    "link": lambda run: LinkDialog("View Site", SITE),
    "welcome's help": lambda run: WelcomeHelpDialog(),
    "invoices": lambda run: RangeDialog(client(run), 2026),
    "quantity": lambda run: QuantityDialog(PRODUCT, 3),
    "connect": lambda run: ConnectDialog(nobody),
    "theme": lambda run: ThemeDialog({PRODUCT: SENTENCE, "dark": ""}, lambda name: SENTENCE, "dark"),
    "new card": lambda run: NewCardDialog(CardSaver(never, nobody, never, lambda: False), SENTENCE),
    "license picker": lambda run: LicensePicker(client(run), Site(blog_id=BlogId(7), url=SITE)),
    "invoices' files": lambda run: BatchDialog(
        f"Downloading {PRODUCT}", client(run), one_invoice, Path("/nowhere", *PRODUCT.split()), True
    ),
    "invoice": lambda run: InvoiceTextDialog(client(run), INVOICE),
    "details": lambda run: DetailsDialog(PRODUCT, [SENTENCE] * 30),
    "hand-over": lambda run: HandoverDialog(
        Handover(PRODUCT, [SENTENCE], ADDRESS, never, "Asking", [DemoEntry("Approve", act)])
    ),
    "sign in": lambda run: SignInDialog(run.app.account_service),
    "sign up": lambda run: SignUpDialog(run.app.account_service),
    "welcome": lambda run: WelcomeDialog(run.app.account_service, SENTENCE, f"Try {PRODUCT} once more"),
}
BASES = {Dialog, SearchDialog, ProgressDialog, BrowserDialog}
"""Of these nothing is opened but their subclasses."""


def every_dialog() -> set[type[Dialog[Any]]]:
    """The classes of all dialogs that the program has."""
    for module in pkgutil.walk_packages(jpmanage_tui.ui.__path__, "jpmanage_tui.ui."):
        importlib.import_module(module.name)
    found: set[type[Dialog[Any]]] = set()
    left: list[type[Dialog[Any]]] = [Dialog]
    while left:
        found.add(one := left.pop())
        left += [sub for sub in one.__subclasses__() if sub.__module__.startswith("jpmanage_tui.")]
    return found - BASES


def shown_text(lines: Sequence[str], widget: Widget) -> str:
    region = widget.region
    return " ".join(line[region.x : region.right] for line in lines[region.y : region.bottom])


def packed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def in_view(part: Widget, dialog: Dialog[Any]) -> bool:
    """Whether all lines of a part are in view, and none of them is scrolled away."""
    parents = [parent for parent in part.ancestors if isinstance(parent, Widget) and parent is not dialog]
    rows = [
        range(one.content_region.y, one.content_region.bottom) for one in parents if dialog in one.ancestors
    ]
    lines = range(part.region.y, part.region.bottom)
    return bool(part.region) and all(y in shown for y in lines for shown in rows)


def cut_texts(lines: Sequence[str], dialog: Dialog[Any]) -> Iterator[str]:
    """The texts of which a part is missing, with no … where it is."""
    for label in dialog.query(Static):
        words, seen = packed(str(label.content).replace("\\[", "[")), packed(shown_text(lines, label))
        if in_view(label, dialog) and words and "…" not in seen and words not in seen:
            yield f"{label}: {str(label.content)!r}: {seen!r}"
    for button in dialog.query(Button):
        words, seen = packed(f"[{button.label}]"), packed(shown_text(lines, button))
        if in_view(button, dialog) and words != seen and "…" not in seen:
            yield f"{button}: {words!r}: {seen!r}"


def scrolls(widget: Widget) -> bool:
    """Whether a part around a widget scrolls, so that what is below the edge can be reached."""
    return any(
        isinstance(parent, Widget) and parent.max_scroll_y > 0 for parent in widget.ancestors_with_self
    )


def outside(dialog: Dialog[Any]) -> Iterator[str]:
    """What lies outside the box, or the screen, and is not reached by scrolling."""
    box = dialog.query_one(".dialog--box")
    if not dialog.region.contains_region(box.region):
        yield f"the box {box.region}"
    for part in dialog.query("Button, Input, VirtualList, Static"):
        region, room = part.region, box.content_region
        beside = region.x < room.x or region.right > room.right
        below = region.y < room.y or region.bottom > room.bottom
        empty = isinstance(part, Static) and not str(part.content)
        if part.display and region and not empty and (beside or (below and not scrolls(part))):
            yield f"{part} {region} in {room}"


@pytest.mark.parametrize(
    "size", [pytest.param(SMALL, id="80x24", marks=pytest.mark.slow), pytest.param((40, 20), id="40x20")]
)
async def test_no_text_is_cut_and_nothing_lies_outside_the_box_of_any_dialog(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SignUpDialog, "_countries", never)  # the demo's account is there already
    found: list[str] = []
    opened: set[type[Dialog[Any]]] = set()
    async with running(size, licenses=20) as run:
        for name, made in DIALOGS.items():
            dialog = made(run)
            run.app.push_screen(dialog)
            await run.until(lambda dialog=dialog: run.app.screen is dialog and dialog.focused, name)  # type: ignore[misc]
            await run.pilot.pause()
            opened.add(type(dialog))
            lines = run.lines(dialog)
            title = packed(lines[dialog.query_one(".dialog--box").region.y]).strip("╭─╮")
            if packed(dialog.title_words) not in title and "…" not in title:
                found.append(f"{name}: title {title}")
            found += [f"{name}: {one}" for one in (*cut_texts(lines, dialog), *outside(dialog))]
            dialog.dismiss(None)
            await run.until(lambda: run.app.screen is run.app.main, "it closes")
    assert not found, "\n".join(found)
    assert opened == every_dialog(), "each dialog that there is stands in DIALOGS"


async def test_what_is_told_on_the_lower_edge_is_cut_between_words_and_read_in_whole_among_the_notices() -> (
    None
):
    async with running((40, 20), licenses=20) as run:
        dialog = OpeningDialog("Opening", "Acme")
        run.app.push_screen(dialog)
        await run.until(lambda: run.app.screen is dialog and dialog.focused, "it")
        dialog.tell(f"[1] {SENTENCE}")
        await run.pilot.pause()
        box = dialog.query_one(".dialog--box").region
        edge = run.lines(dialog)[box.bottom - 1]
        assert "[1] Jetpack Security Plan for… ─" in edge
        assert run.app.main.status.notices[-1].words == f"[1] {SENTENCE}"
        dialog.tell("Short.")
        assert run.app.main.status.notices[-1].words != "Short."
        dialog.tell("")
        await run.pilot.pause()
        assert run.lines(dialog)[box.bottom - 1].strip().strip("╰─╯") == ""


async def test_a_wrong_number_is_said_where_there_is_room_beside_the_field_or_on_the_edge() -> None:
    async with running((40, 20), licenses=20) as run:
        dialog = DIALOGS["question with rows"](run)
        assert isinstance(dialog, ConfirmDialog)
        run.app.push_screen(dialog)
        await run.until(lambda: run.app.screen is dialog and dialog.focused, "it")
        await run.pilot.pause()
        dialog._say("Type 30.")
        assert str(dialog.query_one(DialogBox).border_subtitle) == "Type 30."


@pytest.mark.parametrize(
    ("text", "width", "cut"),
    [
        ("one two", 7, "one two"),
        ("one two", 6, "one…"),
        ("one two three", 8, "one two…"),
        ("onetwo", 4, "one…"),
    ],
)
def test_words_are_cut_between_them(text: str, width: int, cut: str) -> None:
    assert clip_words(text, width) == cut
