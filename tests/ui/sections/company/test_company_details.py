"""Company Details by keyboard, on the sandbox through the real client."""

from __future__ import annotations

from functools import partial

import pytest

from jpmanage_tui.api.partner import PartnerDetails
from jpmanage_tui.operations.entry import EntryState
from jpmanage_tui.operations.mutations.account import UpdatePartner
from jpmanage_tui.operations.operation import Outcome
from jpmanage_tui.operations.run import PlannedItem, Run as Run_, RunCounts, RunPlan, RunState
from jpmanage_tui.operations.runner import RunEvent
from jpmanage_tui.ui.dialogs.choice import ChoiceDialog
from jpmanage_tui.ui.dialogs.confirm import ConfirmDialog
from jpmanage_tui.ui.dialogs.select import Select
from jpmanage_tui.ui.sections.company.section import CompanySection
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from jpmanage_tui.ui.widgets.sidebar import Sidebar
from tests.sandbox.harness import NOW, options, running_sandbox
from tests.ui.harness import LARGE, SMALL, Run, on_server, running

demo = partial(running, licenses=20)
"""The app on a small sandbox: what is listed elsewhere does not matter here."""
SIZES = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x36"])
BEFORE = PartnerDetails(
    name="Nordlicht Digital",
    contact_person="Adaobi Nwosu",
    company_website="https://nordlicht-digital.example",
    company_type="agency",
    managed_sites="101-500",
    country="US",
    state="TX",
    city="Austin",
    line1="1100 Congress Ave",
    line2="Suite 4",
    postal_code="78701",
)
"""What the sandbox's partner has at first."""


async def opened(run: Run) -> CompanySection:
    """Open Company Details and wait until details and countries are there."""
    await run.press("6")
    await run.until(lambda: isinstance(run.app.main.section, CompanySection), "the screen")
    view = run.view(CompanySection)
    await run.until(lambda: view.partner is not None and view.form.countries, "details and countries")
    return view


async def go_to(run: Run, view: CompanySection, name: str) -> None:
    """Put the focus on a row at once; how the keys get there is a test of its own."""
    control = view.form.rows[name].control
    control.focus()
    await run.until(lambda: run.app.focused is control, f"the focus on {name}")


async def tab_to(run: Run, view: CompanySection, name: str) -> None:
    """Go to a row by the tab key."""
    control = view.form.rows[name].control
    for _ in range(20):
        if run.app.focused is control:
            return
        await run.press("tab")
    raise AssertionError(f"tab never came to {name}")


async def retype(run: Run, view: CompanySection, name: str, text: str) -> None:
    """Put another text into a field and the focus there, as typing does."""
    await go_to(run, view, name)
    view.form.rows[name].value = text
    await run.pilot.pause()


async def choose(run: Run, view: CompanySection, name: str, letters: str) -> None:
    """Choose a value by typing its first letters on the row."""
    await go_to(run, view, name)
    await run.write(letters[0])
    await run.until(lambda: isinstance(run.app.screen, ChoiceDialog), "the list")
    await run.write(letters[1:])
    await run.press("enter")
    await run.until(lambda: not isinstance(run.app.screen, ChoiceDialog), "the form")


async def stored(run: Run) -> PartnerDetails:
    """Return the details as the sandbox has them now."""
    session = run.app.session
    assert session is not None
    return PartnerDetails.of(await session.client.partner.get())


@SIZES
async def test_the_company_details_section_is_used_to_add_company_name_contact_website_address_city_country_and_zip(
    size: tuple[int, int],
) -> None:
    async with demo(size) as run:
        view = await opened(run)
        await run.sees(
            "Company name", "Contact first and last name", "Company website", "Address line 1", "City"
        )
        await run.sees(
            "Country", "United States (US)", "State", "Texas", "Postal code", "78701", "[ Update Details ]"
        )
        assert view.form.values().items() <= BEFORE.model_dump().items()


@pytest.mark.slow
@SIZES
async def test_click_update_details_to_update_your_company_details(size: tuple[int, int]) -> None:
    async with demo(size) as run:
        view = await opened(run)
        await run.press("enter", "end", "ctrl+u")
        await run.write("Südlicht 光")
        await tab_to(run, view, "postal_code")
        await run.press("end", "backspace", "2", "tab")
        assert run.app.focused is view.button
        await run.press("enter")
        await run.sees("Updated.")
        expected = BEFORE.model_copy(update={"name": "Südlicht 光", "postal_code": "78702"})
        assert await stored(run) == expected
        assert run.lines(run.app.main)[0].count("Südlicht 光") == 1, "the header follows"


async def test_the_company_details_will_be_applied_to_all_future_invoices() -> None:
    async with demo() as run:
        view = await opened(run)
        await run.sees("The company details will be applied to all future invoices.")
        await retype(run, view, "city", "Dallas")
        await run.press("f2")
        await run.until(lambda: "Updated. Future invoices will carry these details." in run.status, "the end")


async def test_f2_sends_one_put_with_the_hidden_fields_unchanged_and_without_terms() -> None:
    async with demo() as run:
        view = await opened(run)
        await retype(run, view, "line2", "Suite 5")
        await run.press("f2")
        await run.sees("Updated.")
        sent = run.asked("PUT", "/partner")
        assert len(sent) == 1
        expected = BEFORE.model_copy(update={"line2": "Suite 5"})
        assert sent[0]["body"] == expected.model_dump()
        assert await stored(run) == expected


async def test_loading_the_form_and_the_countries_does_not_change_the_state() -> None:
    async with demo(faults=["GET /wpcom/v2/woocommerce/countries/regions* latency=0.3"]) as run:
        view = await opened(run)
        assert view.form.values()["state"] == "TX"
        assert not view.form.changed
        await run.press("f2")
        assert "Nothing is changed" in run.status
        assert not run.asked("PUT", "/partner")


@pytest.mark.slow
async def test_choosing_a_country_without_states_takes_the_state_away_and_going_back_brings_it_back() -> None:
    async with demo() as run:
        view = await opened(run)
        await choose(run, view, "country", "france")
        assert view.form.values()["country"] == "FR"
        assert view.form.values()["state"] == ""
        assert not view.form.rows["state"].display
        await choose(run, view, "country", "united states (us)")
        assert view.form.values()["state"] == "TX"
        assert view.form.rows["state"].display


@pytest.mark.slow
async def test_choosing_another_country_with_states_offers_its_own_states() -> None:
    async with demo() as run:
        view = await opened(run)
        await choose(run, view, "country", "canada")
        row = view.form.rows["state"]
        assert isinstance(row, Select)
        assert row.value == ""
        assert "ON" in {choice.name for choice in row.choices}
        await choose(run, view, "state", "ontario")
        await run.press("f2")
        await run.sees("Updated.")
        assert (await stored(run)).state == "ON"


@pytest.mark.slow
async def test_what_the_server_refuses_stands_under_the_field_it_names_and_goes_when_it_is_edited() -> None:
    async with demo() as run:
        view = await opened(run)
        await retype(run, view, "company_website", "xyz")
        await retype(run, view, "name", "")
        await run.press("f2")
        await run.sees("✗ Company website is required and must be", "✗ Company name is required")
        assert "See Company name, Company website" in run.status
        assert run.app.focused is view.form.rows["name"].control, "the first refused field has the focus"
        assert await stored(run) == BEFORE
        await run.write("N")
        await run.until(lambda: not view.form.rows["name"].error, "the sentence gone")
        assert view.form.rows["company_website"].error
        await retype(run, view, "company_website", "https://n.example")
        await run.press("f2")
        await run.sees("Updated.")


async def test_a_refusal_without_named_fields_is_told_and_keeps_what_was_typed() -> None:
    async with demo(faults=["PUT *partner 401 x9"]) as run:
        view = await opened(run)
        await retype(run, view, "city", "Dallas")
        await run.press("f2")
        await run.until(lambda: "were not updated" in run.status, "the refusal")
        assert view.form.values()["city"] == "Dallas"
        assert view.form.changed


async def test_a_lost_answer_is_looked_up_and_not_sent_again() -> None:
    async with demo(faults=["PUT *partner reset-after"]) as run:
        view = await opened(run)
        await retype(run, view, "city", "Dallas")
        await run.press("f2")
        await run.until(lambda: "confirmed by checking" in run.status, "the look")
        await run.until(lambda: not view.form.changed, "the form as saved")
        assert len(run.asked("PUT", "/partner")) == 1
        assert (await stored(run)).city == "Dallas"


async def test_details_that_a_run_has_changed_are_shown_and_what_was_typed_stays() -> None:
    async with demo(SMALL) as run:
        view = await opened(run)
        view.form.rows["city"].value = "Kiel"
        session = run.app.session
        assert session is not None
        await session.prepare_queue()
        after = BEFORE.model_copy(update={"line2": "Suite 5", "city": "Husum"})
        change = UpdatePartner(after, BEFORE)
        await session.runner.add(RunPlan(change.summary(), (PlannedItem(change),)))
        await run.until(lambda: view.form.values()["line2"] == "Suite 5", "the second line")
        assert view.form.values()["city"] == "Kiel"


async def test_a_run_of_the_account_that_was_open_before_changes_nothing_here() -> None:
    async with demo() as run:
        view = await opened(run)
        own = view.partner
        assert own is not None
        other = own.model_copy(update={"id": own.id + 1, "name": "Somebody else"})
        heard = Outcome(UpdatePartner(PartnerDetails.of(other), BEFORE), EntryState.DONE, result=other)
        going = Run_(
            1, "other", "", "", NOW, "app", RunState.RUNNING, "", "", "", False, None, False, RunCounts()
        )
        view.heard_run(RunEvent(going, heard))
        await run.settled()
        assert (view.partner, view.form.values()["name"]) == (own, BEFORE.name)
        assert run.app.session is not None
        assert run.app.session.partner is not None
        assert run.app.session.partner.id == own.id


@pytest.mark.slow
async def test_leaving_a_changed_form_asks_and_cancel_stays_with_everything_typed() -> None:
    async with demo() as run:
        view = await opened(run)
        await retype(run, view, "city", "Dallas")
        await run.press("escape", "1")
        await run.until(lambda: isinstance(run.app.screen, ConfirmDialog), "the question")
        await run.sees("changed and not saved")
        await run.press("enter")
        assert run.app.main.section is view
        assert view.form.values()["city"] == "Dallas"
        await run.press("1")
        await run.until(lambda: isinstance(run.app.screen, ConfirmDialog), "the question")
        await run.press("tab", "enter")
        await run.until(lambda: isinstance(run.app.main.section, LicensesSection), "the other section")
        await run.press("6")
        await run.until(lambda: run.app.main.section is view, "the form")
        assert view.form.values()["city"] == "Austin"


async def test_quitting_with_a_changed_form_asks() -> None:
    async with demo() as run:
        view = await opened(run)
        await retype(run, view, "city", "Dallas")
        await run.press("escape", "q")
        await run.until(lambda: isinstance(run.app.screen, ConfirmDialog), "the question")
        await run.sees("changed and not saved")


async def test_refreshing_keeps_what_was_typed_and_takes_over_the_rest() -> None:
    async with demo() as run:
        view = await opened(run)
        await retype(run, view, "city", "Dallas")
        session = run.app.session
        assert session is not None
        await session.client.partner.update(BEFORE.model_copy(update={"line1": "1 New Street"}))
        await run.press("escape", "r")
        await run.until(lambda: view.form.values()["line1"] == "1 New Street", "the new address")
        assert view.form.values()["city"] == "Dallas"
        assert view.form.changed


async def test_digits_open_sections_until_the_user_goes_into_the_form_and_are_text_there() -> None:
    async with demo() as run:
        view = await opened(run)
        await run.press("1")
        await run.until(lambda: isinstance(run.app.main.section, LicensesSection), "Licenses")
        await run.press("6")
        await run.until(lambda: run.app.main.section is view, "Company Details")
        await run.press("enter", "end", "1", "q")
        assert view.form.values()["name"] == "Nordlicht Digital1q"
        await go_to(run, view, "postal_code")
        await run.press("tab", "1", "q")
        assert run.app.main.section is view
        assert run.app.focused is view.button, "on the button, too, letters start nothing"


@pytest.mark.slow
async def test_tab_goes_through_the_form_to_the_sidebar_and_shift_tab_goes_back() -> None:
    async with demo() as run:
        view = await opened(run)
        seen = []
        for _ in range(11):
            await run.press("tab")
            seen.append(run.app.focused)
        assert seen[:9] == [row.control for row in view.form.rows.values()]
        assert seen[9] is view.button
        assert isinstance(seen[10], Sidebar)
        await run.press("tab", "tab", "shift+tab")
        assert run.app.focused is view
        await run.press("shift+tab")
        assert isinstance(run.app.focused, Sidebar)


@pytest.mark.slow
async def test_the_button_stays_in_view_at_80x24_with_an_error_under_every_field() -> None:
    async with demo(SMALL) as run:
        view = await opened(run)
        view.form.show_errors(dict.fromkeys(view.form.rows, "This is not what it should be."))
        await run.until(lambda: "[ Update Details ]" in "\n".join(run.lines(run.app.main)), "the button")
        for name, row in view.form.rows.items():
            await go_to(run, view, name)
            await run.until(partial(in_view, run, row.label), f"{row.label} in view")


def in_view(run: Run, words: str) -> bool:
    """Whether words stand on the main screen."""
    return words in "\n".join(run.lines(run.app.main))


async def test_details_that_cannot_be_loaded_say_so_and_r_tries_again() -> None:
    async with demo(faults=["GET *partner 401 x1 +1"]) as run:
        await run.press("6")
        await run.until(lambda: isinstance(run.app.main.section, CompanySection), "the screen")
        view = run.view(CompanySection)
        await run.until(lambda: view.loader.error is not None, "the error")
        assert "\n".join(run.lines(run.app.main)).count("Token rejected (401)") == 1
        await run.press("enter")
        assert "not loaded yet" in run.status
        await run.press("r")
        await run.until(lambda: view.partner is not None, "the details")
        assert "Nordlicht Digital" in view.form.values()["name"]


async def test_old_details_say_how_old_they_are_when_they_cannot_be_refreshed() -> None:
    async with demo(faults=["GET *partner 401 x1 +2"]) as run:
        view = await opened(run)
        await run.press("r")
        await run.until(lambda: view.loader.error is not None, "the error")
        assert "could not be refreshed" in view.summary()
        assert view.form.values()["name"] == "Nordlicht Digital"


async def test_without_the_countries_the_other_fields_can_still_be_updated_and_nothing_else_changes() -> None:
    async with demo(faults=["GET *countries* malformed"]) as run:
        await run.press("6")
        await run.until(lambda: "the list of countries" in run.status, "the error")
        view = run.view(CompanySection)
        await run.until(lambda: view.partner is not None, "the details")
        await go_to(run, view, "country")
        await run.press("enter")
        await run.sees("could not be loaded")
        await retype(run, view, "city", "Dallas")
        await run.press("f2")
        await run.sees("Updated.")
        assert await stored(run) == BEFORE.model_copy(update={"city": "Dallas"})


async def test_read_only_shows_the_details_and_refuses_to_change_them() -> None:
    async with demo(read_only=True) as run:
        await opened(run)
        await run.press("enter")
        assert "--read-only" in run.status
        await run.press("tab")
        assert isinstance(run.app.focused, Sidebar), "no field can be reached"
        assert not run.asked("PUT", "/partner")


async def test_with_a_key_token_alone_the_screen_says_what_it_needs_and_how_to_get_it() -> None:
    with running_sandbox(options(20)) as url:
        env = {"JPMANAGE_API_URL": url, "JPMANAGE_STRIPE_URL": url, "JPMANAGE_TOKEN": "sandbox-key"}
        async with on_server(env) as run:
            await run.until(lambda: run.app.session, "the session")
            await run.press("6")
            await run.until(lambda: isinstance(run.app.main.section, CompanySection), "the screen")
            text = "\n".join(run.lines(run.app.main))
            for words in ("user token", "key from JPMANAGE_TOKEN", "jpmanage login", "JPMANAGE_USER_TOKEN"):
                assert words in text
            await run.press("enter")
            assert "user token" in run.status
