"""`jpmanage licenses list`, `show` and `download`: which rows, in which order, and what is said of those that lack."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from jpmanage_tui.api.licenses import LicensePage, LicensesResource
from jpmanage_tui.cli import output
from jpmanage_tui.cli.commands.license_reads import READS, STATES
from tests.cli.harness import KEY, Cli
from tests.sandbox.harness import NOW, options, running_sandbox
from tests.sandbox.plain_http import plain_http

Row = dict[str, Any]
HAS_BACKUP = ("Backup", "Security", "Complete")
"""Names of the products that are a backup, or a plan that contains one."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A sandbox over HTTP with licenses of every kind."""
    with running_sandbox(options(120)) as url:
        yield url


@pytest.fixture
def licenses(cli: Cli) -> Callable[..., list[Row]]:
    """`jpmanage licenses list` as JSON."""
    cli.env(TOKEN=KEY)

    def run(*arguments: str) -> list[Row]:
        ended = cli("licenses", "list", *arguments, "--json")
        assert (ended.code, ended.err) == (0, ""), ended.text
        rows: list[Row] = json.loads(ended.out)
        return rows

    return run


def issued(row: Row) -> datetime:
    return datetime.fromisoformat(row["issued_at"])


def requests_of(cli: Cli) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = plain_http.get(f"{cli.url}/_sandbox/requests").json()
    return entries


def codes(rows: list[Row]) -> list[str]:
    return [row["license_code"] for row in rows]


def test_each_state_lists_what_its_tab_lists_newest_first(licenses: Callable[..., list[Row]]) -> None:
    everything = licenses("--state", "all")
    expected = {
        "active": [row for row in everything if row["state"] != "revoked"],
        "assigned": [row for row in everything if row["state"] == "attached"],
        "unassigned": [row for row in everything if row["state"] == "detached"],
        "revoked": [row for row in everything if row["state"] == "revoked"],
        "standard": [row for row in everything if row["owner_type"] == "user"],
    }
    assert everything == sorted(everything, key=issued, reverse=True)
    assert set(STATES) == {*expected, "all"}
    for state, rows in expected.items():
        assert rows
        assert licenses("--state", state) == rows
    assert licenses() == expected["active"]


def test_filters_let_through_what_they_say_of_bundles_too(licenses: Callable[..., list[Row]]) -> None:
    everything = licenses("--state", "all", "--members")
    active = [row for row in everything if row["state"] != "revoked"]
    assigned = [row for row in active if row["site"] is not None]
    product, site = assigned[3]["product"], assigned[3]["site"]
    bundle = next(row["part_of_bundle"] for row in active if row["part_of_bundle"] is not None)
    old = NOW - timedelta(days=400)
    on_sites = [row for row in active if row["state"] == "attached" and row["site_id"] is not None]
    protected = {row["site_id"] for row in on_sites if any(name in row["product"] for name in HAS_BACKUP)}
    day = active[5]["issued_at"][:10]
    host = site.removeprefix("https://")
    cases: dict[tuple[str, ...], Callable[[Row], bool]] = {
        ("--product", product.upper()): lambda row: row["product"] == product,
        ("--site", site): lambda row: row["site"] == site,
        ("--site", f"{host}/"): lambda row: row["site"] == site,
        ("--site", str(assigned[3]["site_id"])): lambda row: row["site"] == site,
        ("--bundle", str(bundle)): lambda row: row["part_of_bundle"] == bundle,
        ("--older-than", "400"): lambda row: issued(row) < old,
        ("--unassigned-for", "400"): lambda row: row["state"] == "detached" and issued(row) < old,
        ("--issued", day): lambda row: row["issued_at"].startswith(day),
        ("--issued", f"{day[:7]}.."): lambda row: row["issued_at"] >= day[:7],
        ("--has", "any jetpack-backup"): lambda row: row["site_id"] in protected,
        ("--lacks", "any jetpack-backup"): lambda row: row in on_sites and row["site_id"] not in protected,
        ("--older-than", "400", "--product", product): lambda row: row["product"] == product and issued(row) < old,
    }  # fmt: skip
    for arguments, passes in cases.items():
        expected = {row["license_code"] for row in active if passes(row)}
        assert expected, arguments
        found = licenses(*arguments)
        assert set(codes(found)) == expected, arguments
        assert len(found) == len(expected), arguments
        assert [issued(row) for row in found] == sorted(map(issued, found), reverse=True), arguments


def test_any_field_sorts_dates_newest_first_and_others_from_a_to_z(
    licenses: Callable[..., list[Row]],
) -> None:
    everything = licenses("--state", "all")
    for field in ("product", "site", "license_id", "state"):
        values = [row[field] for row in licenses("--state", "all", "--sort", field)]
        known = [value for value in values if value is not None]
        ranks = [value.casefold() if isinstance(value, str) else value for value in known]
        assert ranks == sorted(ranks), field
        assert values == known + [None] * (len(everything) - len(known)), field
    for field in ("assigned_at", "revoked_at"):
        dates = [row[field] for row in licenses("--state", "all", "--sort", field) if row[field] is not None]
        assert dates == sorted(dates, reverse=True)
        assert dates
    oldest = licenses("--state", "all", "--reverse")
    assert oldest == sorted(everything, key=issued)
    names = [row["product"].casefold() for row in licenses("--sort", "product", "--reverse")]
    assert names == sorted(names, reverse=True)


def test_a_search_finds_the_best_first_and_an_order_that_is_asked_for_wins(
    licenses: Callable[..., list[Row]],
) -> None:
    shop = next(row for row in licenses("--state", "assigned") if row["site"].isascii())
    words = (
        shop["site"].partition("-")[2].split("-")[0].split(".")[0],
        shop["product"].split()[1].casefold(),
    )
    best = licenses("--search", " ".join(words), "--state", "all")
    assert shop["license_code"] in codes(best)
    for row in best:
        text = f"{row['product']} {row['site']} {row['license_code']} {row['owner']}".casefold()
        assert all(word in text for word in words), row
    oldest = licenses("--search", "scan", "--reverse")
    assert [issued(row) for row in oldest] == sorted(map(issued, oldest))
    assert set(codes(oldest)) == set(codes(licenses("--search", "scan")))
    names = [row["product"] for row in licenses("--search", "scan", "--sort", "product")]
    assert names == sorted(names)


def test_members_stand_behind_their_bundle(licenses: Callable[..., list[Row]]) -> None:
    rows, bundle = licenses("--members"), None
    size: dict[int | None, int] = {}
    for row in rows:
        if row["part_of_bundle"] is None:
            bundle = row["license_id"]
        else:
            assert row["part_of_bundle"] == bundle
            size[bundle] = size.get(bundle, 0) + 1
    sizes = {row["license_id"]: row["bundle_size"] for row in rows if row["bundle_size"]}
    assert size == sizes
    assert sizes


def test_rows_come_page_by_page_unless_all_is_needed(cli: Cli, licenses: Callable[..., list[Row]]) -> None:
    for arguments, requests in (((), 1), (("--sort", "assigned_at"), 1), (("--sort", "product"), 2)):
        cli.forget_requests()
        assert len(licenses("--state", "all", "--limit", "2", *arguments)) == 2
        asked = [one for one in cli.asked() if "/licenses" in one]
        assert len(asked) == requests, (arguments, asked)
        sizes = {one["query"]["per_page"] for one in requests_of(cli) if one["path"].endswith("/licenses")}
        assert (sizes == {"2"}) == (requests == 1), (
            "what is sorted by the server is not read beyond the limit"
        )


def test_the_first_row_is_printed_before_the_last_page_is_read(
    cli: Cli, licenses: Callable[..., list[Row]], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = licenses("--state", "all")
    cli.forget_requests()
    asked_then: list[int] = []
    write = output.write

    def note(text: str) -> None:
        asked_then.append(len([one for one in cli.asked() if "/licenses" in one]) if not asked_then else 0)
        write(text)

    monkeypatch.setattr(output, "write", note)
    ended = cli("licenses", "list", "--state", "all", "--jsonl")
    assert [json.loads(line) for line in ended.out.splitlines()] == expected
    assert asked_then[0] == 1
    assert len([one for one in cli.asked() if "/licenses" in one]) > 1


def test_near_misses_are_named_and_nothing_is_guessed(cli: Cli) -> None:
    cli.env(TOKEN=KEY)
    for arguments, words in (
        (("--sort", "produkt"), "did you mean product?"),
        (("--product", "Jetpack Scam Daily"), "Did you mean Jetpack Scan Daily?"),
        (("--lacks", "any jetpack-bakcup"), "Did you mean any jetpack-backup?"),
        (("--has", "jetpack-scam"), "Did you mean jetpack-scan?"),
        (("--issued", "yesterday"), "is no day, month or year"),
        (("--older-than", "40000"), "at most 36,500 days"),
        (("--site", "://"), "is no address of a site"),
        (("--state", "unasigned"), "unassigned"),
    ):
        ended = cli("licenses", "list", *arguments)
        assert (ended.code, ended.out) == (2, ""), ended.text
        assert words in ended.err, ended.err


def test_a_wrong_day_is_refused_before_anything_is_read(cli: Cli) -> None:
    cli.env(TOKEN=KEY)
    cli.forget_requests()
    assert cli("licenses", "list", "--issued", "2026-13").code == 2
    assert not [one for one in cli.asked() if "/licenses" in one]


def test_a_site_without_a_license_is_an_empty_list_and_a_sentence(cli: Cli) -> None:
    cli.env(TOKEN=KEY)
    ended = cli("licenses", "list", "--site", "nowhere.example", "--json")
    assert (ended.code, ended.out) == (0, "[]\n")
    assert ended.err == "No license is on nowhere.example.\n"


def test_a_site_that_has_no_address_can_be_shown_only(cli: Cli, licenses: Callable[..., list[Row]]) -> None:
    row = next(row for row in licenses("--state", "assigned") if row["site_id"] and row["site"] is None)
    ended = cli("licenses", "list", "--site", str(row["site_id"]))
    assert (ended.code, ended.out) == (2, "")
    assert f"`jpmanage licenses show {row['site_id']}`" in ended.err
    shown = cli("licenses", "show", str(row["site_id"]), "--json")
    assert row in json.loads(shown.out)


def test_what_matches_nearly_is_said_to_be_near(cli: Cli, licenses: Callable[..., list[Row]]) -> None:
    owner = next(row["product"] for row in licenses() if row["product"].startswith("WooCommerce"))
    ended = cli("licenses", "list", "--search", owner.replace("Woo", "Wooo").split()[0], "--json")
    assert ended.code == 0
    assert json.loads(ended.out)
    assert ended.err == "Nothing matches exactly; these are near.\n"


@pytest.mark.parametrize("arguments", [(), ("--older-than", "1"), ("--members",)])
def test_rows_that_cannot_be_read_are_counted_and_end_with_6(
    cli: Cli, arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = LicensesResource.list

    async def without_one(self: LicensesResource, *args: Any, **named: Any) -> LicensePage:
        page = await answer(self, *args, **named)
        items = tuple(one for one in page.items if one.product != "Jetpack Complete")
        return page.model_copy(update={"items": items, "unreadable": len(page.items) - len(items)})

    monkeypatch.setattr(LicensesResource, "list", without_one)
    cli.env(TOKEN=KEY)
    ended = cli("licenses", "list", *arguments, "--json")
    assert ended.code == 6, ended.err
    assert json.loads(ended.out)
    said = json.loads(ended.err)
    assert (said["code"], said["exit"]) == ("not_complete", 6)
    assert "could not be read" in said["message"]


# -- show --------------------------------------------------------------------------------------


def test_a_code_is_shown_by_one_search(cli: Cli, licenses: Callable[..., list[Row]]) -> None:
    row = licenses()[3]
    cli.forget_requests()
    ended = cli("licenses", "show", row["license_code"], "--json")
    assert (ended.code, json.loads(ended.out)) == (0, [row])
    assert len([one for one in cli.asked() if "/license" in one]) == 1


def test_show_takes_ids_sites_and_what_is_in_a_bundle(cli: Cli, licenses: Callable[..., list[Row]]) -> None:
    everything = licenses("--state", "all", "--members")
    member = next(row for row in everything if row["part_of_bundle"] is not None)
    on_site = next(row for row in everything if row["state"] == "attached" and row["site"].isascii())
    there = [row for row in everything if row["site_id"] == on_site["site_id"]]
    for target, expected in (
        (member["license_code"], [member]),
        (str(member["license_id"]), [member]),
        (str(on_site["site_id"]), there),
        (on_site["site"].removeprefix("https://").upper() + "/", there),
    ):
        ended = cli("licenses", "show", target, "--json")
        assert ended.code == 0, ended.err
        assert sorted(codes(json.loads(ended.out))) == sorted(codes(expected)), target


def test_what_is_not_found_is_said_and_the_others_are_shown(
    cli: Cli, licenses: Callable[..., list[Row]]
) -> None:
    row = licenses()[0]
    ended = cli("licenses", "show", "jetpack-scan_none", row["license_code"], row["license_code"], "--json")
    assert (ended.code, json.loads(ended.out)) == (6, [row])
    assert json.loads(ended.err)["message"] == "No license has the code jetpack-scan_none."
    cli.forget_requests()
    ended = cli("licenses", "show", "jetpack-scan_none")
    assert (ended.code, ended.out) == (4, "")
    assert len([one for one in cli.asked() if "/license" in one]) == 2, (
        "a code is not looked for in the account"
    )
    ended = cli("licenses", "show", "nowhere.example", "12")
    assert (ended.code, ended.out) == (4, "")
    assert ended.err.splitlines() == [
        "jpmanage: No license is on nowhere.example.",
        "jpmanage: No license has the license id 12, and none is on the site with that Site ID.",
    ]


def test_as_text_each_license_is_a_block_of_all_its_fields(
    cli: Cli, licenses: Callable[..., list[Row]]
) -> None:
    first, second = licenses()[:2]
    ended = cli("licenses", "show", first["license_code"], second["license_code"])
    blocks = [block.splitlines() for block in ended.out.split("\n\n")]
    assert [block[0] for block in blocks] == [f"license_code\t{code}" for code in codes([first, second])]
    assert [line.partition("\t")[0] for line in blocks[0]] == list(first)


# -- download ----------------------------------------------------------------------------------


def test_download_prints_where_the_file_is_and_says_for_which_there_is_none(
    cli: Cli, licenses: Callable[..., list[Row]]
) -> None:
    assigned = licenses("--state", "assigned")
    extension = next(row for row in assigned if row["license_code"].startswith("woocommerce-"))
    scan = next(row for row in assigned if row["license_code"].startswith("jetpack-scan_"))
    ended = cli("licenses", "download", extension["license_code"], "--fields", "url")
    assert (ended.code, ended.err) == (0, "")
    answer = plain_http.get(ended.out.strip())
    assert answer.headers["Content-Type"] == "application/zip"
    ended = cli("licenses", "download", scan["license_code"], extension["license_code"], "--json")
    assert ended.code == 6
    assert codes(json.loads(ended.out)) == [extension["license_code"]]
    assert "no download available" in json.loads(ended.err)["message"]
    ended = cli("licenses", "download", scan["license_code"])
    assert (ended.code, ended.out) == (4, "")


def test_the_examples_of_each_command_are_its_own() -> None:
    for command in READS:
        assert len(command.examples) >= 2
        assert all(f"licenses {command.name}" in one.line for one in command.examples)
