"""The Sites screen by keyboard, on the sandbox through the real client."""

from __future__ import annotations

import pytest

from jpmanage_tui.api.licenses import LicenseFilter, LicenseState
from jpmanage_tui.ui.dialogs.browser import LinkDialog
from jpmanage_tui.ui.dialogs.choice import ChoiceDialog
from jpmanage_tui.ui.dialogs.confirm import ConfirmDialog
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from jpmanage_tui.ui.sections.sites.connect import ConnectDialog
from jpmanage_tui.ui.sections.sites.license_picker import LicensePicker
from jpmanage_tui.ui.sections.sites.section import SitesSection
from tests.ui.harness import LARGE, SMALL, Run, running
from tests.ui.sections.licenses_search.support import indexed
from tests.ui.states import answers_held

SIZES = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x36"])
DISCONNECTED = "https://disconnected-by-hand.example"
"""A site of the sandbox that was disconnected by hand."""


async def opened(run: Run) -> SitesSection:
    """Open Sites and wait for its first rows."""
    await run.press("S")
    await run.until(lambda: isinstance(run.app.main.section, SitesSection), "the screen")
    view = run.view(SitesSection)
    await run.until(lambda: view.current is not None, "the first rows")
    return view


async def search(run: Run, view: SitesSection, text: str) -> None:
    """Search for a site and go to the list."""
    await run.press("slash")
    await run.write(text)
    await run.press("enter")
    await run.until(lambda: view.sites.pages.total is not None and not view.sites.busy, "the answer")


async def connect(run: Run, url: str, user: str | None = None) -> ConnectDialog:
    """Fill in the form that connects a site, and send it."""
    await run.press("n")
    await run.until(lambda: isinstance(run.app.screen, ConnectDialog), "the form")
    dialog = run.app.screen
    assert isinstance(dialog, ConnectDialog)
    dialog.form.rows["url"].value = url
    if user is not None:
        dialog.form.rows["local_user"].value = user
    await run.press("f2")
    return dialog


@SIZES
async def test_s_lists_the_connected_sites_with_site_id_and_health(size: tuple[int, int]) -> None:
    async with running(size) as run:
        view = await opened(run)
        session = run.app.session
        assert session is not None
        page = await session.client.sites.list(per_page=50)
        text = "\n".join(run.lines(run.app.main))
        assert view.sites.pages.total == page.total_items
        assert page.items[0].url in text
        assert str(page.items[0].blog_id) in text
        assert "connected" in text
        assert f"{page.total_items} connected sites" in run.status
        await run.press("G")
        await run.until(lambda: view.current is not None, "the last page")
        assert view.counter() == f"{page.total_items}/{page.total_items}"


@SIZES
async def test_enter_opens_a_site_to_threats_backup_updates_monitor_php_and_its_licenses(
    size: tuple[int, int],
) -> None:
    async with running(size) as run:
        view = await opened(run)
        session = run.app.session
        assert session is not None
        site = view.current
        assert site is not None
        owned = [
            one
            async for one in session.client.licenses.list_all(LicenseFilter.ATTACHED)
            if one.blog_id == site.blog_id
        ]
        await run.press("enter")
        await run.until(lambda: "· · ·" not in "\n".join(run.lines(run.app.main)), "the licenses")
        text = "\n".join(run.lines(run.app.main))
        for label in ("Site ID", "Licenses", "Products", "Monitor", "Scan", "Backup", "Updates", "PHP"):
            assert label in text
        assert owned
        for license in owned:
            assert license.product.split()[-1] in text
        await run.press("j")
        assert view.counter().startswith("2/"), "the cursor jumps over the facts"
        await run.press("k", "left")
        assert not view.is_open


@pytest.mark.slow
async def test_searching_sites_asks_the_server_and_esc_clears_it() -> None:
    async with running() as run:
        view = await opened(run)
        total = view.sites.pages.total
        wanted = view.sites.pages.rows[3]
        await search(run, view, wanted.url[:18])
        assert f"{total} connected sites" not in run.status
        assert "matches “" in run.status
        assert all(wanted.url[:18] in site.url for site in view.sites.pages.rows.values())
        await run.press("escape")
        await run.until(lambda: view.sites.pages.total == total, "every site")


async def test_a_search_without_a_hit_says_so_and_the_way_on() -> None:
    async with running() as run:
        view = await opened(run)
        await search(run, view, "nowhere")
        text = "\n".join(run.lines(run.app.main))
        assert "No connected site matches “nowhere”." in text
        assert "clear the search" in text
        await run.press("a")
        assert "No site is selected" in run.status


@pytest.mark.slow
async def test_an_unassigned_license_is_assigned_to_the_site_from_there() -> None:
    async with running() as run:
        view = await opened(run)
        await connect(run, "https://fresh.example")
        await run.until(
            lambda: view.current is not None and view.current.url == "fresh.example", "the new site"
        )
        await run.press("enter", "a")
        await run.until(lambda: isinstance(run.app.screen, LicensePicker), "the picker")
        picker = run.app.screen
        assert isinstance(picker, LicensePicker)
        await run.until(lambda: picker.licenses.current is not None, "the licenses")
        while (chosen := picker.licenses.current) is not None and chosen.is_bundle:
            await run.press("down")
        assert chosen is not None
        await run.press("enter")
        await run.until(lambda: isinstance(run.app.screen, ConfirmDialog), "the question")
        await run.sees(chosen.license_key, "fresh.example")
        await run.press("tab", "enter")
        await run.until(lambda: "is assigned to fresh.example" in run.status, "the end")
        await run.until(
            lambda: chosen.product in "\n".join(run.lines(run.app.main)), "the license at the site"
        )
        assert len(run.asked("POST", f"/license/{chosen.license_key}/site")) == 1


@pytest.mark.slow
async def test_a_bundle_opens_to_its_licenses_in_the_picker_and_esc_goes_back() -> None:
    async with running() as run:
        await opened(run)
        await run.press("a")
        await run.until(lambda: isinstance(run.app.screen, LicensePicker), "the picker")
        picker = run.app.screen
        assert isinstance(picker, LicensePicker)

        async def open_bundle() -> None:
            await run.until(lambda: "match “backup”" in run.said("#about"), "the search")
            known = picker.licenses.pages.rows
            picker.licenses.move_cursor(next(row for row, one in known.items() if one.is_bundle))
            await run.press("enter")
            await run.until(
                lambda: any(one.is_child for one in picker.licenses.pages.rows.values()), "its licenses"
            )

        await run.press("tab")
        await run.write("backup")
        await open_bundle()
        children = picker.licenses.pages.rows
        picker.licenses.move_cursor(
            next(row for row, one in children.items() if one.state is LicenseState.ATTACHED)
        )
        await run.press("enter")
        assert "assigned already" in run.said("#about")
        await run.press("escape")
        await open_bundle()
        children = picker.licenses.pages.rows
        row, free = next((row, one) for row, one in children.items() if one.state is LicenseState.DETACHED)
        picker.licenses.move_cursor(row)
        await run.press("enter")
        await run.until(lambda: isinstance(run.app.screen, ConfirmDialog), "the question")
        await run.sees(free.license_key)


async def test_connecting_a_new_site_shows_it() -> None:
    async with running() as run:
        view = await opened(run)
        await connect(run, "brand-new.example/shop", "admin")
        await run.until(lambda: "is connected" in run.status, "the end")
        await run.until(lambda: view.current is not None, "the site")
        assert view.current is not None
        assert view.current.url == "brand-new.example/shop"
        sent = run.asked("POST", "/site-connection")
        assert [one["body"] for one in sent] == [
            {"url": "https://brand-new.example/shop", "local_user": "admin"}
        ]


async def test_connecting_a_connected_site_says_that_nothing_was_changed() -> None:
    async with running() as run:
        view = await opened(run)
        assert view.current is not None
        await connect(run, view.current.address)
        await run.until(lambda: "was connected already. Nothing was changed." in run.status, "the end")


async def test_a_site_disconnected_by_hand_is_said_not_to_be_reconnected() -> None:
    async with running() as run:
        await opened(run)
        await connect(run, DISCONNECTED)
        await run.sees("is NOT connected", "disconnected by hand")
        assert isinstance(run.app.screen, ConnectDialog), "the form stays"


@pytest.mark.parametrize(
    ("url", "user", "words"),
    [
        ("https://no-jetpack.example", "1", "Jetpack is not installed and active"),
        ("https://x.example", "nobody", "local user was not found"),
        ("", "1", "Write the full address"),
        ("ftp://x.example", "1", "Write the full address"),
        ("https://x.example", "", "Name an administrator"),
    ],
)
@pytest.mark.sample(2)
async def test_a_site_that_cannot_be_connected_says_why_in_the_form(url: str, user: str, words: str) -> None:
    async with running(licenses=20) as run:
        await opened(run)
        dialog = await connect(run, url, user)
        await run.sees(words.split()[0], words.split()[-1])
        assert dialog.is_current
        assert dialog.form.values()["local_user"] == user


async def test_a_form_left_while_the_answer_is_awaited_breaks_nothing_off() -> None:
    async with running(licenses=20, faults=["POST *site-connection latency=0.5"]) as run:
        await opened(run)
        await connect(run, "https://late.example")
        await run.press("escape")
        assert not isinstance(run.app.screen, ConnectDialog)
        await run.until(
            lambda: "https://late.example" in run.status and "is connected" in run.status, "the end"
        )
        assert len(run.asked("POST", "/site-connection")) == 1


@pytest.mark.parametrize("elsewhere", [True, False], ids=["on another screen", "in a search"])
async def test_a_site_connected_meanwhile_takes_neither_focus_nor_search_from_who_left_the_form(
    elsewhere: bool,
) -> None:
    async with running(licenses=20) as run, answers_held("POST") as goes_on:
        view = await opened(run)
        await connect(run, "https://late.example")
        await run.press("escape")
        if elsewhere:
            await run.press("1")
            await run.until(lambda: isinstance(run.app.main.section, LicensesSection), "Licenses")
        else:
            await run.press("slash", "b")
        focused = run.app.focused
        goes_on.set()
        await run.until(lambda: "is connected" in run.status, "the end")
        await run.until(lambda: not view.sites.busy, "the list")
        assert run.app.focused is focused
        assert view.search_text in ("", "b")
        if elsewhere:
            await run.press("S")
            await run.until(
                lambda: any(site.url == "late.example" for site in view.sites.pages.rows.values()),
                "the new site",
            )


async def test_the_licenses_of_a_site_are_complete_where_all_were_read_and_else_it_is_said() -> None:
    async with running() as run:
        view = await opened(run)
        here = await run.sandbox.read(
            lambda connection: connection.execute(
                "SELECT l.blog_id, s.url FROM licenses l JOIN sites s USING (blog_id) WHERE s.connected"
                " AND l.key_id = (SELECT min(key_id) FROM licenses) AND l.parent_license_id IS NOT NULL"
                " AND l.revoked_at IS NULL AND l.attached_at IS NOT NULL"
            ).fetchone()
        )
        await search(run, view, here[1].removeprefix("https://"))
        await run.until(lambda: view.current is not None and view.current.blog_id == here[0], "the site")
        await run.press("enter")
        await run.sees("not searched inside bundles")
        await run.press("1")
        await indexed(run)
        await run.press("S", "r")
        await run.until(
            lambda: view.current and "(of a bundle)" in view._licenses.line(view.current), "its licenses"
        )
        owned = await run.sandbox.read(
            lambda connection: connection.execute(
                "SELECT count(*) FROM licenses WHERE blog_id = ? AND revoked_at IS NULL"
                " AND key_id = (SELECT min(key_id) FROM licenses)",
                (here[0],),
            ).fetchone()[0]
        )
        site = view.current
        assert site is not None
        line = view._licenses.line(site)
        assert (line.count(", ") + 1, "not searched" in line) == (owned, False)


async def test_the_licenses_of_a_site_are_searched_on_licenses() -> None:
    async with running() as run:
        view = await opened(run)
        site = view.current
        assert site is not None
        await run.press("l")
        await run.until(lambda: isinstance(run.app.main.section, LicensesSection), "Licenses")
        licenses = run.view(LicensesSection)
        await run.until(
            lambda: licenses.state.query.search == site.url and licenses.state.pages.total, "the search"
        )
        assert {one.blog_id for one in licenses.state.pages.rows.values()} == {site.blog_id}


async def test_view_site_and_debug_site_show_their_links() -> None:
    async with running() as run:
        view = await opened(run)
        site = view.current
        assert site is not None
        await run.press("o")
        await run.until(lambda: isinstance(run.app.screen, LinkDialog), "the link")
        assert isinstance(run.app.screen, LinkDialog)
        assert run.app.screen.url == site.url_with_scheme
        await run.press("escape", "d")
        await run.until(lambda: isinstance(run.app.screen, LinkDialog), "the link")
        assert "jptools.wordpress.com/debug" in run.app.screen.url


async def test_the_menu_of_a_site_lists_what_can_be_done_and_why_the_rest_cannot() -> None:
    async with running(licenses=20, read_only=True) as run:
        await opened(run)
        await run.press("full_stop")
        await run.until(lambda: isinstance(run.app.screen, ChoiceDialog), "the menu")
        await run.sees("Assign License", "--read-only", "View Site")


@pytest.mark.parametrize("key", ["a", "n"])
async def test_read_only_refuses_before_anything_is_asked(key: str) -> None:
    async with running(licenses=20, read_only=True) as run:
        await opened(run)
        await run.press(key)
        assert "--read-only" in run.status
        assert not run.asked("POST", "")


async def test_sites_that_cannot_be_loaded_say_so_and_r_tries_again() -> None:
    async with running(licenses=20, faults=["GET *jetpack-agency/sites 401 x1"]) as run:
        await run.press("S")
        await run.until(lambda: isinstance(run.app.main.section, SitesSection), "the screen")
        view = run.view(SitesSection)
        await run.until(lambda: view.sites.error is not None, "the error")
        assert "\n".join(run.lines(run.app.main)).count("Token rejected (401)") == 1
        await run.press("r")
        await run.until(lambda: view.current is not None, "the sites")


async def test_old_rows_say_how_old_they_are_when_they_cannot_be_refreshed() -> None:
    async with running(licenses=20, faults=["GET *jetpack-agency/sites 401 x1 +1"]) as run:
        view = await opened(run)
        await run.press("r")
        await run.until(lambda: view.sites.error is not None, "the error")
        assert "could not be refreshed" in view.summary()
        assert view.current is not None


async def test_a_server_in_trouble_is_asked_again_after_a_pause_and_not_at_once() -> None:
    async with running(licenses=20, faults=["GET *jetpack-agency/sites 401"]) as run:
        await run.press("S")
        await run.until(lambda: isinstance(run.app.main.section, SitesSection), "the screen")
        view = run.view(SitesSection)
        await run.until(lambda: view.sites.error is not None, "the error")
        asked = len(run.asked("GET", "/jetpack-agency/sites"))
        for _ in range(5):
            await run.press("j")
            await run.pilot.pause()
        assert len(run.asked("GET", "/jetpack-agency/sites")) == asked
