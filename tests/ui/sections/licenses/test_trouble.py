"""Every trouble on the Licenses screen: a clear sentence, the list still usable, and the app recovers."""

import pytest

from jpmanage_tui.api.licenses import LicenseFilter
from jpmanage_tui.config.settings import Settings, Timeouts
from jpmanage_tui.sandbox.options import SandboxOptions
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from tests.cases import cases
from tests.sandbox.harness import NOW, running_sandbox
from tests.sandbox.plain_http import plain_transport
from tests.ui.harness import on_server, running

QUICK = Settings(timeouts=Timeouts(connect=0.5, read=0.5, total=1.5))

TROUBLE = {
    "500": "the server failed (500)",
    "502": "the server failed (502)",
    "429=1": "too many requests",
    "malformed": "answer could not be read",
    "cut": "Loading licenses:",
    "reset-before": "Loading licenses:",
    "reset-after": "Loading licenses:",
    "hang-before": "Loading licenses:",
    "hang-after": "Loading licenses:",
}


@pytest.mark.parametrize(
    ("fault", "words"),
    cases(((fault, (fault, words)) for fault, words in TROUBLE.items()), "500", "malformed", "hang-before"),
)
@pytest.mark.sample(1)
async def test_a_list_that_cannot_be_read_says_so_and_r_gets_it_back(fault: str, words: str) -> None:
    async with running(faults=[f"GET */licenses {fault}"], settings=QUICK, wait=False) as run:
        await run.until(lambda: run.app.main.section is not None, "the view")
        view = run.view(LicensesSection)
        await run.until(lambda: view.error is not None, "the error")
        await run.sees(words)
        assert run.text().count("Traceback") == 0
        run.sandbox.faults.replace(())
        await run.press("r")
        await run.until(lambda: view.state.pages.total, "rows")
        await run.sees("The API answers again.")


async def test_rows_that_are_there_stay_usable_when_the_line_drops_and_say_how_old_they_are() -> None:
    async with running(settings=QUICK) as run:
        view = run.view(LicensesSection)
        run.sandbox.faults.replace(["GET * reset-before"])
        await run.press("r")
        await run.until(lambda: view.error is not None, "the error")
        await run.sees("What is shown is as of")
        await run.press("j", "enter")
        await run.sees("License code")
        assert view.current is not None


async def test_it_recovers_by_itself_when_the_line_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jpmanage_tui.ui.common.retry.PAUSES", (0.05,))
    async with running(faults=["GET */licenses* 500 x8"], settings=QUICK, wait=False) as run:
        await run.until(lambda: run.app.main.section is not None, "the view")
        view = run.view(LicensesSection)
        await run.until(lambda: view.state.pages.total and view.counts, "rows and counts without any key")


@pytest.mark.slow
async def test_a_search_whose_server_ignores_page_and_filter_ends_truthfully() -> None:
    async with running(faults=["GET */licenses search-ignores-page"]) as run:
        view = run.view(LicensesSection)
        await run.press("right_square_bracket", "slash")
        await run.write("example")
        await run.press("enter")
        await run.until(lambda: view.state.query.search == "example" and view.state.pages.total, "hits")
        await run.press("G")
        await run.until(lambda: not view.loader.loads_pages, "the last page")
        await run.press("G")
        await run.sees("it searched every state")
        await run.until(lambda: view.current is not None, "the cursor ends on a row that there is")


@pytest.mark.slow
async def test_a_search_without_hits_says_where_it_searched_and_enter_searches_every_state() -> None:
    async with running() as run:
        view = run.view(LicensesSection)
        await run.press("right_square_bracket", "right_square_bracket", "right_square_bracket")
        await run.until(lambda: view.state.pages.total, "revoked ones")
        revoked = view.current
        assert revoked is not None
        await run.press("left_square_bracket")
        await run.press("slash")
        await run.write(revoked.license_key[-14:])
        await run.press("enter")
        await run.sees("No license in Assigned matches", "search every state")
        await run.press("enter")
        await run.until(lambda: view.state.pages.total == 1 and view.current is not None, "found")
        assert view.current is not None
        assert view.current.license_key == revoked.license_key


async def test_ten_characters_typed_in_search_cost_at_most_two_requests() -> None:
    async with running() as run:
        view = run.view(LicensesSection)
        before = len(run.asked("GET", "/licenses"))
        await run.press("slash")
        await run.write("mistralgar")
        await run.until(
            lambda: view.state.query.search == "mistralgar" and view.state.pages.total is not None, "hits"
        )
        assert len(run.asked("GET", "/licenses")) - before <= 2


async def test_a_wrong_token_leads_to_the_welcome_screen_with_a_sentence() -> None:
    with running_sandbox(SandboxOptions(licenses=20, now=NOW)) as url:
        env = {"JPMANAGE_API_URL": url, "JPMANAGE_STRIPE_URL": url, "JPMANAGE_USER_TOKEN": "wrong"}
        async with on_server(env) as run:
            await run.sees(
                "Welcome to jpmanage", "Token rejected (401): JPMANAGE_USER_TOKEN is invalid or expired."
            )


async def test_any_server_that_speaks_the_api_works_the_same_with_a_key_token_alone() -> None:
    with running_sandbox(SandboxOptions(licenses=120, now=NOW)) as url:
        env = {"JPMANAGE_API_URL": url, "JPMANAGE_STRIPE_URL": url, "JPMANAGE_TOKEN": "sandbox-key"}
        async with on_server(env) as run:
            await run.until(
                lambda: run.app.main.section is not None and run.app.main.section.counter(), "rows"
            )
            await run.sees("key from JPMANAGE_TOKEN")
            assert "DEMO" not in run.text()


async def test_a_token_revoked_while_the_app_runs_is_said_and_the_rows_stay() -> None:
    with running_sandbox(SandboxOptions(licenses=120, now=NOW)) as url:
        env = {"JPMANAGE_API_URL": url, "JPMANAGE_STRIPE_URL": url, "JPMANAGE_TOKEN": "sandbox-key"}
        async with on_server(env) as run:
            await run.until(
                lambda: run.app.main.section is not None and run.app.main.section.counter(), "rows"
            )
            view = run.view(LicensesSection)
            import httpx

            async with httpx.AsyncClient(base_url=url, transport=plain_transport()) as client:
                await client.put("/_sandbox/faults", json=["* * 401"])
            await run.press("r")
            await run.sees("Token rejected (401): JPMANAGE_TOKEN is invalid or expired.", "as of")
            assert view.current is not None


@pytest.mark.slow
async def test_a_server_that_is_killed_is_said_and_nothing_is_lost() -> None:
    with running_sandbox(SandboxOptions(licenses=120, now=NOW)) as url:
        env = {"JPMANAGE_API_URL": url, "JPMANAGE_STRIPE_URL": url, "JPMANAGE_TOKEN": "sandbox-key"}
        context = on_server(env)
        run = await context.__aenter__()
        await run.until(lambda: run.app.main.section is not None and run.app.main.section.counter(), "rows")
    view = run.view(LicensesSection)
    await run.press("r")
    await run.until(lambda: view.error is not None, "the error")
    await run.press("j")
    assert view.current is not None
    await context.__aexit__(None, None, None)


@pytest.mark.slow
async def test_the_end_of_a_hundred_thousand_licenses_costs_one_page_and_opening_a_handful_of_requests() -> (
    None
):
    async with running(licenses=100_000) as run:
        view = run.view(LicensesSection)
        await run.until(lambda: view.counts is not None, "counts")
        assert len(run.sandbox.log.entries()) <= 5
        before = len(run.asked("GET", "/licenses"))
        await run.press("G")
        await run.until(lambda: view.current is not None and not view.loader.loads_pages, "the last row")
        asked = run.asked("GET", "/licenses")[before:]
        assert len(asked) == 1
        assert view.state.pages.count % 50 not in (0, *range(30, 50)), (
            "the last page alone does not fill the view"
        )


@pytest.mark.slow
async def test_counts_that_failed_before_the_rows_came_are_told_and_asked_for_again() -> None:
    faults = ["GET */licenses/counts 500 x3", "GET */licenses latency=0.2"]
    async with running(faults=faults, settings=QUICK) as run:
        view = run.view(LicensesSection)
        await run.until(lambda: view.error is not None or view.counts is not None, "the failure")
        if view.counts is None:
            assert "Counting licenses" in run.status
        await run.until(lambda: view.counts is not None, "the counts, by the retry")
        await run.sees("The API answers again.")


async def test_what_could_not_be_read_is_not_asked_for_again_by_every_repaint() -> None:
    async with running(faults=("GET */licenses 401",), wait=False) as run:
        await run.until(lambda: run.app.main.section is not None, "the view")
        view = run.view(LicensesSection)
        await run.until(lambda: view.error is not None, "the failure")
        before = len(run.asked("GET", "/licenses"))
        for _ in range(5):
            view.show_state()
            await run.until(lambda: not view.loader.loads_pages, "rest")
            view._load_view()
        await run.until(lambda: not view.loader.loads_pages, "rest")
        assert len(run.asked("GET", "/licenses")) == before
        run.sandbox.faults.replace(())
        await run.press("r")
        await run.until(lambda: view.current is not None, "the rows")


@pytest.mark.slow
async def test_pages_that_are_only_scrolled_past_are_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jpmanage_tui.ui.sections.licenses.section.SETTLE", 1.0)
    async with running(licenses=20_000) as run:
        view = run.view(LicensesSection)
        before = len(run.asked("GET", "/licenses"))
        await run.press(*["pagedown"] * 60)
        await run.until(
            lambda: view.current is not None and view.license_list.cursor_index.row > 1000, "the rows"
        )
        assert len(run.asked("GET", "/licenses")) - before <= 8


async def test_clearing_a_search_of_every_state_goes_back_to_the_tab_before() -> None:
    async with running() as run:
        view = run.view(LicensesSection)
        await run.press("right_square_bracket")
        await run.press("slash")
        await run.write("no such thing")
        await run.press("enter")
        await run.sees("No license in Unassigned matches")
        await run.press("enter")
        await run.sees("Any state", "No license of any state matches “no such thing”.")
        await run.press("escape")
        await run.until(lambda: view.state.query.tab is LicenseFilter.DETACHED, "the tab before")
        assert not view.state.query.search
        assert "Any state" not in run.text()
