"""Licenses that leave their sites: for another site, or since a client leaves."""

from __future__ import annotations

from typing import Any

import pytest

from jpmanage_tui.api.licenses import License
from jpmanage_tui.operations.mutations.licenses import AssignLicense, RevokeLicense, UnassignLicense
from jpmanage_tui.operations.run import PlannedItem
from jpmanage_tui.services.bulk_plans import BulkPlan
from jpmanage_tui.services.leaving_plans import Leaving, plan_leaving, plan_list_leaving, plan_moving
from jpmanage_tui.services.site_lists import ListUse
from tests.services.accounts import BUNDLE_ID, SITES, account, license_for, listed
from tests.services.issuing.support import ADD_ON, BACKUP, COMPLETE, FREE_OF_PRICE, SCAN

FIRST, SECOND, THIRD = SITES[:3]
EMAIL = "The customer is told by e-mail that the product was removed."


def words(item: PlannedItem) -> str:
    """Return an item in a few words, with what it needs."""
    change: Any = item.mutation
    match change:
        case UnassignLicense():
            verb = "unassign, e-mail" if change.send_email else "unassign"
        case AssignLicense():
            verb = f"assign to {change.site_url}"
        case _:
            assert isinstance(change, RevokeLicense)
            verb = "revoke"
    needs = "" if item.needs is None else f" after {item.needs}"
    return f"{verb} {change.license_key}{needs}"


def told(plan: BulkPlan) -> list[str]:
    """Return the items in words."""
    return [words(item) for item in plan.run.items]


def reasons(plan: BulkPlan) -> dict[str, str]:
    """Return why each thing is left out."""
    return {one.what: one.reason for one in plan.left_out}


# -- moving ------------------------------------------------------------------------------


def test_a_license_is_unassigned_and_then_assigned_to_the_other_site() -> None:
    license = license_for(SCAN, 1, parent_license_id=BUNDLE_ID)
    plan = plan_moving([license], SECOND, account(license), send_email=False)
    key = license.license_key
    assert told(plan) == [f"unassign {key}", f"assign to s2.example {key} after 0"]
    assert [getattr(item.mutation, "parent_id", None) for item in plan.run.items] == [BUNDLE_ID] * 2
    assert plan.run.title == "Move Jetpack Scan Daily from s1.example to s2.example"
    assert plan.remarks == (
        "It is unassigned first. If it cannot be assigned then, it stays unassigned and billed; retry it, or "
        "assign it to another site.",
    )
    assert (plan.unassigned, plan.assigned, plan.issued, plan.sites, plan.cost.known) == (1, 1, 0, 2, False)
    assert EMAIL in plan_moving([license], SECOND, account(license)).remarks


def test_a_client_moves_base_products_first_and_what_cannot_move_says_why() -> None:
    add_on, backup, boost, other = (
        license_for(ADD_ON, 1),
        license_for(BACKUP, 1),
        license_for(FREE_OF_PRICE, 1),
        license_for(BACKUP, 3),
    )
    stay = (
        license_for(SCAN, 2),
        license_for(SCAN),
        license_for(SCAN, 1, owner_type="user"),
        license_for(COMPLETE, 1),
    )
    there = license_for(FREE_OF_PRICE, 2)
    licenses = [add_on, boost, backup, other, *stay]
    plan = plan_moving(licenses, SECOND, account(*licenses, there))
    assert told(plan) == [
        f"unassign, e-mail {backup.license_key}",
        f"assign to s2.example {backup.license_key} after 0",
        f"unassign, e-mail {add_on.license_key}",
        f"assign to s2.example {add_on.license_key} after 2",
    ]
    assert reasons(plan) == {
        stay[0].license_key: "It is on s2.example already.",
        stay[1].license_key: "This license is not assigned to a site.",
        stay[2].license_key: "Bought elsewhere: view only. Manage it where it was bought.",
        stay[3].license_key: "The site has Jetpack Scan Daily, which Jetpack Complete includes.",
        boost.license_key: "s2.example has Jetpack Boost already, and a site takes one license of a product.",
        other.license_key: "Another Jetpack Backup (10GB) license is chosen, and a site takes one license of a product.",
    }
    assert plan.run.title == "Move 2 licenses to s2.example"


# -- a client that leaves ----------------------------------------------------------------


def client() -> list[License]:
    """Return what a client has on two sites: an add-on with its base, one in a bundle, one bought elsewhere."""
    return [
        license_for(ADD_ON, 1),
        license_for(BACKUP, 1),
        license_for(SCAN, 1, parent_license_id=BUNDLE_ID),
        license_for(FREE_OF_PRICE, 2, owner_type="user"),
        license_for(SCAN, 9),
    ]


@pytest.mark.parametrize(
    ("leaving", "items", "title", "less"),
    [
        (
            Leaving.UNASSIGN,
            ["unassign, e-mail {0}", "unassign, e-mail {1}", "unassign, e-mail {2}"],
            "Unassign 3 licenses of s1.example",
            None,
        ),
        (Leaving.REVOKE, ["revoke {0}", "revoke {1}", "revoke {2}"], "Revoke 3 licenses of s1.example", 15),
        (
            Leaving.UNASSIGN_AND_REVOKE,
            [
                "unassign, e-mail {0}",
                "revoke {0} after 0",
                "unassign, e-mail {1}",
                "revoke {1} after 2",
                "revoke {2}",
            ],
            "Unassign and revoke 3 licenses of s1.example",
            15,
        ),
    ],
)
def test_all_licenses_of_a_client_leave_those_in_bundles_too(
    leaving: Leaving, items: list[str], title: str, less: int | None
) -> None:
    add_on, backup, member, *_ = licenses = client()
    plan = plan_leaving([FIRST, SECOND, THIRD], account(*licenses), leaving)
    keys = [one.license_key for one in (add_on, backup, member)]
    assert told(plan) == [one.format(*keys) for one in items], "add-ons go before what they need"
    assert plan.run.title == title
    assert reasons(plan) == {
        "s2.example": "Bought elsewhere: view only. Manage it where it was bought.",
        "s3.example": "No license is assigned to it.",
    }
    assert [total.per_month for total in plan.saved.totals] == ([] if less is None else [less])
    replaced = "One is part of a bundle: a new unassigned license replaces it; the bundle costs the same."
    assert (replaced in plan.remarks) is ("Revoking cannot be undone." in plan.remarks) is (less is not None)
    assert ("Unassigned licenses are billed until they are revoked." in plan.remarks) is (less is None)
    assert plan.sites == 1


def test_the_customer_is_not_told_where_the_user_says_so() -> None:
    plan = plan_leaving([FIRST], account(*client()), Leaving.UNASSIGN, send_email=False)
    assert all(words.startswith("unassign ") for words in told(plan))
    assert not any("e-mail" in remark for remark in plan.remarks)


def test_the_sites_of_a_list_leave_and_every_line_is_accounted_for() -> None:
    text = "s1.example\nnowhere.example\ns9.example\nS1.example\ns3.example"
    site_list = listed(text, *client(), use=ListUse.SITES)
    plan = plan_list_leaving(site_list, Leaving.REVOKE)
    assert (plan.revoked, plan.sites, plan.run.title) == (4, 2, "Revoke 4 licenses of 2 sites")
    assert reasons(plan) == {
        "nowhere.example": "It is not connected.",
        "s1.example": "The same site as line 1.",
        "s3.example": "No license is assigned to it.",
    }
