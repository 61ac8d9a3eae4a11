"""What undoing comes to: by the journal's entries alone, then by what is true of the licenses now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import pytest
from hypothesis import given, strategies as st

from jpmanage_tui.api.ids import BlogId, LicenseKey
from jpmanage_tui.operations.entry import NO_TIME, Entry, EntryState
from jpmanage_tui.operations.mutations.licenses import AssignLicense, UnassignLicense
from jpmanage_tui.operations.run import RunPlan
from jpmanage_tui.services.undo import ChangedSince, net_reversals, none_ready, review, undo_plan, undo_title
from tests.operations.fakes import FakeServer, license_row

KEYS = [LicenseKey(f"jetpack-scan_{n}") for n in range(3)]
Change = AssignLicense | UnassignLicense


def assign(key: LicenseKey, site: int) -> AssignLicense:
    return AssignLicense(key, BlogId(site), f"{site}.example", "Scan")


def unassign(key: LicenseKey, site: int | None, *, mail: bool = False) -> UnassignLicense:
    blog_id = BlogId(site) if site is not None else None
    return UnassignLicense(key, mail, "Scan", f"https://{site}.example", None, blog_id)


def changes_of(plan: RunPlan) -> list[Change]:
    changes = [item.mutation for item in plan.items]
    assert all(isinstance(change, AssignLicense | UnassignLicense) for change in changes)
    return cast(list[Change], changes)


def entries(*changes: Change) -> list[Entry]:
    made = Entry(0, "a", changes[0], EntryState.DONE, NO_TIME, None, None, None, (), None, "", (), "")
    return [replace(made, id=number, change=change) for number, change in enumerate(changes, 1)]


@pytest.mark.parametrize(
    ("changes", "title", "undone"),
    [
        ([assign(KEYS[0], 1)], "Undo: unassign the license", [("unassign", 1, None, 1)]),
        ([unassign(KEYS[0], 1)], "Undo: assign the license again", [("assign", 1, None, 1)]),
        (
            [unassign(KEYS[0], 1), assign(KEYS[0], 2)],
            "Undo: move the license back",
            [("unassign", 2, None, 2), ("assign", 1, 0, 1)],
        ),
        (
            [assign(KEYS[0], 1), assign(KEYS[1], 2)],
            "Undo: unassign 2 licenses",
            [("unassign", 2, None, 2), ("unassign", 1, None, 1)],
        ),
        (
            [unassign(KEYS[0], 1), assign(KEYS[1], 2)],
            "Undo: put 2 licenses back",
            [("unassign", 2, None, 2), ("assign", 1, None, 1)],
        ),
        (
            [unassign(KEYS[0], 1), assign(KEYS[0], 2), unassign(KEYS[0], 2), assign(KEYS[0], 3)],
            "Undo: move the license back",
            [("unassign", 3, None, 4), ("assign", 1, 0, 1)],
        ),
    ],
)
def test_the_plan_takes_off_first_and_gives_back_what_is_free(
    changes: list[Change], title: str, undone: list[tuple[str, int, int | None, int]]
) -> None:
    ready = net_reversals(entries(*changes))
    assert undo_title(ready) == title
    plan = undo_plan(ready, (), send_email=True)
    assert plan.title == title
    assert [
        (change.kind.removesuffix("_license"), change.blog_id, item.needs, item.undoes)
        for item, change in zip(plan.items, changes_of(plan), strict=True)
    ] == undone


def test_a_license_that_is_where_it_was_needs_no_undoing() -> None:
    there_and_back: list[Change] = [
        unassign(KEYS[0], 1),
        assign(KEYS[0], 1),
        assign(KEYS[1], 2),
        unassign(KEYS[1], 2),
    ]
    assert net_reversals(entries(*there_and_back)) == ()


MOVES = st.lists(st.tuples(st.sampled_from(KEYS), st.integers(1, 3)), max_size=12)


def played(moves: Sequence[tuple[LicenseKey, int]], on: dict[LicenseKey, int]) -> list[Change]:
    """Return the changes of assigning, or unassigning what is assigned; `on` is where the licenses are then."""
    changes: list[Change] = []
    for key, site in moves:
        if key in on:
            changes.append(unassign(key, on.pop(key)))
        else:
            changes.append(assign(key, site))
            on[key] = site
    return changes


@given(MOVES, MOVES)
def test_undoing_any_run_leaves_every_license_where_it_was(
    before: list[tuple[LicenseKey, int]], during: list[tuple[LicenseKey, int]]
) -> None:
    on: dict[LicenseKey, int] = {}
    played(before, on)
    at_first = dict(on)
    changes = played(during, on)
    if not changes:
        return
    ready = net_reversals(entries(*changes))
    plan = undo_plan(ready, (), send_email=False)
    for position, (item, change) in enumerate(zip(plan.items, changes_of(plan), strict=True)):
        if isinstance(change, UnassignLicense):
            assert on.pop(change.license_key) == change.blog_id
        else:
            assert change.license_key not in on, "it is free by then"
            assert item.needs is None or item.needs < position
            on[change.license_key] = change.blog_id
        assert item.undoes is not None
    assert on == at_first


async def test_what_has_changed_since_is_told_and_left_out() -> None:
    server = FakeServer()
    server.put(license_row(KEYS[0], blog_id=9, siteurl="https://9.example"))
    server.put(license_row(KEYS[1]))
    server.put(license_row("jetpack-scan_free"))
    moved, freed = net_reversals(entries(assign(KEYS[0], 1), assign(KEYS[1], 1)))
    lost, unknown = net_reversals(
        entries(unassign(KEYS[2], 1), unassign(LicenseKey("jetpack-scan_free"), None))
    )
    found = await review(server, (moved, freed, lost, unknown))
    assert found.ready == ()
    assert [one.why for one in found.changed] == [
        "assigned to 9.example since",
        "unassigned since",
        "not listed any more",
        "on a site whose ID is not known",
    ]
    assert none_ready(found.changed) == (
        "Nothing can be undone: Scan was assigned to 9.example since, and 3 more have changed."
    )
    assert ChangedSince(lost, "not listed any more").sentence == "Scan is not listed any more"


async def test_what_is_as_it_was_left_is_ready_with_its_license() -> None:
    server = FakeServer()
    server.put(license_row(KEYS[0], blog_id=2, siteurl="https://2.example"))
    found = await review(server, net_reversals(entries(unassign(KEYS[0], 1, mail=True), assign(KEYS[0], 2))))
    assert found.changed == ()
    assert found.ready[0].license is not None
    assert found.ready[0].mailed
