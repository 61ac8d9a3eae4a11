from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from jpmanage_tui.api.errors import (
    ApiConnectionError,
    ApiError,
    AuthenticationError,
    MissingTokenError,
    OutcomeUnknownError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
    TokenUnavailableError,
)
from jpmanage_tui.api.ids import BlogId, LicenseId, LicenseKey, ProductSlug
from jpmanage_tui.api.licenses import License, LicensePage
from jpmanage_tui.api.tokens import TokenKind
from jpmanage_tui.operations.mutation import Mutation
from jpmanage_tui.operations.mutations.licenses import (
    AssignLicense,
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


async def ended(bench: Bench, change: Mutation[Any], fault: Fault) -> Outcome[Any]:
    bench.server.faults = [fault]
    return await bench.queue().submit(change).outcome()


@pytest.mark.parametrize(
    ("change", "row"),
    [(ASSIGN, FREE), (UNASSIGN, ON_SITE), (REVOKE, ON_SITE)],
    ids=["assign", "unassign", "revoke"],
)
async def test_a_change_that_was_done_is_found_done_at_the_first_look(
    bench: Bench, change: Mutation[None], row: object
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
    bench: Bench, change: Mutation[None], row: object
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


@pytest.mark.parametrize("parent", [None, LicenseId(5)])
async def test_a_license_that_the_search_finds_is_looked_for_nowhere_else(
    bench: Bench, parent: LicenseId | None
) -> None:
    bench.server.rows, bench.server.children_hidden = [license_row(KEY, parent=parent)], False
    change = AssignLicense(KEY, BlogId(7), "a.example", "Jetpack Scan", parent)
    assert (await ended(bench, change, lost(committed=True))).happened
    assert bench.server.reads == [f"list {KEY}"]


async def test_a_license_of_no_bundle_that_the_search_does_not_find_is_looked_for_once(bench: Bench) -> None:
    bench.server.rows = [license_row("jetpack-scan_other")]
    bench.server.faults = [lost(committed=False)]
    bench.server.licenses.assign = lost_assign  # type: ignore[method-assign]
    await bench.queue().submit(ASSIGN).outcome()
    assert bench.server.reads == [f"list {KEY}"] * len(Policy().look_pauses)


async def lost_assign(key: LicenseKey, blog_id: BlogId) -> None:
    raise OutcomeUnknownError("The answer was lost.")


async def test_a_license_found_on_another_site_says_which(bench: Bench) -> None:
    bench.server.rows = [license_row(KEY, blog_id=9, siteurl="https://b.example")]
    outcome = await ended(bench, ASSIGN, lost(committed=False))
    assert outcome.state.value == "found_not_done"
    assert "https://b.example" in outcome.sentence


async def test_a_license_whose_code_only_begins_alike_is_not_taken_for_it(bench: Bench) -> None:
    bench.server.rows = [license_row(KEY), license_row(f"{KEY}d", blog_id=7, siteurl="https://a.example")]
    outcome = await ended(bench, ASSIGN, lost(committed=False))
    assert outcome.state.value == "found_not_done"


@pytest.mark.parametrize("change", [ASSIGN, UNASSIGN], ids=["assign", "unassign"])
async def test_a_license_in_no_list_stays_unknown(bench: Bench, change: Mutation[Any]) -> None:
    bench.server.rows = [license_row(KEY)]

    async def vanish(_seconds: float) -> None:
        bench.server.rows = []

    bench.sleep.then = vanish
    outcome = await ended(bench, change, lost(committed=False))
    assert outcome.unknown
    assert "none of this account's lists" in outcome.sentence


async def test_a_revoked_license_that_nobody_knows_any_more_is_revoked_once_all_looks_say_so(
    bench: Bench,
) -> None:
    bench.server.rows = [license_row(KEY)]

    async def vanish(_seconds: float) -> None:
        bench.server.rows = []

    bench.sleep.then = vanish
    outcome = await ended(bench, REVOKE, lost(committed=False))
    assert outcome.state.value == "found_done"
    assert "not known" in outcome.sentence
    assert bench.sleep.slept == list(Policy().look_pauses)


async def test_a_license_that_a_late_list_brings_back_is_not_taken_for_revoked(bench: Bench) -> None:
    bench.server.rows = [license_row(KEY)]

    async def late(seconds: float) -> None:
        bench.server.rows = [license_row(KEY)] if seconds == 30.0 else []

    bench.sleep.then = late
    assert (await ended(bench, REVOKE, lost(committed=False))).state.value == "found_not_done"


async def test_a_revoked_child_of_a_bundle_that_is_unknown_by_now_is_found_by_its_code(bench: Bench) -> None:
    bench.server.rows = [license_row(KEY, parent=5)]
    bench.server.bundles_gone = True
    revoke = RevokeLicense(KEY, "Jetpack Scan", parent_id=LicenseId(5))
    assert (await ended(bench, revoke, lost(committed=True))).state.value == "found_done"
    assert f"get {KEY}" in bench.server.reads


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
    bench.server.read_faults = [ApiConnectionError("No line.")] * 4 + [ServerError("502", status=502)]
    queue = bench.queue()
    outcome = await queue.submit(ASSIGN).outcome()
    assert outcome.unknown
    assert "could not be looked up" in outcome.sentence
    assert outcome.entry_id is not None
    found = await queue.recheck(outcome.entry_id)
    assert found.state.value == "found_done"
    assert await queue.recheck(outcome.entry_id) == await queue.recheck(outcome.entry_id)


@pytest.mark.parametrize(
    "error",
    [
        AuthenticationError("Expired.", status=401),
        MissingTokenError(TokenKind.KEY),
        TokenUnavailableError("The profile cannot be read."),
    ],
)
async def test_a_look_without_a_token_that_serves_is_not_repeated(bench: Bench, error: ApiError) -> None:
    bench.server.rows = [FREE]
    bench.server.read_faults = [error]
    outcome = await ended(bench, ASSIGN, lost())
    assert outcome.unknown
    assert error.message in outcome.sentence
    assert bench.sleep.slept == [0.0]


@pytest.mark.parametrize(
    "error",
    [
        ApiConnectionError("No line."),
        ServerError("502", status=502),
        RateLimitError("Slow."),
        PermissionDeniedError("No.", status=403),
    ],
)
async def test_a_look_that_fails_is_repeated_till_one_sees_something(bench: Bench, error: ApiError) -> None:
    bench.server.rows = [FREE]
    bench.server.read_faults = [error] * 4
    assert (await ended(bench, ASSIGN, lost(committed=True))).state.value == "found_done"
    assert bench.sleep.slept == list(Policy().look_pauses)


async def test_not_done_is_not_said_when_the_last_look_failed(bench: Bench) -> None:
    bench.server.rows = [FREE]
    bench.server.read_faults = [None, None, None, None, ApiConnectionError("No line.")]
    assert (await ended(bench, ASSIGN, lost(committed=False))).unknown


JUST_NOW = NOW + timedelta(seconds=1)


def comes_meanwhile(bench: Bench, *rows: License) -> None:
    """Let rows appear after the change was sent: what was there before is no candidate anyway."""

    async def come(_seconds: float) -> None:
        for row in rows:
            bench.server.put(row)

    bench.sleep.then = come


@pytest.mark.parametrize(
    "other",
    [
        license_row("jetpack-scan_old", issued_at=NOW - timedelta(minutes=2, seconds=1)),
        license_row("jetpack-backup-t1_new", issued_at=JUST_NOW),
        license_row("jetpack-scan_child", issued_at=JUST_NOW, parent=3),
        license_row("jetpack-scan_standard", issued_at=JUST_NOW, owner_type="user"),
        license_row("jetpack-scan_bundle", issued_at=JUST_NOW, quantity=10),
    ],
    ids=["issued before", "another product", "of a bundle", "bought elsewhere", "another size"],
)
async def test_what_a_lost_issue_cannot_have_made_is_no_candidate(bench: Bench, other: License) -> None:
    bench.server.children_hidden = False
    comes_meanwhile(bench, other)
    assert (await ended(bench, ISSUE, lost(committed=False))).state.value == "found_not_done"
    bench.server.rows = []
    found = await ended(bench, ISSUE, lost(committed=True))
    assert found.license_keys == ("jetpack-scan_new2",)


@pytest.mark.parametrize("seconds", [-120, 0, 1])
async def test_a_license_issued_since_by_the_servers_clock_is_the_lost_one(
    bench: Bench, seconds: int
) -> None:
    comes_meanwhile(bench, license_row("jetpack-scan_made", issued_at=NOW + timedelta(seconds=seconds)))
    assert (await ended(bench, ISSUE, lost(committed=False))).license_keys == ("jetpack-scan_made",)


@pytest.mark.parametrize("committed", [True, False])
async def test_a_license_without_a_date_forbids_to_say_not_issued(bench: Bench, committed: bool) -> None:
    undated = license_row("jetpack-scan_undated").model_copy(update={"issued_at": None})
    comes_meanwhile(bench, undated)
    outcome = await ended(bench, ISSUE, lost(committed=committed))
    assert outcome.unknown
    assert "could not be read completely" in outcome.sentence


@pytest.mark.parametrize(("asked", "listed"), [(None, 1), (1, None), (1, 1)])
async def test_one_license_is_one_whether_the_api_counts_it_or_not(
    bench: Bench, asked: int | None, listed: int | None
) -> None:
    comes_meanwhile(bench, license_row("jetpack-scan_made", issued_at=JUST_NOW, quantity=listed))
    change = IssueLicense(ProductSlug("jetpack-scan"), asked, "Jetpack Scan")
    assert (await ended(bench, change, lost(committed=False))).license_keys == ("jetpack-scan_made",)


async def test_a_page_of_rows_that_cannot_be_read_does_not_end_the_search_in_a_bundle(bench: Bench) -> None:
    listed = bench.server.licenses.list
    row = license_row(KEY, blog_id=7, siteurl="https://a.example", parent=5)

    async def first_page_broken(**asked: Any) -> LicensePage:
        if asked.get("parent_id") is None:
            return await listed(**asked)
        first = asked["page"] == 1
        return LicensePage(
            items=() if first else (row,), page=asked["page"], per_page=1, total_items=2, unreadable=first
        )

    bench.server.rows = [license_row(KEY, parent=5)]
    bench.server.licenses.list = first_page_broken  # type: ignore[assignment]
    change = AssignLicense(KEY, BlogId(7), "a.example", "Jetpack Scan", LicenseId(5))
    assert (await ended(bench, change, lost(committed=False))).state.value == "found_done"


@pytest.mark.parametrize("totals", [True, False])
async def test_a_server_that_gives_fewer_rows_a_page_than_asked_hides_no_issued_license(
    bench: Bench, totals: bool
) -> None:
    bench.server.page_limit, bench.server.page_totals = 5, totals
    others = [
        license_row(f"jetpack-backup-t1_{n}", issued_at=NOW + timedelta(seconds=n)) for n in range(1, 21)
    ]
    comes_meanwhile(bench, *others)
    assert (await ended(bench, ISSUE, lost(committed=True))).license_keys == ("jetpack-scan_new1",)
    assert (await ended(bench, ISSUE, lost(committed=False))).state.value == "found_not_done"


@pytest.mark.parametrize("totals", [True, False])
async def test_a_server_that_gives_fewer_rows_a_page_than_asked_hides_no_license_of_a_bundle(
    bench: Bench, totals: bool
) -> None:
    bench.server.page_limit, bench.server.page_totals = 5, totals
    bench.server.rows = [license_row(f"jetpack-scan_c{n}", parent=5) for n in range(21)]
    for row in bench.server.rows[::10]:
        change = AssignLicense(row.license_key, BlogId(7), "a.example", "Jetpack Scan", LicenseId(5))
        assert (await ended(bench, change, lost(committed=True))).state.value == "found_done"


@pytest.mark.parametrize("issued_at", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)])
async def test_dates_at_the_edge_of_the_calendar_break_no_issue_and_no_look(
    bench: Bench, issued_at: datetime
) -> None:
    bench.server.rows = [
        license_row("jetpack-scan_odd", issued_at=NOW).model_copy(update={"issued_at": issued_at})
    ]
    bench.server.clock_tells = False
    assert not (await ended(bench, ISSUE, lost(committed=True))).nothing_done


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
        raise ApiConnectionError("No line.")

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
    assert (await queue.resolve_manually(outcome.entry_id, done=True)).state.value == "found_done"
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


@pytest.mark.parametrize("older", [False, True], ids=["whole list", "older rows end the search"])
async def test_rows_that_cannot_be_read_forbid_to_say_not_issued(bench: Bench, older: bool) -> None:
    if older:
        bench.server.rows = [license_row("jetpack-scan_old", issued_at=NOW - timedelta(days=30))]
    bench.server.unreadable = 1
    assert (await ended(bench, ISSUE, lost(committed=False))).unknown


@pytest.fixture
def capped(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that gives twenty licenses at once, whatever is asked for, and no totals."""
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
