"""What is prepared of a list: what was changed stays, and what is to be done follows from what is set."""

from __future__ import annotations

import pytest

from jpmanage_tui.api.licenses import License
from jpmanage_tui.api.products import Product
from jpmanage_tui.rules.site_list import read_list
from jpmanage_tui.services.bulk_plan_text import plan_sentences
from jpmanage_tui.services.leaving_plans import Leaving
from jpmanage_tui.services.site_lists import LineStatus, ListUse
from jpmanage_tui.ui.sections.site_list import text
from jpmanage_tui.ui.sections.site_list.draft import Draft, LineGroup, Task, group_of, product_words
from jpmanage_tui.ui.sections.site_list.matching import ListRow
from jpmanage_tui.ui.sections.site_list.pages import (
    Offer,
    button_words,
    review_rows,
    task_rows,
)
from tests.services.accounts import BUNDLE_ID, SITES, account, license_for
from tests.services.issuing.support import BACKUP, SCAN


def drafted(rows: str, draft: Draft | None = None) -> Draft:
    draft = draft or Draft()
    draft.site_list = draft.match(read_list(rows), account())
    return draft


def status(draft: Draft, number: int) -> LineStatus:
    assert draft.site_list is not None
    return draft.site_list.line(number).status


def row(draft: Draft, number: int) -> ListRow:
    assert draft.site_list is not None
    line = draft.site_list.line(number)
    return ListRow(line, group_of(line, awaits_products=draft.awaits_products))


def test_what_was_changed_in_a_line_stays_when_the_list_is_matched_anew_unless_the_line_is_another() -> None:
    draft = drafted("s1.example\nwww.s2.example\nx.example\n")
    draft.edit(2, lambda found: found.with_site(2, SITES[1]))
    draft.leave_out(3)
    assert draft.counts == {LineGroup.READY: 2, LineGroup.PROBLEM: 0, LineGroup.LEFT_OUT: 1}
    drafted("s1.example\nwww.s2.example\nx.example\ny.example\n", draft)
    assert draft.counts == {LineGroup.READY: 2, LineGroup.PROBLEM: 1, LineGroup.LEFT_OUT: 1}
    drafted("s1.example\nx.example\nwww.s2.example\n", draft)
    assert draft.counts == {LineGroup.READY: 1, LineGroup.PROBLEM: 2, LineGroup.LEFT_OUT: 0}


def test_a_line_that_is_taken_back_has_what_was_changed_in_it_before() -> None:
    draft = drafted("www.s2.example\n")
    draft.edit(1, lambda found: found.with_site(1, SITES[1]))
    draft.leave_out(1)
    assert status(draft, 1) is LineStatus.LEFT_OUT
    draft.take_back(1)
    assert status(draft, 1) is LineStatus.NO_PRODUCT
    draft.restore(1)
    assert status(draft, 1) is LineStatus.NOT_CONNECTED
    assert not draft.edits


def test_that_a_line_lacks_a_product_is_a_problem_only_where_others_have_one() -> None:
    assert row(drafted("s1.example\n"), 1).group is LineGroup.READY
    assert row(drafted("s1.example\n"), 1).reason == ""
    some = drafted("s1.example;jetpack-scan\ns2.example;\n")
    assert row(some, 2).group is LineGroup.PROBLEM


def test_what_is_to_be_done_needs_a_product_or_a_bundle_first() -> None:
    draft = drafted("s1.example\ns2.example\n")

    def lacks(task: Task, *products: Product) -> str | None:
        draft.task, draft.products = task, products
        draft.update()
        return draft.lacks

    assert lacks(Task.ISSUE) == "Choose a product first: the list names none."
    assert lacks(Task.ASSIGN_BUNDLE) == "Choose the bundle first."
    assert lacks(Task.LEAVE) is None
    assert lacks(Task.ISSUE_AND_ASSIGN, SCAN) is None
    plan = draft.make_plan()
    assert (plan.issued, plan.assigned) == (2, 2)


def test_what_the_list_names_can_be_set_aside_for_what_is_chosen() -> None:
    draft = drafted("s1.example;jetpack-scan\n")
    draft.by_list = False
    assert draft.lacks == "Choose a product first, or take what the list says."


def test_products_for_every_line_come_beside_what_the_list_names_or_instead_of_it() -> None:
    draft = drafted("s1.example;jetpack-scan\n")
    draft.products = (BACKUP,)
    draft.update()
    assert product_words(row(draft, 1).line) == "Scan Daily +1"
    draft.by_list = False
    draft.update()
    assert product_words(row(draft, 1).line) == "Backup 10GB"


def test_the_unassigned_licenses_of_a_bundle_go_to_the_sites_of_the_list() -> None:
    bundle = license_for(SCAN, license_id=BUNDLE_ID, quantity=3)
    members = [license_for(SCAN, parent_license_id=BUNDLE_ID) for _ in range(2)]
    draft = Draft()
    draft.site_list = draft.match(
        read_list("s1.example\ns2.example\ns3.example\n"), account(bundle, *members)
    )
    assert draft.site_list is not None
    assert [one.hint.split("  ")[0] for one in text.bundle_choices(draft.site_list.account)] == [
        "2 of 3 unassigned"
    ]
    draft.task, draft.bundle = Task.ASSIGN_BUNDLE, draft.site_list.account.bundles[0]
    draft.update()
    plan = draft.make_plan()
    assert (plan.assigned, plan.issued, len(plan.left_out)) == (2, 0, 1)


def test_a_bundle_offer_is_shown_with_its_saving_and_can_be_taken_and_given_back() -> None:
    rows = "".join(f"s{number}.example;jetpack-scan\n" for number in range(1, 6))
    draft = drafted(rows)
    offers = [one.target for one in task_rows(draft, draft.make_plan()) if isinstance(one.target, Offer)]
    assert [offer.taken for offer in offers] == [False]
    draft.offers = (offers[0].offer,)
    plan = draft.make_plan()
    page = review_rows(plan, None)
    assert [one.target.taken for one in page if isinstance(one.target, Offer)] == [True]
    words = "\n".join("".join(part for part, _ in one.parts) for one in page)
    assert "saves $2.50 a month" in words
    assert "1 × bundle of 5" in words
    assert plan_sentences(plan)[0] == (
        "5 licenses are issued: $0.74 a day, $22.50 a month, from now until revoked."
    )


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("both.example", ["near:0", "near:1", "another-site", "leave-out"]),
        ("x.example", ["another-site", "leave-out"]),
        ("s1.example,scan daily,3", ["take-one", "another-site", "another-product", "leave-out"]),
        ("s1.example,scam", ["another-product", "another-site", "leave-out"]),
        ("s1.example,scan daily", ["another-site", "another-product", "leave-out"]),
    ],
)
def test_the_ways_to_put_a_line_right_begin_with_what_helps(written: str, names: list[str]) -> None:
    choices = text.fix_choices(row(drafted(f"site,product,quantity\n{written}\n"), 2), ListUse.ASSIGN)
    assert [choice.name for choice in choices] == names


def test_what_costs_money_asks_for_the_number_to_be_typed_from_two_licenses_on() -> None:
    def asked(rows: str) -> str | None:
        draft = drafted(rows)
        return text.start_question(draft.make_plan(), draft.task, ()).require_text

    assert asked("s1.example;jetpack-scan\n") is None
    assert asked("s1.example;jetpack-scan\ns2.example;jetpack-scan\n") == "2"


def test_the_button_names_product_and_site_of_one_license_and_else_says_how_many() -> None:
    def button(rows: str, *licenses: License, task: Task = Task.ISSUE_AND_ASSIGN, first: bool = False) -> str:
        draft = Draft(task=task, unassigned_first=first, leaving=Leaving.UNASSIGN_AND_REVOKE)
        draft.site_list = draft.match(read_list(rows), account(*licenses))
        return button_words(draft.make_plan())

    one = "s1.example;jetpack-scan\n"
    assert button(one) == "Issue Jetpack Scan Daily to s1.example"
    assert button(one, task=Task.ISSUE) == "Issue Jetpack Scan Daily"
    assert button(f"{one}s2.example;jetpack-scan\n") == "Issue 2 licenses"
    assert button(one, license_for(SCAN), first=True) == "Assign Jetpack Scan Daily to s1.example"
    words = button("s1.example\n", license_for(SCAN, 1), task=Task.LEAVE)
    assert words == "Unassign and revoke Jetpack Scan Daily from s1.example"
