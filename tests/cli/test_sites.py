"""`jpmanage sites`: the rows of the screen, and connecting sites with what the app asks and says."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.licenses import SortDirection
from jpmanage_tui.api.sites import Site
from jpmanage_tui.cli.commands.sites import FILTERS
from jpmanage_tui.operations.policy import Policy
from jpmanage_tui.sandbox.sites.seed import DISCONNECTED_HOST
from jpmanage_tui.services.connected_sites import SiteFilter, SiteQuery
from jpmanage_tui.services.fields.field import names_of, record_of
from jpmanage_tui.services.fields.site_list import SITE_LIST_FIELDS
from jpmanage_tui.services.fields.sites import SITE_FIELDS
from tests.cli.harness import KEY, Cli
from tests.cli.screens import as_screen, exported


@pytest.fixture
def signed_in(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Cli:
    monkeypatch.setattr(Policy, "pauses_after", lambda *_: (0.0,))
    cli.env(TOKEN=KEY)
    return cli


def screen(cli: Cli, query: SiteQuery) -> list[Site]:
    """Return the sites of a query in the order of the screen, page by page as that reads them."""

    async def read(client: LicensingClient) -> list[Site]:
        first = await query.page(client, 1)
        pages = [await query.page(client, number) for number in range(2, (first.total_pages or 1) + 1)]
        return [site for page in (first, *pages) for site in page.items]

    return as_screen(cli.url, read)


def rows_of(cli: Cli, *arguments: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(cli("sites", "list", *arguments, "--json").out)
    return rows


def connections(cli: Cli) -> list[str]:
    return [line for line in cli.asked() if "/site-connection " in line]


@pytest.mark.parametrize(
    ("arguments", "query"),
    [
        ((), SiteQuery()),
        (("--reverse",), SiteQuery(direction=SortDirection.DESC)),
        (("--search", "https://BLOG."), SiteQuery("https://BLOG.")),
        *((("--filter", one.value), SiteQuery(filter=one)) for one in SiteFilter),
    ],
)
def test_the_rows_are_those_of_the_screen(
    signed_in: Cli, arguments: tuple[str, ...], query: SiteQuery
) -> None:
    shown = [record_of(SITE_FIELDS, site) for site in screen(signed_in, query)]
    assert rows_of(signed_in, *arguments) == exported(shown)


def test_the_names_are_those_of_the_exports() -> None:
    assert names_of(SITE_FIELDS) == (
        "site",
        "site_id",
        "connection",
        "monitor",
        "threats",
        "backup",
        "plugin_updates",
        "products",
        "php",
        "favorite",
        "multisite",
    )
    assert names_of(SITE_LIST_FIELDS) == (
        "line",
        "as_written",
        "product_as_written",
        "site",
        "blog_id",
        "products",
        "state",
        "reason",
    )


def test_every_filter_of_the_screen_can_be_asked_for() -> None:
    assert tuple(one.value for one in SiteFilter) == FILTERS


def test_a_filter_that_there_is_not_names_the_nearest(signed_in: Cli) -> None:
    assert "did you mean threats?" in signed_in("sites", "list", "--filter", "threat").err


# -- connect ---------------------------------------------------------------------------------


def test_sites_are_connected_after_a_yes_and_once(signed_in: Cli) -> None:
    cli = signed_in
    ended = cli("sites", "connect", "https://one.example/blog", "--dry-run")
    assert ended.code == 0
    assert "Connect https://one.example/blog." in ended.err
    assert "The local administrator is 1. Jetpack must be installed" in ended.err
    cli.forget_requests()
    assert cli("sites", "connect", "one.example/blog").code == 2
    assert connections(cli) == []

    listed = "# new ones\nhttps://two.example\n\none.example/blog\n"
    ended = cli("sites", "connect", "-", "https://one.example/blog", "--yes", "--json", typed=listed)
    assert (ended.code, [item["state"] for item in json.loads(ended.out)]) == (0, ["done", "done"])
    assert len(connections(cli)) == 2
    assert [row["site"] for row in rows_of(cli, "--search", "one.example")] == ["https://one.example/blog"]

    ended = cli("sites", "connect", "https://two.example", "--yes")
    assert (ended.code, ended.out.split("\t")[0]) == (0, "done")
    assert "It was connected already: nothing was changed." in ended.text


def test_a_site_that_was_disconnected_by_hand_is_not_told_as_connected(signed_in: Cli) -> None:
    ended = signed_in("sites", "connect", f"https://{DISCONNECTED_HOST}", "--yes", "--json")
    (item,) = json.loads(ended.out)
    assert (ended.code, item["state"]) == (4, "failed")
    assert "disconnected by hand, and the API does not reconnect such a site." in item["message"]


def test_a_refusal_and_a_lost_answer_end_as_they_should(signed_in: Cli) -> None:
    cli = signed_in
    ended = cli("sites", "connect", "https://no-jetpack.example", "--yes")
    assert ended.code == 4
    assert "Jetpack is not installed and active on the site." in ended.text
    ended = cli("sites", "connect", "https://three.example", "--local-user", "nobody", "--yes")
    assert ended.code == 4
    assert "The local user was not found on the site." in ended.text
    cli.forget_requests()
    cli.faults("POST */site-connection reset-after x1")
    assert cli("sites", "connect", "https://four.example", "--yes").code == 0
    assert len(connections(cli)) == 1


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "Name the site to connect"),
        (("ftp://a.example",), "is not the address of a site"),
        (("a b",), "is not the address of a site"),
        (("https://a.example/wp-admin/x",), "to connect https://a.example, give that."),
        (("https://a.example", "--local-user", " "), "--local-user names an administrator"),
    ],
)
def test_what_is_no_site_is_not_sent(signed_in: Cli, words: tuple[str, ...], sentence: str) -> None:
    signed_in.forget_requests()
    ended = signed_in("sites", "connect", *words, "--yes")
    assert (ended.code, ended.out) == (2, "")
    assert sentence in ended.err
    assert connections(signed_in) == []
