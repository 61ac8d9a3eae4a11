"""What the tests of Payment Methods share: opening the screen, typing a card, what the sandbox has."""

from __future__ import annotations

import sqlite3
from functools import partial

from textual import events
from textual.widgets import Static

from jpmanage_tui.operations.policy import Policy
from jpmanage_tui.sandbox import switches
from jpmanage_tui.ui.dialogs.browser import HandoverDialog
from jpmanage_tui.ui.sections.payment_methods.new_card import NewCardDialog
from jpmanage_tui.ui.sections.payment_methods.section import PaymentMethodsSection
from jpmanage_tui.ui.widgets.input import Input
from tests.ui.harness import Run, running

GOOD = "5555555555554444"
CHALLENGED = "4000002760003184"
CVC = "739"
"""Three digits that stand nowhere else."""

demo = partial(running, licenses=20)
"""The app on a small sandbox: what is listed elsewhere does not matter here."""


async def opened(run: Run) -> PaymentMethodsSection:
    """Open Payment Methods and wait until the cards are there."""
    await run.press("3")
    await run.until(lambda: isinstance(run.app.main.section, PaymentMethodsSection), "the screen")
    view = run.view(PaymentMethodsSection)
    await run.until(lambda: view.loader.answered_at is not None and not view.loader.busy, "the cards")
    return view


async def form(run: Run) -> NewCardDialog:
    """Open the form for a new card, and wait until it knows whether the card is the first."""
    await run.press("n")
    await run.until(lambda: isinstance(run.app.screen, NewCardDialog), "the form")
    dialog = run.app.screen
    assert isinstance(dialog, NewCardDialog)
    await run.until(lambda: "loading" not in (dialog.tick.disabled_reason or ""), "the list of cards")
    return dialog


async def type_card(
    run: Run, number: str = GOOD, *, name: str = "Ada", expiry: str = "12/34", cvc: str = CVC
) -> None:
    """Paste a card into the form, field by field from the name on; enter goes on, at last to the button."""
    dialog = run.app.screen
    assert isinstance(dialog, NewCardDialog)
    first = dialog.form.fields["name"].field
    first.focus()
    await run.until(lambda: run.app.screen.focused is first, "the first field")
    for text in (name, number, expiry, cvc):
        field = run.app.screen.focused
        assert isinstance(field, Input)
        field.value = ""
        field.post_message(events.Paste(text))
        await run.press("enter")


async def type_again(
    run: Run, dialog: NewCardDialog, number: str, expiry: str = "12/34", cvc: str = CVC
) -> None:
    """Type another card over the one in the form, and save."""
    await run.until(lambda: not dialog.busy, "the form")
    dialog.say("")
    await type_card(run, number, expiry=expiry, cvc=cvc)
    await run.press("enter")


def outcome(dialog: NewCardDialog) -> str:
    """What the form says below its buttons."""
    return str(dialog.query_one("#outcome", Static).content)


async def at_the_browser(run: Run) -> HandoverDialog[object]:
    """Wait until the program waits for a browser."""
    await run.until(lambda: isinstance(run.app.screen, HandoverDialog), "the handover")
    dialog: HandoverDialog[object] = run.app.screen  # type: ignore[assignment]
    return dialog


async def turn(run: Run, **states: str) -> None:
    """Turn switches of the sandbox; underscores in the names stand for hyphens."""
    wanted = {name.replace("_", "-"): value for name, value in states.items()}
    await run.sandbox.store.run(lambda connection: switches.turn(connection, dict(wanted)))


async def saved_cards(run: Run) -> list[tuple[str, bool]]:
    """Return the last digits of the first key's cards, and which is the primary, as the sandbox has them."""

    def read(connection: sqlite3.Connection) -> list[tuple[str, bool]]:
        rows = connection.execute(
            "SELECT last4, is_default FROM cards WHERE key_id = (SELECT min(key_id) FROM partner_keys)"
            " AND NOT detached ORDER BY card_id"
        )
        return [(row[0], bool(row[1])) for row in rows]

    return await run.sandbox.read(read)


async def delete_all_but(run: Run, keep: int) -> None:
    """Take cards of the first key away in the sandbox, so that `keep` are left; one of them is the primary."""

    def work(connection: sqlite3.Connection) -> None:
        connection.execute(
            "UPDATE cards SET key_id = NULL, is_default = 0, detached = 1 WHERE key_id ="
            " (SELECT min(key_id) FROM partner_keys) AND card_id NOT IN (SELECT card_id FROM cards WHERE key_id ="
            " (SELECT min(key_id) FROM partner_keys) ORDER BY is_default DESC LIMIT ?)",
            (keep,),
        )
        connection.execute("UPDATE partners SET has_valid_payment_method = ?", (keep > 0,))

    await run.sandbox.store.run(work)


def sent(run: Run, method: str = "POST") -> list[dict[str, object]]:
    """Return the changing requests about cards that the sandbox got: their bodies or queries, in order."""
    entries = run.asked(method, "/stripe/payment-method")
    return [dict(entry["body"] or entry["query"]) for entry in entries]  # type: ignore[arg-type]


def look_quickly(run: Run) -> None:
    """Let the queue look for lost answers without waiting."""
    assert run.app.session is not None
    queue = run.app.session.queue
    queue.policy = queue._reconciler.policy = Policy(check_pauses=(0.0, 0.01))
