"""Keys that arrive together, as on a slow line, go where they would have gone one by one."""

from textual import events

from jpmanage_tui.ui.invoices.view import InvoicesView
from jpmanage_tui.ui.licenses.view import LicensesView
from jpmanage_tui.ui.payment_methods.new_card import NewCardDialog
from tests.ui.harness import running


async def test_a_search_typed_at_once_is_the_search_and_starts_no_command() -> None:
    async with running() as run:
        view = run.view(LicensesView)
        await run.burst("/", *"scan")
        assert view.search_row.text == "scan"
        assert run.app.screen is run.app.main


async def test_a_card_typed_at_once_goes_into_its_fields() -> None:
    async with running() as run:
        await run.burst("3", "n", *"Ada", "tab", *"4242", "tab", *"1234", "tab", *"739")
        dialog = run.app.screen
        assert isinstance(dialog, NewCardDialog)
        values = {
            name: field.field.value for name, field in dialog.form.fields.items() if hasattr(field, "field")
        }
        assert values["name"] == "Ada"
        assert values["number"].replace(" ", "") == "4242"
        assert values["cvc"] == "739"


async def test_the_key_after_a_dialog_is_for_the_dialog() -> None:
    async with running() as run:
        await run.burst("x", "enter", "j")
        assert len(run.app.screen_stack) == 2, "Cancel comes first"
        assert run.asked("DELETE", "/license") == []
        assert run.view(LicensesView).license_list.ref.row == 1


async def test_the_key_after_a_change_of_section_is_for_that_section() -> None:
    async with running() as run:
        await run.burst("4", "G")
        view = run.view(InvoicesView)
        await run.until(lambda: view.counter(), "rows")
        assert run.app.main.view is view


async def test_a_paste_waits_for_the_keys_before_it() -> None:
    async with running() as run:
        run.app.post_message(events.Key("slash", "/"))
        run.app.post_message(events.Paste("maple"))
        await run.burst("x")
        assert run.view(LicensesView).search_row.text == "maplex"
