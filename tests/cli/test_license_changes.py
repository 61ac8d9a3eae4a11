"""Changing licenses from the shell: what each command takes, leaves out, tells and sends; the database is the judge."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jpmanage_tui.cli.errors import CommandError
from jpmanage_tui.cli.license_proposals import read_codes
from tests.cli import vendor
from tests.cli.harness import KEY, Cli, Ended
from tests.sandbox.harness import options, running_sandbox


@pytest.fixture
def url() -> Iterator[str]:
    """A sandbox of its own for each test: what one assigns is not in the way of another."""
    with running_sandbox(options(40)) as url:
        yield url


@pytest.fixture
def key(cli: Cli) -> Cli:
    """The command line with a key token."""
    cli.env(TOKEN=KEY)
    return cli


def done_by(cli: Cli, *command: str, typed: str = "") -> tuple[Ended, list[tuple[str, str]]]:
    """Run a command without a question; return how it ended, and the changes the database got, as kind and subject."""
    before = len(vendor.changes(cli))
    ended = cli("licenses", *command, "--yes", typed=typed)
    return ended, [(one["kind"], one["subject"]) for one in vendor.changes(cli)[before:]]


def state_of(cli: Cli, code: str) -> tuple[bool, Any]:
    """Return whether a license is assigned, and its Site ID."""
    one = next(one for one in vendor.licenses(cli, "all") if one["license_key"] == code)
    return bool(one["attached_at"]), one["blog_id"]


def free_site(cli: Cli, number: int = 0) -> dict[str, Any]:
    """Return the `number`th connected site that takes what is assigned; what it has is taken from it first."""
    standard = {one["blog_id"] for one in vendor.licenses(cli, "attached") if one["owner_type"] == "user"}
    found = [
        one
        for one in vendor.sites(cli)
        if one["blog_id"] not in standard and one["is_connection_healthy"] and "/" not in one["url"]
    ][number]
    cli("licenses", "leave-site", str(found["blog_id"]), "--yes", "--no-email")
    return found


# -- codes and ids -----------------------------------------------------------------------------------


def test_unassign_takes_codes_ids_and_lists_and_leaves_out_what_it_may_not(key: Cli, tmp_path: Path) -> None:
    first, second = vendor.own(key, "attached")[:2]
    loose = vendor.own(key, "detached")[0]
    standard = next(one for one in vendor.licenses(key, "attached") if one["owner_type"] == "user")
    codes = tmp_path / "codes.csv"
    codes.write_text(f"product,license_code\nScan,{second['license_key']}\nScan,{loose['license_key']}\n")
    ended, sent = done_by(
        key, "unassign", str(first["license_id"]), standard["license_key"], "--from", str(codes), "--no-email"
    )
    assert ended.code == 6, "something was left out"
    assert sent == [("unassign", first["license_key"]), ("unassign", second["license_key"])]
    assert "This license is not assigned to a site." in ended.err
    assert "Bought elsewhere: view only." in ended.err
    assert "Billing continues until they are revoked: $" in ended.err
    assert "e-mail" not in ended.err
    assert not state_of(key, first["license_key"])[0]


def test_customers_are_mailed_unless_told_otherwise(key: Cli) -> None:
    code = vendor.own(key, "attached")[0]["license_key"]
    told = key("licenses", "unassign", code, "--dry-run")
    assert "The customer is told by e-mail" in told.err
    assert "e-mail" not in key("licenses", "unassign", code, "--dry-run", "--no-email").err


def test_a_code_is_searched_for_and_the_list_is_not_read(key: Cli) -> None:
    code = vendor.own(key, "attached")[0]["license_key"]
    key.forget_requests()
    assert key("licenses", "unassign", code, "--dry-run").code == 0
    reads = [line for line in key.asked() if "/licenses " in line]
    assert len(reads) <= 2, "the search, and what opening the account asks"


def test_an_unknown_code_sends_nothing_unless_it_is_passed_over(key: Cli) -> None:
    code = vendor.own(key, "attached")[0]["license_key"]
    ended, sent = done_by(key, "unassign", code, "jetpack-scan_nothing", "999")
    assert (ended.code, sent) == (2, [])
    assert "jetpack-scan_nothing: This account has no license with this code." in ended.err
    assert "999: This account has no license with this id." in ended.err
    ended, sent = done_by(key, "unassign", code, "jetpack-scan_nothing", "--skip-problems")
    assert (ended.code, sent) == (6, [("unassign", code)])


def test_a_member_of_a_bundle_is_found_by_its_code(key: Cli) -> None:
    bundle = next(one for one in vendor.licenses(key) if one.get("quantity"))
    member = next(one for one in vendor.licenses(key, "all", bundle["license_id"]) if one["attached_at"])
    ended, sent = done_by(key, "unassign", member["license_key"])
    assert (ended.code, sent) == (0, [("unassign", member["license_key"])])
    assert "it is part of a bundle, which costs the same" in ended.err


def test_revoking_a_bundle_counts_its_size_and_takes_its_members_along(key: Cli) -> None:
    done_by(key, "issue", "jetpack-scan:10", "--take-bundles")
    bundle = next(one for one in vendor.licenses(key) if one.get("quantity") and "scan" in one["license_key"])
    member = vendor.licenses(key, "all", bundle["license_id"])[0]
    size = bundle["quantity"]
    ended, sent = done_by(key, "revoke", bundle["license_key"], member["license_key"])
    assert ended.code == 0
    assert ("revoke", bundle["license_key"]) in sent
    assert ended.err.startswith(f"Revoke {size} licenses.\n")
    assert "Billing for the bundle stops: $" in ended.err
    assert "This cannot be undone." in ended.err


def test_a_member_of_a_bundle_is_found_by_its_id_and_what_cannot_be_read_is_no_answer(key: Cli) -> None:
    bundle = next(one for one in vendor.licenses(key) if one.get("quantity"))
    member = vendor.licenses(key, "all", bundle["license_id"])[-1]
    told = key("licenses", "unassign", str(member["license_id"]), "--dry-run")
    assert member["license_key"] in told.text
    key.faults("GET */licenses 401")
    ended, sent = done_by(key, "unassign", member["license_key"], "--json")
    line = json.loads(ended.err.splitlines()[-1])
    assert (ended.code, line["exit"], line["status"], sent) == (3, 3, 401, [])


def test_where_all_is_left_out_nothing_is_sent_and_nothing_asked(key: Cli) -> None:
    code = vendor.own(key, "detached")[0]["license_key"]
    ended = key("licenses", "unassign", code, "--json")
    assert ended.code == 2
    assert json.loads(ended.err.splitlines()[-1])["message"] == "Nothing was sent: all of it was left out."


# -- assigning and moving ------------------------------------------------------------------------------


def test_assign_and_move_by_address_and_site_id(key: Cli) -> None:
    ended, _ = done_by(key, "issue", "jetpack-scan", "jetpack-ai", "--json")
    codes = [row["code"] for row in json.loads(ended.out)]
    site = free_site(key)
    ended, sent = done_by(key, "assign", *codes, "--site", site["url"])
    assert (ended.code, sorted(sent)) == (0, sorted(("assign", code) for code in codes))
    assert "Billing is unchanged." in ended.err
    ended, sent = done_by(key, "assign", *codes, "--site", site["url"])
    assert (ended.code, sent) == (2, []), "they are assigned already"
    other = free_site(key, 1)
    ended, sent = done_by(key, "move", *codes, "--site", str(other["blog_id"]))
    assert ended.code == 0
    assert [kind for kind, _ in sent].count("assign") == 2
    assert all(state_of(key, code) == (True, other["blog_id"]) for code in codes)
    ended, sent = done_by(key, "move", codes[0], "--site", "nowhere.example")
    assert (ended.code, sent) == (2, [])
    assert "nowhere.example: It is not connected. Nothing was sent." in ended.err


def test_what_the_api_refuses_is_told_with_its_reason_and_how_to_try_it_again(key: Cli) -> None:
    ended, _ = done_by(key, "issue", "jetpack-scan", "--json")
    code = json.loads(ended.out)[0]["code"]
    forbidden = next(
        one["url"] for one in vendor.sites(key) if one["url"].endswith("bistro-11.example/subdir")
    )
    ended, sent = done_by(key, "assign", code, "--site", forbidden, "--jsonl")
    line = json.loads(ended.err.splitlines()[-1])
    assert (ended.code, line["exit"], sent) == (4, 4, [])
    assert line["request_id"]
    assert json.loads(ended.out)["message"] in ended.err
    assert "`jpmanage operations retry 2` tries what failed again." in line["message"]


def test_what_a_site_has_already_is_left_out(key: Cli) -> None:
    held = next(
        one
        for one in vendor.own(key, "attached")
        if one["license_key"].startswith("jetpack-backup-t1_") and one["blog_id"]
    )
    ended, _ = done_by(key, "issue", "jetpack-backup-t1", "--json")
    code = json.loads(ended.out)[0]["code"]
    ended, sent = done_by(key, "assign", code, "--site", str(held["blog_id"]))
    assert (ended.code, sent) == (2, [])
    assert "a site takes one license of a product" in ended.err


def test_the_licenses_of_a_bundle_go_to_the_sites_of_a_list(key: Cli) -> None:
    ended, _ = done_by(key, "issue", "jetpack-scan:10", "--take-bundles", "--json")
    parent = json.loads(ended.out)[0]["code"]
    bundle = next(one for one in vendor.licenses(key) if one["license_key"] == parent)
    site = free_site(key)["url"]
    ended, sent = done_by(
        key, "assign", "--bundle", str(bundle["license_id"]), "-", typed=f"{site}\nnowhere.example\n"
    )
    assert (ended.code, sent) == (2, [])
    assert "Line 2: nowhere.example: It is not connected." in ended.err
    ended, sent = done_by(
        key, "assign", "--bundle", parent, "-", "--skip-problems", typed=f"{site}\nno.example\n"
    )
    assert ended.code == 6
    assert [kind for kind, _ in sent] == ["assign"]
    assert "will stay unassigned, and billed" in ended.err


# -- issuing -------------------------------------------------------------------------------------------


def test_issue_offers_bundles_and_takes_them_when_told(key: Cli) -> None:
    told = key("licenses", "issue", "jetpack-scan:10", "--dry-run", "--json")
    assert "--take-bundles takes them" in told.err
    assert len(json.loads(told.out)) == 10
    ended, sent = done_by(key, "issue", "jetpack-scan:10", "--take-bundles", "--json")
    rows = json.loads(ended.out)
    assert (ended.code, len(rows), rows[0]["quantity"]) == (0, 1, 10)
    assert [kind for kind, _ in sent] == ["issue_bundle"]
    assert "10 licenses are issued: $" in ended.err


def test_a_list_issues_for_its_sites_and_uses_what_is_unassigned(key: Cli, tmp_path: Path) -> None:
    site = free_site(key)["url"]
    done_by(key, "issue", "jetpack-videopress")
    rows = tmp_path / "sites.csv"
    rows.write_text(
        f"site,product,quantity\n{site},jetpack-videopress,1\n{site},jetpack-ai,2\n\nx y,jetpack-ai\n"
    )
    command = ("issue", "--from", str(rows), "--unassigned-first")
    ended, sent = done_by(key, *command)
    assert (ended.code, sent) == (2, [])
    assert "Line 3:" in ended.err
    assert "It asks for 2 licenses; a site takes one license of a product." in ended.err
    assert "Line 5:" in ended.err
    ended, sent = done_by(key, *command, "--skip-problems")
    assert (ended.code, [kind for kind, _ in sent]) == (6, ["assign"]), "none was issued"
    ended, sent = done_by(key, "issue", "-", "--assign-later", typed=f"{site},jetpack-ai,2\n")
    assert (ended.code, [kind for kind, _ in sent]) == (0, ["issue", "issue"])


def test_issue_for_a_site_of_the_command_line(key: Cli) -> None:
    site = free_site(key)["url"]
    ended, sent = done_by(key, "issue", "jetpack-search", "Jetpack AI", "--site", site)
    assert (ended.code, sorted(kind for kind, _ in sent)) == (0, ["assign", "assign", "issue", "issue"])
    ended, sent = done_by(key, "issue", "jetpack-search", "--site", site)
    assert (ended.code, sent) == (2, [])
    assert f"{site}: The site has Jetpack Search already" in ended.err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "No product is named"),
        (("jetpack-scn",), "There is no product “jetpack-scn”. Did you mean jetpack-scan?"),
        (("jetpack-scan:0",), "the quantity is not a number from 1 to 1,000"),
        (("jetpack-scan:2", "--site", "a.example"), "a site takes one license of a product"),
        (("jetpack-scan", "--unassigned-first"), "it needs sites"),
    ],
)
def test_what_cannot_be_issued_is_a_sentence_and_sends_nothing(
    key: Cli, words: tuple[str, ...], sentence: str
) -> None:
    ended, sent = done_by(key, "issue", *words)
    assert (ended.code, sent) == (2, [])
    assert sentence in ended.err


# -- a client leaves -------------------------------------------------------------------------------------


def test_leave_site_unassigns_by_default_and_revokes_when_told(key: Cli) -> None:
    held = vendor.own(key, "attached")
    sites = list({one["blog_id"]: one for one in held if one["blog_id"]}.values())
    first, second = sites[0], sites[1]
    ended, sent = done_by(key, "leave-site", str(first["blog_id"]), "--no-email")
    assert ended.code in (0, 6)
    assert {kind for kind, _ in sent} == {"unassign"}
    assert ("unassign", first["license_key"]) in sent
    assert "Unassigned licenses are billed until they are revoked." in ended.err
    ended, sent = done_by(key, "leave-site", "-", "--revoke", "--unassign", typed=f"{second['blog_id']}\n")
    assert ended.code in (0, 6)
    kinds = [kind for kind, subject in sent if subject == second["license_key"]]
    assert kinds == ["unassign", "revoke"]
    assert "Revoking cannot be undone." in ended.err


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("a_1\nb_2\n", ["a_1", "b_2"]),
        ("a_1\tScan\nb_2\tScan\n", ["a_1", "b_2"]),
        ("product,license_code\nScan,a_1\n", ["a_1"]),
        ("\ufefflicense_id;site\n7;x.example\n\n", ["7"]),
        ("", []),
    ],
)
def test_a_list_of_codes_is_read_as_it_comes(text: str, codes: list[str]) -> None:
    assert read_codes(text.encode()) == (codes, ())


def test_a_line_without_a_code_is_told_and_nothing_is_sent(key: Cli) -> None:
    listed = "license_id;license_code\n7;a_b\n;\n8;\n9\n"
    ended, sent = done_by(key, "unassign", "-", typed=listed)
    assert (ended.code, sent) == (2, [])
    assert "Line 4: 8: The line has no license code" in ended.err
    assert "Line 5: 9: The line has no license code" in ended.err


def test_a_list_that_is_no_text_is_refused() -> None:
    with pytest.raises(CommandError):
        read_codes(b"\xff\xfe\x00")
