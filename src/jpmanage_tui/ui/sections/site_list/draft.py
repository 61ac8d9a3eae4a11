"""What is being prepared: the matched list, what the user changed in it, and what is to be done with it. No I/O."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from jpmanage_tui.api.licenses import License
from jpmanage_tui.api.products import Product
from jpmanage_tui.rules.bundles import BundleOffer
from jpmanage_tui.rules.catalog import title
from jpmanage_tui.rules.site_list import SiteLine
from jpmanage_tui.rules.sites import site_name
from jpmanage_tui.services.account_data import AccountData
from jpmanage_tui.services.bulk_plans import BulkPlan, plan_assigning, plan_issuing, product_of_license
from jpmanage_tui.services.leaving_plans import Leaving, plan_list_leaving
from jpmanage_tui.services.site_lists import LineStatus, ListLine, ListUse, SiteList, match_list

Edit = Callable[[SiteList], SiteList]
"""A change of one line by the user."""


class LineGroup(Enum):
    """How a line stands, as the tabs have it; in the order in which all are listed."""

    PROBLEM = "Problems"
    READY = "Ready"
    LEFT_OUT = "Left out"


def group_of(line: ListLine, *, awaits_products: bool) -> LineGroup:
    """Return how a line stands; `awaits_products`: the products are chosen later, so lacking one is no problem."""
    if line.status is LineStatus.LEFT_OUT:
        return LineGroup.LEFT_OUT
    if line.status is LineStatus.READY or (awaits_products and line.status is LineStatus.NO_PRODUCT):
        return LineGroup.READY
    return LineGroup.PROBLEM


def site_words(line: ListLine) -> str:
    """Return the site that a line means, '' where that is unclear."""
    return site_name(line.site.address) if line.site is not None else ""


def product_words(line: ListLine) -> str:
    """Return what the site of a line gets, else the product as it was written."""
    names = [title(product.name) for product in line.products] or [line.line.product]
    words = f"{names[0]} +{len(names) - 1}" if len(names) > 1 else names[0]
    return f"{line.quantity} × {words}" if words and line.quantity > 1 else words


class Task(Enum):
    """What can be done with a list."""

    ISSUE_AND_ASSIGN = ListUse.ASSIGN
    ISSUE = ListUse.ISSUE
    ASSIGN_BUNDLE = "bundle"
    LEAVE = ListUse.SITES

    @property
    def use(self) -> ListUse:
        """What the list is for then."""
        return self.value if isinstance(self.value, ListUse) else ListUse.ASSIGN

    @property
    def takes_products(self) -> bool:
        """Whether it is about products that the user or the list names."""
        return self in (Task.ISSUE_AND_ASSIGN, Task.ISSUE)


@dataclass
class Draft:
    """A list on its way to a plan. What is set here is applied by `update`; `make_plan` has what would be done."""

    site_list: SiteList | None = None
    lines: tuple[SiteLine, ...] = ()
    """The lines that were matched last."""
    task: Task = Task.ISSUE_AND_ASSIGN
    products: tuple[Product, ...] = ()
    """Those that every line gets."""
    by_list: bool = True
    """Whether what the lines say counts."""
    unassigned_first: bool = False
    bundle: License | None = None
    """The bundle whose unassigned licenses are assigned."""
    leaving: Leaving = Leaving.UNASSIGN
    offers: tuple[BundleOffer, ...] = ()
    """The bundle offers that the user takes."""
    edits: dict[int, list[Edit]] = field(default_factory=dict)
    """What the user changed, by the number of the line."""

    # -- the list ----------------------------------------------------------------------------

    def match(self, lines: tuple[SiteLine, ...], account: AccountData) -> SiteList:
        """Return the list anew, with what was changed in the lines that are as they were."""
        before, self.lines = {line.number: line for line in self.lines}, lines
        self.edits = {
            line.number: self.edits[line.number]
            for line in lines
            if line.number in self.edits and before.get(line.number) == line
        }
        found = match_list(lines, account, self.task.use)
        for edits in self.edits.values():
            for edit in edits:
                found = edit(found)
        return self._with_products(found)

    def _with_products(self, site_list: SiteList) -> SiteList:
        if self.task is Task.ASSIGN_BUNDLE:
            product = self.product_of_bundle(site_list.account)
            return site_list.with_products([product] if product is not None else [])
        return site_list.with_products(self.products, beside_file=self.by_list)

    def product_of_bundle(self, account: AccountData) -> Product | None:
        """Return the product of the chosen bundle's licenses, None where none is chosen."""
        return product_of_license(self.bundle, account) if self.bundle is not None else None

    def update(self) -> None:
        """Apply what was set to the list."""
        if self.site_list is not None:
            self.site_list = self._with_products(self.site_list.with_use(self.task.use))

    def edit(self, number: int, edit: Edit) -> None:
        """Change a line. Raises KeyError where there is none of this number."""
        if self.site_list is not None:
            self.site_list = edit(self.site_list)
            self.edits.setdefault(number, []).append(edit)

    def leave_out(self, number: int) -> None:
        """Leave a line out."""
        self.edit(number, lambda site_list: site_list.left_out(number))

    def take_back(self, number: int) -> None:
        """Take a line in that was left out, with what else was changed in it."""
        edits = self.edits.pop(number, [])
        self.restore(number)
        for edit in edits[:-1]:
            self.edit(number, edit)

    def restore(self, number: int) -> None:
        """Take a line as the text has it."""
        self.edits.pop(number, None)
        if self.site_list is not None:
            self.site_list = self.site_list.restored(number)

    @property
    def awaits_products(self) -> bool:
        """Whether no line has a product because none was chosen yet."""
        site_list = self.site_list
        return site_list is not None and not site_list.products and not site_list.names_products

    @property
    def counts(self) -> Mapping[LineGroup, int]:
        """How many lines stand how."""
        counts = dict.fromkeys(LineGroup, 0)
        if self.site_list is not None:
            for status, count in self.site_list.counts.items():
                line = ListLine(SiteLine(0, ""), status)
                counts[group_of(line, awaits_products=self.awaits_products)] += count
        return counts

    # -- the plan ----------------------------------------------------------------------------

    @property
    def lacks(self) -> str | None:
        """What is to be chosen before there is a plan, as a sentence; None where nothing is."""
        site_list = self.site_list
        if site_list is None:
            return "The list is not matched yet."
        if self.task is Task.ASSIGN_BUNDLE and self.bundle is None:
            return "Choose the bundle first."
        if self.task.takes_products and not self.products:
            if not site_list.names_products:
                return "Choose a product first: the list names none."
            if not self.by_list:
                return "Choose a product first, or take what the list says."
        return None

    def make_plan(self, *, send_email: bool = True) -> BulkPlan:
        """Return what would be done; only where nothing is lacking (`lacks`).

        Raises ValueError where something is lacking.
        """
        site_list = self.site_list
        if site_list is None:
            raise ValueError("there is no list")
        match self.task:
            case Task.ASSIGN_BUNDLE:
                bundle = self.bundle.license_id if self.bundle is not None else None
                members = site_list.account.unassigned_of(bundle) if bundle is not None else []
                return plan_assigning(site_list, members)
            case Task.LEAVE:
                return plan_list_leaving(site_list, self.leaving, send_email=send_email)
            case _:
                return plan_issuing(site_list, unassigned_first=self.unassigned_first, offers=self.offers)
