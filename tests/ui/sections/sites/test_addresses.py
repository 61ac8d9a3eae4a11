"""A pasted address finds its site wherever sites are searched; what belongs to WordPress is cut before connecting."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from jpmanage_tui.api.licenses import LicenseFilter
from jpmanage_tui.ui.dialogs.site_picker import SiteList, SitePicker
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from jpmanage_tui.ui.sections.sites.connect import ConnectDialog
from jpmanage_tui.ui.sections.sites.section import SitesSection
from jpmanage_tui.ui.widgets.input import Input
from tests.cases import cases
from tests.ui.harness import Run, running
from tests.ui.sections.sites.test_sites import connect, opened

NETWORK = ("network.example", "network.example/uk", "network.example/us")
PASTED = pytest.mark.parametrize(
    ("text", "found"),
    cases(
        (
            ("a home page", ("https://network.example/", NETWORK)),
            ("another scheme", ("http://network.example", NETWORK)),
            ("no scheme", ("network.example/", NETWORK)),
            ("a path", ("https://network.example/uk/", NETWORK[1:2])),
            ("the API's form of a path", ("network.example::uk", NETWORK[1:2])),
            ("a path alone", ("/uk/", NETWORK[1:2])),
            ("an admin page", ("https://network.example/uk/wp-admin/plugins.php?page=x", NETWORK[1:2])),
            ("spaces", ("  https://network.example/us  ", NETWORK[2:])),
        ),
        "no scheme",
        "an admin page",
    ),
)


@asynccontextmanager
async def network(licenses: int = 60) -> AsyncIterator[Run]:
    """Run the app with a site and two more in folders of it, one license on each."""
    async with running(licenses=licenses) as run:

        def rename(connection: sqlite3.Connection) -> None:
            rows = connection.execute(
                "SELECT DISTINCT l.blog_id FROM licenses l JOIN sites s USING (blog_id) WHERE l.revoked_at IS NULL"
                " AND l.attached_at IS NOT NULL AND s.connected AND NOT s.is_multisite"
                " AND l.key_id = (SELECT min(key_id) FROM licenses) AND l.parent_license_id IS NULL"
                " ORDER BY l.blog_id LIMIT 3"
            ).fetchall()
            for (blog_id,), url in zip([tuple(row) for row in rows], NETWORK, strict=True):
                address = f"https://{url}"
                connection.execute(
                    "UPDATE sites SET url = ?, folded = ? WHERE blog_id = ?", (address, address, blog_id)
                )

        await run.sandbox.store.run(rename)
        yield run


@PASTED
async def test_an_address_pasted_into_sites_finds_its_sites(text: str, found: tuple[str, ...]) -> None:
    async with network() as run:
        view = await opened(run)
        view.look_for(text)
        await run.until(lambda: view.sites.pages.total == len(found) and not view.sites.busy, f"{found}")
        assert tuple(site.url for _, site in sorted(view.sites.pages.rows.items())) == found
        verb = "matches" if len(found) == 1 else "match"
        assert f"{verb} “{text.strip()}”" in run.status


@PASTED
async def test_an_address_pasted_into_the_choice_of_a_site_finds_its_sites(
    text: str, found: tuple[str, ...]
) -> None:
    async with network() as run:
        assert run.app.session is not None
        picker = SitePicker(run.app.session.client, "Which site?")
        run.app.push_screen(picker)
        await run.until(lambda: picker.query(SiteList) and picker.query_one(SiteList).current, "the sites")
        picker.query_one("#search", Input).value = text
        sites = picker.query_one(SiteList)
        await run.until(lambda: sites.pages.total == len(found) and not sites.busy, f"{found}")
        assert tuple(site.url for _, site in sorted(sites.pages.rows.items())) == found


@PASTED
async def test_an_address_pasted_into_licenses_is_searched_for_without_what_no_site_has(
    text: str, found: tuple[str, ...]
) -> None:
    async with network() as run:
        view = run.view(LicensesSection)
        view.show_licenses(view.state.query._replace(search=text, tab=LicenseFilter.ATTACHED))
        await run.until(
            lambda: view.state.pages.total and not view.loader.loads_pages, "the hits of the server"
        )
        sites = {str(one.siteurl).removeprefix("https://") for one in view.state.pages.rows.values()}
        assert sites == set(found)


async def test_an_address_pasted_into_the_filter_by_site_finds_it() -> None:
    async with network() as run:
        view = run.view(LicensesSection)
        await run.press("f")
        await run.sees("Filter by")
        await run.press("enter")
        await run.sees("Which site?")
        run.app.screen.query_one("#search", Input).value = "https://network.example/"
        await run.sees("https://network.example/uk", "https://network.example/us")
        await run.until(lambda: view.search_index.count, "the index")


# -- connecting ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "url", "words"),
    [
        ("https://new.example/wp-admin/", "https://new.example", "Left out: /wp-admin/, which is no part"),
        ("new.example/blog/wp-login.php", "https://new.example/blog", "Left out: /wp-login.php"),
        (
            "https://new.example/wp-login.php?redirect_to=https%3A%2F%2Fnew.example",
            "https://new.example",
            "Left out: /wp-login.php and what follows the ?, which are no part",
        ),
        ("https://new.example/#main", "https://new.example", "Left out: what follows the #"),
        ("https://me:secret@new.example", "https://new.example", "Left out: user name and password"),
    ],
)
@pytest.mark.sample(2)
async def test_what_belongs_to_wordpress_is_cut_and_said_before_anything_is_sent(
    typed: str, url: str, words: str
) -> None:
    async with running(licenses=20) as run:
        await opened(run)
        dialog = await connect(run, typed)
        await run.until(lambda: words in run.said("#wrong"), "what was left out")
        assert dialog.form.values()["url"] == url
        assert run.asked("POST", "/site-connection") == []
        assert "secret" not in run.said("#wrong")
        await run.press("f2")
        await run.until(lambda: f"{url} (Site ID" in run.status and "is connected" in run.status, "the end")
        assert [one["body"] for one in run.asked("POST", "/site-connection")] == [
            {"url": url, "local_user": 1}
        ]


async def test_an_address_without_anything_to_cut_is_sent_at_once() -> None:
    async with running(licenses=20) as run:
        view = await opened(run)
        await connect(run, "https://new.example/")
        await run.until(lambda: "is connected" in run.status, "the end")
        assert not isinstance(run.app.screen, ConnectDialog)
        assert [one["body"] for one in run.asked("POST", "/site-connection")] == [
            {"url": "https://new.example", "local_user": 1}
        ]
        assert isinstance(run.app.main.section, SitesSection)
        await run.until(lambda: view.current is not None and view.current.url == "new.example", "it is shown")
