"""Paying: asked for with amount and card, sent once, and told as the answer says it."""

from pathlib import Path

import pytest

from jpmanage_tui.api.invoices import InvoiceStatus
from jpmanage_tui.operations.entry import EntryState
from jpmanage_tui.operations.operation import Outcome
from jpmanage_tui.operations.run import PlannedItem, Run as Run_, RunCounts, RunPlan, RunState
from jpmanage_tui.operations.runner import RunEvent
from jpmanage_tui.rules.invoices import can_pay
from jpmanage_tui.services.invoices.payment import payment_change
from jpmanage_tui.ui.widgets.header import Header
from tests.sandbox.harness import NOW
from tests.ui.harness import Run
from tests.ui.sections.invoices.support import (
    OPEN,
    PAID,
    PAST_DUE,
    change,
    charged,
    invoices,
    status_of,
    switch,
    to,
)

PAYMENT = "/payment"


async def behave(run: Run, behaviour: str) -> None:
    """Let every card behave so from now on."""
    await change(run, "UPDATE cards SET behaviour = ?", behaviour)


def payments(run: Run) -> int:
    """Return how many payments were sent."""
    return len([entry for entry in run.asked("POST", PAYMENT) if "/invoice/" in str(entry["path"])])


async def test_the_question_names_amount_and_primary_card_and_enter_alone_pays_nothing(
    tmp_path: Path,
) -> None:
    async with invoices(tmp_path) as (run, view):
        await to(run, view, PAST_DUE)
        await run.press("p")
        await run.sees(
            f"Pay invoice {PAST_DUE}?", "is open and past due", "Visa …4242", "primary payment method"
        )
        assert view.current is not None
        await run.sees(f"[ Pay ${view.current.total:,.2f} ]")
        await run.press("enter")
        await run.until(lambda: len(run.app.screen_stack) == 2, "closed")
        assert payments(run) == 0


async def test_an_open_invoice_is_paid_once_and_row_and_header_follow(tmp_path: Path) -> None:
    async with invoices(tmp_path) as (run, view):
        header = run.app.main.query_one(Header)
        await run.until(lambda: header.warning, "the warning")
        await to(run, view, PAST_DUE)
        await run.press("p")
        await run.sees("Cancel")
        await run.press("tab", "enter")
        await run.sees(f"Invoice {PAST_DUE} is paid:", "charged to Visa …4242")
        assert status_of(view, PAST_DUE) is InvoiceStatus.PAID
        await run.until(lambda: header.warning == "", "no warning")
        assert payments(run) == 1
        assert await charged(run) == [PAST_DUE]
        assert view.current is not None
        assert view.current.number == PAST_DUE


async def test_a_card_that_does_not_pay_is_told_in_the_vendors_words_and_nothing_is_sent_again(
    tmp_path: Path,
) -> None:
    async with invoices(tmp_path) as (run, view):
        await behave(run, "will_not_pay")
        await to(run, view, OPEN)
        await run.press("p")
        await run.sees("Cancel")
        await run.press("tab", "enter")
        await run.sees(f"Invoice {OPEN} is not paid:", "Your card was declined", "Payment Methods")
        assert payments(run) == 1
        assert await charged(run) == []
        assert status_of(view, OPEN) is InvoiceStatus.OPEN


async def test_a_success_that_leaves_the_invoice_open_is_not_told_as_paid(tmp_path: Path) -> None:
    async with invoices(tmp_path) as (run, view):
        await switch(run, pay_answer="open")
        await to(run, view, OPEN)
        await run.press("p")
        await run.sees("Cancel")
        await run.press("tab", "enter")
        await run.sees(f"Invoice {OPEN} is not paid:")
        assert payments(run) == 1
        assert await charged(run) == []


@pytest.mark.parametrize("fault", ["reset-after", "500=after"])
async def test_an_answer_that_is_lost_is_looked_up_and_not_sent_again(tmp_path: Path, fault: str) -> None:
    async with invoices(tmp_path) as (run, view):
        run.sandbox.faults.replace([f"POST */payment {fault}"])
        await to(run, view, OPEN)
        await run.press("p")
        await run.sees("Cancel")
        await run.press("tab", "enter")
        await run.sees(f"Invoice {OPEN} is paid: no clear answer came")
        assert payments(run) == 1
        assert await charged(run) == [OPEN]
        await run.until(lambda: status_of(view, OPEN) is InvoiceStatus.PAID, "the row")


async def test_an_invoice_that_a_run_has_paid_is_shown_as_paid(tmp_path: Path) -> None:
    async with invoices(tmp_path) as (run, view):
        session, open_one = view.session, next(one for one in view.invoice_list.loaded_items if can_pay(one))
        await session.prepare_queue()
        change = payment_change(open_one)
        await session.runner.add(RunPlan(change.summary(), (PlannedItem(change),)))
        await run.until(lambda: status_of(view, open_one.number) is InvoiceStatus.PAID, "the row")
        assert payments(run) == 1


async def test_an_invoice_that_a_run_of_another_account_has_paid_is_not_taken_over(tmp_path: Path) -> None:
    async with invoices(tmp_path) as (run, view):
        open_one = next(one for one in view.invoice_list.loaded_items if can_pay(one))
        await view.session.prepare_queue()
        own = view.session.queue.account
        paid = open_one.model_copy(update={"status": InvoiceStatus.PAID})
        heard = Outcome(payment_change(open_one), EntryState.DONE, result=paid)
        for account in ("other", own):
            asked = len(run.asked("GET", "/invoices"))
            going = Run_(
                1, account, "", "", NOW, "app", RunState.RUNNING, "", "", "", False, None, False, RunCounts()
            )
            view.heard_run(RunEvent(going, heard))
            taken = account == own
            assert (status_of(view, open_one.number) is InvoiceStatus.PAID) == taken
            await run.settled()
            assert (len(run.asked("GET", "/invoices")) > asked) == taken


@pytest.mark.slow
async def test_when_looking_fails_too_it_is_unknown_and_cannot_be_sent_again_meanwhile(
    tmp_path: Path,
) -> None:
    async with invoices(tmp_path) as (run, view):
        await to(run, view, OPEN)
        await run.press("p")
        await run.sees("Cancel")
        run.sandbox.faults.replace(["POST */payment reset-after", "GET */partner/invoices 500"])
        await run.press("tab", "enter")
        await run.sees(f"It is not known whether invoice {OPEN} was paid.", "It is not sent again by itself")
        await run.press("p")
        await run.sees("Cancel")
        await run.press("tab", "enter")
        await run.sees(f"Invoice {OPEN} was not paid:")
        assert payments(run) == 1


async def test_an_invoice_that_was_paid_elsewhere_meanwhile_is_refused_and_the_list_follows(
    tmp_path: Path,
) -> None:
    async with invoices(tmp_path) as (run, view):
        await to(run, view, OPEN)
        await change(run, "UPDATE invoices SET status = 'paid' WHERE number = ?", OPEN)
        await run.press("p")
        await run.sees("Cancel")
        await run.press("tab", "enter")
        await run.sees(f"Invoice {OPEN} was not paid: Invoice is already paid.", "Nothing was charged")
        await run.until(lambda: status_of(view, OPEN) is InvoiceStatus.PAID, "the row")


async def test_without_a_card_nothing_is_sent_and_the_way_leads_to_payment_methods(tmp_path: Path) -> None:
    async with invoices(tmp_path) as (run, view):
        await change(run, "DELETE FROM cards")
        await to(run, view, OPEN)
        await run.press("p")
        await run.sees("No card to charge", "This account has no payment method.", "nothing was sent")
        await run.press("tab", "enter")
        await run.until(lambda: run.app.main.current == "payment-methods", "Payment Methods")
        assert payments(run) == 0


async def test_with_cards_of_which_none_is_primary_it_says_so(tmp_path: Path) -> None:
    async with invoices(tmp_path) as (run, view):
        await change(run, "UPDATE cards SET is_default = 0")
        await to(run, view, OPEN)
        await run.press("p")
        await run.sees("None of the saved cards is the primary payment method")


async def test_an_expired_card_is_named_as_such_before_it_is_charged(tmp_path: Path) -> None:
    async with invoices(tmp_path) as (run, view):
        await change(run, "UPDATE cards SET exp_month = 1, exp_year = 2026")
        await to(run, view, OPEN)
        await run.press("p")
        await run.sees("This card has expired (1/26)")


@pytest.mark.slow
async def test_cards_that_cannot_be_read_leave_the_invoice_unpaid_and_say_so(tmp_path: Path) -> None:
    async with invoices(tmp_path) as (run, view):
        run.sandbox.faults.replace(["GET */payment-methods 500"])
        await to(run, view, OPEN)
        await run.press("p")
        await run.sees("Looking for the card: the server failed (500)", "The invoice was not paid.")
        assert payments(run) == 0


async def test_read_only_refuses_to_pay_before_any_request_and_says_why(tmp_path: Path) -> None:
    async with invoices(tmp_path, read_only=True) as (run, view):
        await to(run, view, OPEN)
        before = len(run.asked("GET", ""))
        await run.press("p")
        await run.sees("Pay: jpmanage is read-only: --read-only, or read_only in config.toml.")
        assert len(run.asked("GET", "")) == before


async def test_what_is_not_open_cannot_be_paid(tmp_path: Path) -> None:
    async with invoices(tmp_path) as (run, view):
        await to(run, view, PAID)
        assert "p Pay" not in run.footer
        await run.press("p")
        await run.sees("Pay: Only an open invoice can be paid.")
