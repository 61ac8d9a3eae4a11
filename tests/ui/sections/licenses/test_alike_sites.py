"""Two sites that would look the same: what tells them apart stands in every list, picker and question."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from hypothesis import given, strategies as st
from rich.cells import cell_len

from jpmanage_tui.api.ids import BlogId
from jpmanage_tui.api.licenses import License, LicenseFilter, LicenseState
from jpmanage_tui.ui.dialogs.confirm import Confirmation, ConfirmDialog, Row, RowList
from jpmanage_tui.ui.dialogs.site_picker import SiteList, SitePicker
from jpmanage_tui.ui.sections.licenses.columns import NOT_ACTIVATED
from jpmanage_tui.ui.sections.licenses.detail import fields
from jpmanage_tui.ui.sections.licenses.section import LicensesSection
from jpmanage_tui.ui.sections.sites.section import SitesSection
from jpmanage_tui.ui.widgets.input import Input
from jpmanage_tui.ui.widgets.line import clip_address
from tests.cases import cases
from tests.rules.support import ATTACHED, license_of
from tests.ui.harness import LARGE, SMALL, Run, running

SIZES = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x36"])
PAIRS = {
    "schemes": ("http://twin.example", "https://twin.example"),
    "ports": ("https://twin.example:8080", "https://twin.example:8443"),
    "paths": ("https://twin.example/uk", "https://twin.example/us"),
    "site ids": ("https://twin.example", "https://twin.example"),
}
BOTH = pytest.mark.parametrize(
    "pair", cases(((name, (pair,)) for name, pair in PAIRS.items()), "paths", "site ids")
)


@asynccontextmanager
async def twins(
    pair: tuple[str, str], size: tuple[int, int]
) -> AsyncIterator[tuple[Run, LicensesSection, list[BlogId]]]:
    """Run the app where the two licenses assigned last are on sites of these addresses; give their Site IDs."""
    async with running(size) as run:
        view = run.view(LicensesSection)
        assigned = [
            one.blog_id
            for one in view.state.pages.rows.values()
            if one.state is LicenseState.ATTACHED and not one.is_standard and one.siteurl and one.blog_id
        ]
        ids = list(dict.fromkeys(assigned))[:2]

        def rename(connection: sqlite3.Connection) -> None:
            for blog_id, url in zip(ids, pair, strict=True):
                connection.execute(
                    "UPDATE sites SET url = ?, folded = ? WHERE blog_id = ?", (url, url, blog_id)
                )

        await run.sandbox.store.run(rename)
        await run.press("r")
        await run.until(lambda: len(of(view, ids)) == 2, "the sites with their new addresses")
        yield run, view, ids


def of(view: LicensesSection, ids: list[BlogId]) -> list[License]:
    """Return one license of each site, as they are known with their new addresses."""
    found = {
        one.blog_id: one
        for one in view.state.pages.rows.values()
        if one.blog_id in ids and one.state is LicenseState.ATTACHED
    }
    changed = ("twin", "siteless")
    return [one for one in found.values() if any(word in str(one.siteurl) for word in changed)]


def names(lines: list[str]) -> set[str]:
    """Return what the lines say of the two sites: all that begins where their name does, up to the next gap."""
    found = set()
    for line in lines:
        if "twin" in line:
            start = line.index("http://twin") if "http://twin" in line else line.index("twin")
            found.add(line[start:].split("  ")[0].rstrip(" │"))
    return found


@SIZES
@BOTH
async def test_the_list_of_licenses_shows_two_names(pair: tuple[str, str], size: tuple[int, int]) -> None:
    async with twins(pair, size) as (run, _view, ids):
        shown = names(run.lines(run.app.main))
        assert len(shown) == 2, shown
        if pair[0] == pair[1]:
            assert {name.split("#")[-1] for name in shown} == {str(blog_id) for blog_id in ids}


@SIZES
@BOTH
@pytest.mark.parametrize("key", ["u", "x"])
@pytest.mark.sample(2)
async def test_a_question_about_both_shows_two_names(
    pair: tuple[str, str], size: tuple[int, int], key: str
) -> None:
    async with twins(pair, size) as (run, view, ids):
        view.mark(of(view, ids), True)
        await run.press(key)
        await run.until(lambda: isinstance(run.app.screen, ConfirmDialog), "the question")
        asked = run.app.screen.query_one(RowList)
        lines = ["".join(part.text for part in asked.render_line(line)) for line in range(asked.line_count())]
        shown = names(lines)
        assert len(shown) == 2, shown


@BOTH
async def test_a_question_about_one_names_its_site_id_and_address(pair: tuple[str, str]) -> None:
    async with twins(pair, SMALL) as (run, view, ids):
        license = of(view, ids)[0]
        row = view.state.pages.row_of(license.license_key)
        assert row is not None
        await run.press(*["j"] * row, "u")
        await run.sees("Unassign License?", f"(Site ID {license.blog_id})")
        assert str(license.siteurl).removeprefix("https://") in run.text()


@SIZES
@BOTH
async def test_the_choice_of_a_site_and_sites_show_two_names(
    pair: tuple[str, str], size: tuple[int, int]
) -> None:
    async with twins(pair, size) as (run, view, ids):
        while view.state.query.tab is not LicenseFilter.DETACHED:
            await run.press("right_square_bracket")
        await run.until(lambda: view.current is not None, "an unassigned one")
        await run.press("a")
        await run.until(lambda: isinstance(run.app.screen, SitePicker), "the picker")
        picker = run.app.screen
        picker.query_one("#search", Input).value = "twin"
        await run.until(lambda: picker.query_one(SiteList).pages.total == 2, "the two sites")
        lines = [line for line in run.lines(picker) if "twin.example" in line]
        assert len({line.split("#")[0][:60] for line in lines}) == 2
        assert all(any(str(blog_id) in line for line in lines) for blog_id in ids)
        await run.press("escape", "S")
        await run.until(lambda: isinstance(run.app.main.section, SitesSection), "Sites")
        sites = run.view(SitesSection)
        sites.look_for("twin")
        await run.until(lambda: sites.sites.pages.total == 2, "the two sites")
        lines = [line for line in run.lines(run.app.main)[2:-2] if "twin.example" in line]
        assert len({line[6:60] for line in lines}) == 2


# -- in the room there is --------------------------------------------------------------------

HOSTS = st.text("abcü茶-.", min_size=1, max_size=40)
ENDS = st.sampled_from(["", "/uk", "/us", ":8080", ":8443/uk", "/a/long/path/of/this/site"])


@given(HOSTS, ENDS, st.integers(0, 60), st.sampled_from(["", "#190000001"]))
def test_an_address_never_takes_more_room_than_there_is(host: str, end: str, width: int, tag: str) -> None:
    shown = clip_address(f"{host}{end}", width, tag)
    assert cell_len(shown) <= width
    if tag and width > len(tag) + 1:
        assert shown.endswith(tag)
    if not tag and cell_len(f"{host}{end}") <= width:
        assert shown == f"{host}{end}"


@given(HOSTS, st.integers(24, 60))
def test_port_and_path_are_not_cut_off_an_address(host: str, width: int) -> None:
    for end in ("/uk", ":8443/uk"):
        assert clip_address(f"{host}{end}", width).endswith(end)


ROWS = st.lists(
    st.tuples(st.sampled_from(["a", "b"]), HOSTS, ENDS, st.integers(1, 4)), min_size=2, max_size=6
)


@given(ROWS, st.integers(60, 100))
def test_rows_of_a_question_look_the_same_only_where_product_and_site_are_the_same(
    rows: list[tuple[str, str, str, int]], width: int
) -> None:
    made = [
        Row(what, f"{host}{end}", "…0123456789", tag=f"#19000000{number}") for what, host, end, number in rows
    ]
    listed = RowList(Confirmation("?", [], "Go", rows=made))
    where, alike = listed._fit(width - 15)
    shown = [
        clip_address(row.where, where, row.tag if clip_address(row.where, where) in alike else "")
        for row in made
    ]
    for one, its in zip(made, shown, strict=True):
        for other, others in zip(made, shown, strict=True):
            if its == others:
                assert (one.where, one.tag) == (other.where, other.tag) or one.tag == other.tag


# -- no site at all ------------------------------------------------------------------------------


@SIZES
async def test_the_vendors_stand_in_for_a_site_is_shown_as_not_activated(size: tuple[int, int]) -> None:
    async with twins(("https://siteless.jetpack.com", "https://twin.example"), size) as (run, view, ids):
        text = "\n".join(run.lines(run.app.main))
        assert NOT_ACTIVATED in text
        assert "siteless" not in text
        row = next(
            row
            for row, one in view.state.pages.rows.items()
            if one.blog_id == ids[0] and one.state is LicenseState.ATTACHED
        )
        await run.press(*["j"] * row, "o")
        await run.sees("This license is not activated on a site yet.")


def test_what_is_known_of_it_stands_in_the_opened_row() -> None:
    license = license_of(ATTACHED, siteurl="https://siteless.jetpack.com")
    assert dict(fields(license))["Site"].startswith("Not activated on a site yet: ")
