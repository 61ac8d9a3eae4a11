"""Keys that come together never answer a question that changes something, and send no form; a person's do.

The program runs with its own rule, on a clock that the test moves.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from jpmanage_tui.api.licenses import License, LicenseState
from jpmanage_tui.ui.dialogs.confirm import Confirmation, ConfirmDialog
from jpmanage_tui.ui.dialogs.dialog import Dialog
from jpmanage_tui.ui.onboarding.sign_up import SignUpDialog
from jpmanage_tui.ui.sections.company.section import CompanySection
from jpmanage_tui.ui.sections.invoices.section import InvoicesSection
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from jpmanage_tui.ui.sections.payment_methods.new_card import NewCardDialog
from jpmanage_tui.ui.sections.payment_methods.section import PaymentMethodsSection
from jpmanage_tui.ui.terminal.keyboard import Keyboard
from tests.ui.harness import Run, signed_in_as
from tests.ui.sections.issue import keyboard as issuing
from tests.ui.typing import Clock, Typist, typing

TOO_SOON = "that key came too soon"
CLOSED = "Closed, nothing done: v is no answer (a paste?)."


def changing(run: Run) -> list[str]:
    """Return the changing requests that the sandbox got."""
    entries = [entry for entry in run.sandbox.log.entries() if isinstance(entry, dict)]
    return [
        f"{entry['method']} {entry['path']}"
        for entry in entries
        if entry["method"] != "GET" or "needs_intent" in str(entry["query"])
    ]


def asked(run: Run) -> bool:
    return isinstance(run.app.screen, ConfirmDialog)


def edge(run: Run) -> str:
    """What is said on the edge of the dialog that is shown."""
    assert isinstance(run.app.screen, Dialog)
    return str(run.app.screen.query_one(".dialog--box").border_subtitle)


async def on_own(run: Run, typist: Typist, state: LicenseState) -> License:
    """Put the cursor on the first license of one's own in a state."""
    view = run.view(LicensesSection)
    row = next(
        row
        for row, one in view.state.pages.rows.items()
        if one.state is state and not one.is_standard and not one.is_bundle
    )
    await typist.press(*["j"] * row)
    assert view.current is not None
    return view.current


async def on_licenses(run: Run, typist: Typist) -> None:
    await on_own(run, typist, LicenseState.ATTACHED)


async def on_marked(run: Run, typist: Typist) -> None:
    await on_own(run, typist, LicenseState.ATTACHED)
    await typist.press("space", "space", "space")


async def on_idle(run: Run, typist: Typist) -> None:
    await typist.press("2", "]")
    await run.until(
        lambda: run.app.main.section is not None and "1/" in run.app.main.section.counter(), "rows"
    )


async def on_cards(run: Run, typist: Typist) -> None:
    await typist.press("3")
    await run.until(lambda: isinstance(run.app.main.section, PaymentMethodsSection), "the screen")
    await run.until(lambda: run.view(PaymentMethodsSection).loader.answered_at is not None, "the cards")
    await typist.press("j")


async def on_open_invoice(run: Run, typist: Typist) -> None:
    await typist.press("4")
    await run.until(lambda: isinstance(run.app.main.section, InvoicesSection), "the screen")
    await run.until(lambda: run.view(InvoicesSection).invoice_list.items, "the invoices")
    while "p Pay" not in run.footer:
        await typist.press("j")


async def on_review(run: Run, typist: Typist) -> None:
    view = await issuing.opened(run)
    await typist.press("enter", "enter")
    await run.until(lambda: view.order.status, "whether issuing is open")


TargetSite = Callable[[Run, Typist], Awaitable[None]]
PLACES: tuple[tuple[TargetSite, str], ...] = (
    (on_licenses, "u"),
    (on_licenses, "x"),
    (on_marked, "u"),
    (on_marked, "x"),
    (on_idle, "x"),
    (on_cards, "x"),
    (on_cards, "m"),
    (on_open_invoice, "p"),
    (on_review, "\r"),
)
EVERY_PLACE = pytest.mark.parametrize(
    ("place", "key"), PLACES, ids=[f"{place.__name__}-{key!r}" for place, key in PLACES]
)


@EVERY_PLACE
@pytest.mark.sample(3)
async def test_keys_typed_ahead_open_the_question_and_do_not_answer_it(place: TargetSite, key: str) -> None:
    async with typing(licenses=60) as (run, typist):
        await place(run, typist)
        before = changing(run)
        await typist.raw(f"{key}\t\r")
        await run.until(lambda: asked(run), "the question")
        await typist.answer()
        await typist.raw("\t\t\r \t \r", between=0.2)
        assert asked(run)
        assert TOO_SOON in edge(run)
        assert run.app.screen.focused is not None
        assert run.app.screen.focused.id == "cancel", "what was typed ahead moved nothing"
        await typist.press("escape")
        await run.until(lambda: len(run.app.screen_stack) == 2, "closed")
        assert changing(run) == before


async def question(run: Run, typist: Typist, key: str = "u") -> License:
    """Open a question about a license."""
    license = await on_own(run, typist, LicenseState.ATTACHED)
    await typist.press(key)
    await run.until(lambda: asked(run), "the question")
    await run.settled()
    return license


async def test_a_person_answers_with_tab_a_pause_and_enter() -> None:
    async with typing(licenses=60) as (run, typist):
        await question(run, typist)
        await typist.answer()
        await typist.press("tab", "enter")
        await run.sees("is unassigned from")
        assert len(changing(run)) == 1


async def test_what_comes_before_the_terminal_has_shown_the_question_is_dropped_and_said() -> None:
    async with typing(licenses=60) as (run, typist):
        await question(run, typist)
        await typist.press("tab", after=0.4)
        assert TOO_SOON in edge(run)
        await typist.answer()
        await typist.press("tab", after=0.4)
        assert run.app.screen.focused is not None
        assert run.app.screen.focused.id == "go"
        assert edge(run) == "", "a key that is taken takes the sentence away"


async def test_a_terminal_that_never_answers_is_waited_for_a_second() -> None:
    async with typing(licenses=60) as (run, typist):
        await question(run, typist)
        await typist.press("tab", after=0.9)
        assert TOO_SOON in edge(run)
        await typist.press("tab", after=0.4)
        await typist.press("enter")
        await run.sees("is unassigned from")


async def test_the_wait_is_from_the_last_key_also_in_a_question_that_was_armed_long_ago() -> None:
    async with typing(licenses=60) as (run, typist):
        await question(run, typist)
        await typist.answer()
        await typist.press("tab", after=5)
        await typist.press("enter", after=0.25)
        assert asked(run)
        assert TOO_SOON in edge(run)
        await typist.press("enter", after=0.29)
        assert asked(run)
        assert changing(run) == []
        await typist.press("enter", after=0.31)
        await run.sees("is unassigned from")


async def test_a_key_that_repeats_moves_in_the_question_and_locks_nothing() -> None:
    async with typing(licenses=60) as (run, typist):
        await question(run, typist)
        await typist.answer()
        for _ in range(4):  # held before it is armed
            await typist.press("right", after=0.03)
        assert TOO_SOON in edge(run)
        await typist.press("right")
        for _ in range(7):
            await typist.press("right", after=0.03)
        places = [widget.id for widget in run.app.screen.focus_chain]
        assert run.app.screen.focused is not None
        assert run.app.screen.focused.id == places[(places.index("cancel") + 8) % len(places)]


@pytest.mark.parametrize("armed", [False, True])
async def test_a_letter_that_the_question_does_not_know_closes_it_and_the_rest_of_the_paste_does_nothing(
    armed: bool,
) -> None:
    async with typing(licenses=60) as (run, typist):
        await question(run, typist, "x")
        await typist.answer()
        if armed:
            await typist.press("tab")
        await typist.raw("vier.example\tJetpack Scan\rx\t\r", between=0.1)
        assert len(run.app.screen_stack) == 2
        assert run.app.main.current == "licenses"
        assert CLOSED in run.status
        assert changing(run) == []
        await typist.press("j")
        assert run.view(LicensesSection).license_list.cursor_index is not None
        await typist.press("x")
        await run.until(lambda: asked(run), "a person's key is taken again")


async def test_esc_closes_a_question_at_once() -> None:
    async with typing(licenses=60) as (run, typist):
        await question(run, typist)
        await typist.press("escape", after=0.01)
        await run.until(lambda: len(run.app.screen_stack) == 2, "closed")


async def test_a_number_is_typed_after_the_question_is_armed_and_neither_typed_ahead_nor_pasted() -> None:
    async with typing(licenses=60) as (run, typist):
        await on_marked(run, typist)
        await typist.raw("x123456789\r\r")
        await run.until(lambda: asked(run), "the question")
        await typist.answer()
        wanted = run.app.screen._question.require_text  # type: ignore[attr-defined]
        await typist.paste(wanted, after=0.1)
        assert run.app.screen.query_one("#typed").value == ""  # type: ignore[attr-defined]
        await typist.press(wanted)
        assert run.app.screen.query_one("#typed").value == wanted  # type: ignore[attr-defined]
        await typist.raw("\r\r", between=0.05)
        assert asked(run)
        assert changing(run) == []
        await typist.press("enter")
        await run.until(lambda: not asked(run), "it begins")
        await run.until(lambda: len(changing(run)) == int(wanted), "they are revoked")


async def test_a_paste_in_brackets_does_nothing_to_a_question() -> None:
    async with typing(licenses=60) as (run, typist):
        await question(run, typist)
        await typist.answer()
        await typist.paste("\t\ry")
        await typist.paste("\t\ry")
        assert asked(run)
        assert run.app.screen.focused is not None
        assert run.app.screen.focused.id == "cancel"
        assert changing(run) == []


async def test_a_question_that_changes_nothing_is_not_asked_of_the_terminal() -> None:
    async with typing(licenses=60) as (run, typist):
        app = run.app
        written: list[str] = []
        app.write_to_terminal = written.append  # type: ignore[method-assign,assignment]
        for changes in (False, True):
            app.push_screen(ConfirmDialog(Confirmation("Sure?", ["Look."], "Do it", changes=changes)))
            await run.until(lambda: asked(run), "the question")
            await run.until(lambda: app.screen._frame is not None, "its frame")  # type: ignore[attr-defined]
            assert len(written) == changes
            await typist.press("escape")
            await run.until(lambda: not asked(run), "closed")


# -- forms -------------------------------------------------------------------------------------


async def card_form(run: Run, typist: Typist) -> NewCardDialog:
    await on_cards(run, typist)
    await typist.press("n")
    await run.until(lambda: isinstance(run.app.screen, NewCardDialog), "the form")
    dialog = run.app.screen
    assert isinstance(dialog, NewCardDialog)
    await run.until(lambda: "loading" not in (dialog.tick.disabled_reason or ""), "the list of cards")
    return dialog


@pytest.mark.parametrize("last", ["739\r\r", "739\t\t\r", "739\t\t ", "f2"])
@pytest.mark.sample(1)
async def test_a_card_that_is_pasted_with_the_key_that_saves_it_is_not_sent_and_stays_in_the_form(
    last: str,
) -> None:
    async with typing(licenses=20) as (run, typist):
        dialog = await card_form(run, typist)
        await typist.raw("Ada\r5555555555554444\r12/34\r")
        if last == "f2":
            await typist.raw("739")
            await typist.press("f2", after=0.1)
        else:
            await typist.raw(last)
        assert run.app.screen is dialog
        assert TOO_SOON in edge(run)
        assert changing(run) == []
        assert dialog.form.values() == {
            "name": "Ada", "number": "5555 5555 5555 4444", "expiry": "12/34", "cvc": "739"
        }  # fmt: skip
        await typist.press("f2")
        await run.sees("is saved")


async def test_company_details_are_sent_by_a_key_of_its_own_only() -> None:
    async with typing(licenses=20) as (run, typist):
        await typist.press("6")
        await run.until(lambda: isinstance(run.app.main.section, CompanySection), "the screen")
        view = run.view(CompanySection)
        await run.until(lambda: view.partner is not None, "the details")
        before = changing(run)
        name = view.form.values()["name"]
        stops = len(view._stops())
        await typist.raw("\tx" + "\t" * (stops - 1) + "\r")
        assert run.app.main.focused is view.button
        assert TOO_SOON in run.status
        await typist.press("f2", after=0.2)
        assert changing(run) == before
        assert view.form.values()["name"] == f"{name}x"
        await typist.press("f2")
        await run.until(lambda: changing(run) != before, "it is sent")


async def test_the_form_that_connects_a_site_is_sent_by_a_key_of_its_own_only() -> None:
    async with typing(licenses=20) as (run, typist):
        await typist.press("S")
        await run.sees("Site ID", "1/")
        await typist.press("n")
        await run.sees("Address of the site")
        before = changing(run)
        await typist.raw("https://new.example\r\r\r\t\r ")
        assert TOO_SOON in edge(run)
        assert changing(run) == before
        await typist.press("f2")
        await run.until(lambda: len(changing(run)) == len(before) + 1, "it is sent")


async def test_a_command_that_sends_again_without_a_question_wants_a_key_of_its_own() -> None:
    async with typing(licenses=20, faults=["POST */license 401"]) as (run, typist):
        view = await issuing.opened(run)
        await typist.press("enter", "enter")
        await run.until(lambda: view.order.status, "whether issuing is open")
        await typist.press("enter")
        await run.until(lambda: asked(run), "the question")
        await typist.answer()
        await typist.press("tab", "enter")
        await run.until(lambda: view.run is not None and not view.run.running, "the end of the run")
        assert view.run is not None
        sent = len(changing(run))
        await typist.raw("aR", between=0.1)
        assert TOO_SOON in run.status
        assert len(changing(run)) == sent
        await typist.press("R")
        await run.until(lambda: len(changing(run)) > sent, "it is sent again")


@pytest.mark.parametrize("keys", ["f2", "enter"])
async def test_the_sign_up_form_is_sent_by_a_key_of_its_own_only(keys: str) -> None:
    clock = Clock()
    async with signed_in_as(user="sandbox-user-new", keyboard=Keyboard(clock)) as run:
        typist = Typist(run, clock)
        await run.until(lambda: isinstance(run.app.screen, SignUpDialog), "the form")
        dialog = run.app.screen
        assert isinstance(dialog, SignUpDialog)
        await run.until(lambda: dialog.form.countries, "the countries")
        await typist.raw("Neue Agentur")
        if keys == "enter":
            dialog.query_one("#continue").focus()
        await typist.press(keys, after=0.2)
        await typist.press(keys, after=0.2)
        assert TOO_SOON in edge(run)
        assert changing(run) == []
        await typist.press(keys)
        await run.until(lambda: len(changing(run)) == 1, "it is sent")
