"""Plans for many sites at once: what is issued, assigned, unassigned and revoked, what it costs, what is left out.

Nothing here asks or sends: a plan is what the user confirms, and its run is what is sent then.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from jpmanage_tui.api.licenses import License
from jpmanage_tui.api.products import Product
from jpmanage_tui.api.sites import Site
from jpmanage_tui.operations.run import RunPlan
from jpmanage_tui.rules.bundles import BundleOffer
from jpmanage_tui.rules.prices import Cost
from jpmanage_tui.services.account_data import AccountData
from jpmanage_tui.services.site_lists import SiteList


class LeftOut(NamedTuple):
    """What is not in a plan, and why, as a sentence.

    `what` names it: the site as the list has it, or the license code; `product` is '' where it is about the whole line;
    `number` is the line's, None where there is no list.
    """

    what: str
    reason: str
    product: str = ""
    number: int | None = None


@dataclass(frozen=True)
class BulkPlan:
    """What is to be done to many sites.

    `run` is what is handed to the runner once it is confirmed (empty `run.items`: nothing is left to do); use
    `dataclasses.replace(plan.run, created_by=…, name=…)` to say who asks. The counts are licenses: `issued` counts a
    bundle's size, `reused` are those of `assigned` that were unassigned before and not issued for it, `spare` are issued
    and stay unassigned. `cost` is what is issued, the sum of the prices of the run's items; `saved` is by what the bill
    gets lower through what is revoked. `offers` are cheaper ways that are not taken, `taken_offers` those that are.
    `remarks` are sentences for the review.
    """

    run: RunPlan
    left_out: tuple[LeftOut, ...] = ()
    issued: int = 0
    assigned: int = 0
    reused: int = 0
    spare: int = 0
    unassigned: int = 0
    revoked: int = 0
    sites: int = 0
    """How many sites it changes."""
    cost: Cost = field(default_factory=Cost)
    saved: Cost = field(default_factory=Cost)
    offers: tuple[BundleOffer, ...] = ()
    taken_offers: tuple[BundleOffer, ...] = ()
    remarks: tuple[str, ...] = ()


def plan_issuing(
    site_list: SiteList, *, unassigned_first: bool = False, offers: Iterable[BundleOffer] = ()
) -> BulkPlan:
    """Return the plan that issues what the lines of a list ask for and assigns it (ListUse.ASSIGN; .ISSUE: issues only).

    `unassigned_first`: licenses that are unassigned already are assigned first, the oldest first. `offers` are those of
    an earlier plan's `offers` that the user takes; one that is not offered any more, since the list has changed, is
    left.
    """
    raise NotImplementedError


def plan_assigning(site_list: SiteList, licenses: Sequence[License]) -> BulkPlan:
    """Return the plan that assigns these unassigned licenses, in their order, to the sites of a list; nothing is issued.

    Which product a line gets is what the list says: choose that of the licenses with `SiteList.with_products` and
    `product_of_license`. `account.unassigned_of(bundle)` are those of a bundle.
    """
    raise NotImplementedError


def product_of_license(license: License, account: AccountData) -> Product:
    """Return the product of a license, by its own words where the catalog does not know it any more."""
    raise NotImplementedError


def plan_moving(
    licenses: Sequence[License], site: Site, account: AccountData, *, send_email: bool = True
) -> BulkPlan:
    """Return the plan that takes licenses from their sites and assigns them to another one.

    `send_email`: the customers are told that the product was removed.
    """
    raise NotImplementedError


class Leaving(Enum):
    """What becomes of the licenses of a client that leaves."""

    UNASSIGN = "unassign"
    REVOKE = "revoke"
    UNASSIGN_AND_REVOKE = "unassign and revoke"


def plan_leaving(
    sites: Sequence[Site], account: AccountData, leaving: Leaving, *, send_email: bool = True
) -> BulkPlan:
    """Return the plan for all licenses of these sites, those inside bundles too.

    `send_email`: the customers are told of what is unassigned.
    """
    raise NotImplementedError


def plan_list_leaving(site_list: SiteList, leaving: Leaving, *, send_email: bool = True) -> BulkPlan:
    """Return the plan for all licenses of the sites of a list (ListUse.SITES); see `plan_leaving`."""
    raise NotImplementedError
