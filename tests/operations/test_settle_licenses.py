from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from jpmanage_tui.api.errors import NoAnswer, NotSignedIn, ServerError
from jpmanage_tui.api.ids import BlogId, LicenseId, LicenseKey, ProductSlug
from jpmanage_tui.api.models.license import LicensePage
from jpmanage_tui.operations.changes import (
    AssignLicense,
    Change,
    IssueLicense,
    RevokeLicense,
    UnassignLicense,
)
from jpmanage_tui.operations.outcome import Outcome
from jpmanage_tui.operations.policy import Policy
from tests.operations.conftest import Bench
from tests.operations.fakes import NOW, FakeLicenses, Fault, license_row, lost

KEY = LicenseKey("jetpack-scan_abc")
ASSIGN = AssignLicense(KEY, BlogId(7), "a.example", "Jetpack Scan")
UNASSIGN = UnassignLicense(KEY, True, "Jetpack Scan", "a.example")
REVOKE = RevokeLicense(KEY, "Jetpack Scan")
ISSUE = IssueLicense(ProductSlug("jetpack-scan"), None, "Jetpack Scan")
FREE = license_row(KEY)
ON_SITE = license_row(KEY, blog_id=7, siteurl="https://a.example")


async def ended(bench: Bench, change: Change[Any], fault: Fault) -> Outcome[Any]:
    bench.server.faults = [fault]
    return await bench.queue().submit(change).outcome()


@pytest.mark.parametrize(
    ("change", "row"),
    [(ASSIGN, FREE), (UNASSIGN, ON_SITE), (REVOKE, ON_SITE)],
    ids=["assign", "unassign", "revoke"],
)
async def test_a_change_that_was_done_is_found_done_at_the_first_look(
    bench: Bench, change: Change[None], row: object
) -> None:
    bench.server.rows = [row]  # type: ignore[list-item]
    outcome = await ended(bench, change, lost(committed=True))
    assert outcome.state.value == "found_done"
    assert bench.sleep.slept == [0.0]


@pytest.mark.parametrize(
    ("change", "row"),
    [(ASSIGN, FREE), (UNASSIGN, ON_SITE), (REVOKE, ON_SITE)],
    ids=["assign", "unassign", "revoke"],
)
async def test_a_change_that_was_not_done_is_said_so_only_after_all_looks(
    bench: Bench, change: Change[None], row: object
) -> None:
    bench.server.rows = [row]  # type: ignore[list-item]
    outcome = await ended(bench, change, lost(committed=False))
    assert outcome.state.value == "found_not_done"
    assert outcome.nothing_done
    assert bench.sleep.slept == list(Policy().look_pauses)
    assert len(bench.server.asked) == 1


async def test_a_slow_server_that_commits_between_two_looks_is_found_done(bench: Bench) -> None:
    async def late(seconds: float) -> None:
        if seconds == 15.0:
            bench.server.commit_late()

    bench.sleep.then = late
    outcome = await ended(bench, ISSUE, lost(committed=False, late=True))
    assert outcome.state.value == "found_done"
    assert outcome.license_keys == ("jetpack-scan_new1",)
    assert bench.sleep.slept == [0.0, 2.0, 5.0, 15.0]


async def test_a_license_found_on_another_site_says_which(bench: Bench) -> None:
    bench.server.rows = [license_row(KEY, blog_id=9, siteurl="https://b.example")]
    outcome = await ended(bench, ASSIGN, lost(committed=False))
    assert outcome.state.value == "found_not_done"
    assert "https://b.example" in outcome.sentence


async def test_a_license_whose_code_only_begins_alike_is_not_taken_for_it(bench: Bench) -> None:
    bench.server.rows = [license_row(KEY), license_row(f"{KEY}d", blog_id=7, siteurl="https://a.example")]
    outcome = await ended(bench, ASSIGN, lost(committed=False))
    assert outcome.state.value == "found_not_done"


async def test_a_license_in_no_list_stays_unknown(bench: Bench) -> None:
    bench.server.rows = [license_row(KEY)]

    async def vanish(_seconds: float) -> None:
        bench.server.rows = []

    bench.sleep.then = vanish
    for change in (ASSIGN, REVOKE):
        bench.server.rows = [license_row(KEY)]
        bench.server.faults = [lost(committed=False)]
        queue = bench.queue()
        operation = queue.submit(change)
        outcome = await operation.outcome()
        assert outcome.unknown
        assert outcome.entry_id is not None
        await queue.accept(outcome.entry_id, done=False)


async def test_a_bundles_child_is_found_under_its_bundle(bench: Bench) -> None:
    children = [license_row(f"jetpack-scan_c{n}", parent=5, number=n + 10) for n in range(120)]
    key = children[-1].license_key
    bench.server.rows = children
    change = AssignLicense(key, BlogId(7), "a.example", "Jetpack Scan", LicenseId(5))
    assert (await ended(bench, change, lost(committed=True))).state.value == "found_done"


async def test_a_revoked_child_that_left_its_list_is_found_by_its_code(bench: Bench) -> None:
    bench.server.rows = [license_row(KEY, parent=5)]
    outcome = await ended(bench, REVOKE, lost(committed=True))
    assert outcome.state.value == "found_done"
    assert f"get {KEY}" in bench.server.reads


async def test_looking_that_fails_leaves_the_entry_unknown_until_it_is_looked_up_again(bench: Bench) -> None:
    bench.server.rows = [FREE]
    bench.server.faults = [lost(committed=True)]
    bench.server.read_faults = [NoAnswer("No line.")] * 4 + [ServerError("502", status=502)]
    queue = bench.queue()
    outcome = await queue.submit(ASSIGN).outcome()
    assert outcome.unknown
    assert "could not be looked up" in outcome.sentence
    assert outcome.entry_id is not None
    found = await queue.look_again(outcome.entry_id)
    assert found.state.value == "found_done"
    assert await queue.look_again(outcome.entry_id) == await queue.look_again(outcome.entry_id)


async def test_a_signed_out_look_is_not_repeated(bench: Bench) -> None:
    bench.server.rows = [FREE]
    bench.server.read_faults = [NotSignedIn("Expired.", status=401)]
    assert (await ended(bench, ASSIGN, lost())).unknown
    assert bench.sleep.slept == [0.0]


async def test_not_done_is_not_said_when_the_last_look_failed(bench: Bench) -> None:
    bench.server.rows = [FREE]
    bench.server.read_faults = [None, None, None, None, NoAnswer("No line.")]
    assert (await ended(bench, ASSIGN, lost(committed=False))).unknown


async def test_an_issue_counts_only_licenses_issued_since_by_the_servers_clock(bench: Bench) -> None:
    bench.server.rows = [
        license_row("jetpack-scan_old", issued_at=NOW - timedelta(minutes=1)),
        license_row("jetpack-backup-t1_new", issued_at=NOW + timedelta(seconds=1)),
        license_row("jetpack-scan_child", issued_at=NOW + timedelta(seconds=1), parent=3),
        license_row("jetpack-scan_standard", issued_at=NOW + timedelta(seconds=1), owner_type="user"),
        license_row("jetpack-scan_bundle", issued_at=NOW + timedelta(seconds=1), quantity=10),
    ]
    bench.server.children_hidden = False
    outcome = await ended(bench, ISSUE, lost(committed=False))
    assert outcome.state.value == "found_not_done"


async def test_an_issue_on_a_first_request_learns_the_servers_clock_before_it_is_sent(bench: Bench) -> None:
    bench.server.now = None
    outcome = await ended(bench, ISSUE, lost(committed=True))
    assert bench.server.reads[0] == "list"
    assert outcome.state.value == "found_done"
    (entry,) = await bench.journal.entries()
    assert entry.server_date == NOW


async def test_an_issue_is_not_sent_when_the_servers_clock_cannot_be_learned(bench: Bench) -> None:
    bench.server.now = None

    async def no_line(what: str) -> None:
        raise NoAnswer("No line.")

    bench.server.read = no_line  # type: ignore[method-assign]
    outcome = await bench.queue().submit(ISSUE).outcome()
    assert outcome.state.value == "not_sent"
    assert bench.server.asked == []


async def test_an_issue_does_not_take_a_license_that_the_journal_knows_for_the_lost_one(bench: Bench) -> None:
    queue = bench.queue()
    assert (await queue.submit(ISSUE).outcome()).happened
    bench.server.faults = [lost(committed=False)]
    outcome = await queue.submit(ISSUE).outcome()
    assert outcome.state.value == "found_not_done"
    bench.server.faults = [lost(committed=True)]
    outcome = await queue.submit(ISSUE).outcome()
    assert outcome.license_keys == ("jetpack-scan_new3",)


async def test_two_candidates_for_one_lost_issue_are_said_and_not_guessed(bench: Bench) -> None:
    async def colleague(_seconds: float) -> None:
        bench.server.put(license_row("jetpack-scan_colleague", issued_at=NOW))

    bench.sleep.then = colleague
    bench.server.faults = [lost(committed=True)]
    queue = bench.queue()
    outcome = await queue.submit(ISSUE).outcome()
    assert outcome.unknown
    assert "jetpack-scan_colleague" in outcome.sentence
    assert "jetpack-scan_new1" in outcome.sentence
    assert outcome.entry_id is not None
    assert (await queue.submit(ISSUE).outcome()).state.value == "not_sent"
    assert (await queue.accept(outcome.entry_id, done=True)).state.value == "found_done"
    assert (await queue.submit(ISSUE).outcome()).state.value == "done"


async def test_a_lost_bundle_is_found_by_its_size(bench: Bench) -> None:
    bench.server.rows = [license_row("jetpack-scan_single", issued_at=NOW)]
    bundle = IssueLicense(ProductSlug("jetpack-scan"), 10, "Jetpack Scan")
    outcome = await ended(bench, bundle, lost(committed=True))
    assert outcome.license_keys == ("jetpack-scan_new1",)


async def test_a_product_name_longer_than_a_license_code_carries_is_found_by_its_cut_form(
    bench: Bench,
) -> None:
    long = ProductSlug("woocommerce-product-recommendations-and-more")
    outcome = await ended(bench, IssueLicense(long, None, "Recommendations"), lost(committed=True))
    assert outcome.license_keys == (f"{long[:38]}_new1",)


async def test_rows_that_cannot_be_read_forbid_to_say_not_issued(bench: Bench) -> None:
    bench.server.unreadable = 1
    assert (await ended(bench, ISSUE, lost(committed=False))).unknown


@pytest.fixture
def capped(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that gives twenty licences at once, whatever is asked for, and no totals."""
    whole = FakeLicenses.list

    async def some(self: FakeLicenses, *arguments: Any, **query: Any) -> LicensePage:
        wanted = query["per_page"]
        page = await whole(self, *arguments, **query | {"per_page": min(20, wanted)})
        return page.model_copy(update={"per_page": wanted, "total_items": None})

    monkeypatch.setattr(FakeLicenses, "list", some)


async def test_a_lost_issue_is_found_behind_a_page_that_the_server_cuts_short(
    bench: Bench, capped: None
) -> None:
    bench.server.rows = [
        license_row(f"jetpack-backup-t1_{n}", issued_at=NOW + timedelta(seconds=n)) for n in range(50)
    ]
    outcome = await ended(bench, ISSUE, lost(committed=True))
    assert outcome.license_keys == ("jetpack-scan_new1",)


async def test_a_bundles_child_is_found_behind_a_page_that_the_server_cuts_short(
    bench: Bench, capped: None
) -> None:
    children = [license_row(f"jetpack-scan_c{n}", parent=5, number=n + 10) for n in range(50)]
    bench.server.rows = children
    change = AssignLicense(children[-1].license_key, BlogId(7), "a.example", "Jetpack Scan", LicenseId(5))
    assert (await ended(bench, change, lost(committed=True))).state.value == "found_done"


async def test_an_issue_among_more_new_licenses_than_a_page_holds_is_found(bench: Bench) -> None:
    bench.server.rows = [
        license_row(f"jetpack-backup-t1_{n}", issued_at=NOW + timedelta(seconds=n)) for n in range(130)
    ]
    outcome = await ended(bench, ISSUE, lost(committed=True))
    assert outcome.license_keys == ("jetpack-scan_new1",)


async def test_licenses_that_were_there_before_are_no_candidates_even_when_just_issued(bench: Bench) -> None:
    bench.server.rows = [license_row("jetpack-scan_colleague", issued_at=NOW)]
    assert (await ended(bench, ISSUE, lost(committed=False))).state.value == "found_not_done"
    (entry,) = await bench.journal.entries()
    assert entry.before == ("jetpack-scan_colleague",)


@pytest.mark.parametrize("behind", [0, 90])
async def test_a_clock_that_stands_still_or_dates_licenses_late_does_not_hide_the_license(
    bench: Bench, behind: int
) -> None:
    async def back(seconds: float) -> None:
        if seconds == 2.0:
            bench.server.tick(-behind)
            bench.server.commit_late()
            bench.server.tick(behind + 3600)

    bench.sleep.then = back
    assert (await ended(bench, ISSUE, lost(committed=False, late=True))).state.value == "found_done"


async def test_many_issues_in_a_row_ask_only_once_what_there_was(bench: Bench) -> None:
    queue = bench.queue()
    for _ in range(5):
        assert (await queue.submit(ISSUE).outcome()).happened
    assert bench.server.reads == ["list"]
