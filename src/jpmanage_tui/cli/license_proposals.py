"""What the commands of `jpmanage licenses` that change something would do: read, planned, and put into words."""

from __future__ import annotations

import argparse
import csv
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from jpmanage_tui.api.ids import ProductSlug
from jpmanage_tui.api.licenses import License
from jpmanage_tui.api.products import Product
from jpmanage_tui.api.sites import Site
from jpmanage_tui.cli import output
from jpmanage_tui.cli.errors import CommandError
from jpmanage_tui.cli.exit_codes import ExitCode
from jpmanage_tui.cli.parser import near_match
from jpmanage_tui.cli.proposal import Proposal
from jpmanage_tui.operations.mutations.licenses import UnassignLicense
from jpmanage_tui.rules.assigning import candidate, to_be_issued
from jpmanage_tui.rules.bundles import BundleOffer
from jpmanage_tui.rules.catalog import EXCLUDED, title
from jpmanage_tui.rules.licenses import LicenseAction
from jpmanage_tui.rules.prices import cost_of
from jpmanage_tui.rules.site_list import MOST_QUANTITY, ListError, SiteLine, decode, read_list
from jpmanage_tui.rules.site_matching import ProductMatcher
from jpmanage_tui.rules.sites import site_name
from jpmanage_tui.rules.text import pluralize
from jpmanage_tui.services.account_data import AccountData, account_data, read_account
from jpmanage_tui.services.bulk_plan_text import plan_sentences
from jpmanage_tui.services.bulk_plans import (
    BulkPlan,
    LeftOut,
    not_ready,
    plan_assigning,
    plan_issuing,
    product_of_license,
)
from jpmanage_tui.services.issuing.status import PAUSED, issuing_status
from jpmanage_tui.services.leaving_plans import Leaving, plan_list_leaving, plan_moving
from jpmanage_tui.services.license_change_text import (
    NOT_UNDONE,
    UNCHANGED,
    billing_continues,
    email_remark,
    site_of,
    what_follows_revoking,
)
from jpmanage_tui.services.license_changes import size_of
from jpmanage_tui.services.license_lookup import find_licenses
from jpmanage_tui.services.license_plans import (
    plan_assigning_to,
    plan_revoking,
    plan_unassigning,
    split_allowed,
)
from jpmanage_tui.services.price_list import Prices, price_list
from jpmanage_tui.services.price_text import cost_words
from jpmanage_tui.services.site_check import SiteCheck, licenses_on
from jpmanage_tui.services.site_lists import ListUse, SiteList, match_list
from jpmanage_tui.services.site_lookup import WAIT, account_for_sites, find_sites

if TYPE_CHECKING:
    from jpmanage_tui.account.session import Session
    from jpmanage_tui.cli.inputs import Inputs
    from jpmanage_tui.cli.progress import Progress

MOST_NAMED = 10
"""So many changes are named before a question; the rest is counted."""
NO_CARD = (
    "A valid payment method is needed before licenses can be issued, so nothing has been sent. Add a card in the app "
    "(`jpmanage`, Payment Methods) or in the browser."
)
_CODE_COLUMNS = ("license_code", "license_key", "license_id")
_CELL_END = re.compile(r"[\t;,]")


# -- which licenses ------------------------------------------------------------------------------


def read_codes(data: bytes) -> tuple[list[str], tuple[LeftOut, ...]]:
    """Return the codes or ids of a list: one a line, the first cell of one, or the column named as the exports name it;
    and the lines that have something, and no code there.

    Raises CommandError where it is no text, or no table of cells.
    """
    try:
        text = decode(data)
    except ListError as error:
        raise CommandError(f"{error}") from None
    lines = text.splitlines()
    found = _CELL_END.search(next((line for line in lines if line.strip()), ""))
    reader = csv.reader(lines, delimiter=found[0] if found else "\t")
    try:
        rows = [(reader.line_num, cells) for row in reader if any(cells := [cell.strip() for cell in row])]
    except csv.Error as error:
        raise CommandError(f"The list cannot be read: {error}. Nothing was sent.") from None
    titles = [cell.lower() for cell in rows[0][1]] if rows else []
    place = next((titles.index(name) for name in _CODE_COLUMNS if name in titles), None)
    codes, without = [], []
    for number, cells in rows if place is None else rows[1:]:
        code = cells[place or 0] if len(cells) > (place or 0) else ""
        if code:
            codes.append(code)
        else:
            words = " ".join(cell for cell in cells if cell)
            without.append(
                LeftOut(words, "The line has no license code where the others have it.", "", number)
            )
    return codes, tuple(without)


async def _licenses(
    session: Session, arguments: argparse.Namespace, inputs: Inputs, progress: Progress
) -> tuple[tuple[License, ...], tuple[LeftOut, ...]]:
    """Return the licenses that are named, and the words for which there is none.

    Raises CommandError where none is named, or a word is unknown and that is not to be passed over.
    """
    listed, without = read_codes(inputs.data) if inputs.data is not None else ([], ())
    words = [word for word in (*inputs.words, *listed) if word.strip()]
    if not words and not without:
        raise CommandError("No license is named: give codes or license ids, or a list with --from FILE or -.")
    found = await find_licenses(session.client, words, progress)
    beside = f" It may be among what is missing: {found.lacks}." if found.lacks else ""
    unknown = without + tuple(
        LeftOut(word, f"This account has no license with this {'id' if word.isdigit() else 'code'}.{beside}")
        for word in found.unknown
    )
    _refuse_problems(unknown, arguments)
    return found.licenses, unknown


def _refuse_problems(problems: Sequence[LeftOut], arguments: argparse.Namespace) -> None:
    """Tell problems one by one, and raise CommandError, unless they are to be passed over."""
    if not problems or arguments.skip_problems:
        return
    for one in problems:
        output.write_error(one.sentence)
    raise CommandError(
        f"Nothing was sent: {pluralize(len(problems), 'problem')}. Put right what is wrong, or leave it out with "
        "--skip-problems."
    )


def _with_left_out(plan: BulkPlan, unknown: tuple[LeftOut, ...]) -> BulkPlan:
    return replace(plan, left_out=(*unknown, *plan.left_out))


def _changes(plan: BulkPlan) -> list[str]:
    """Return the changes of a plan by name, a line for those that are alike."""
    counted = Counter(item.mutation.summary() for item in plan.run.items)
    named = [
        f"  {f'{count:,} × ' if count > 1 else ''}{words}" for words, count in counted.most_common(MOST_NAMED)
    ]
    rest = len(counted) - len(named)
    return [*named, f"  and {rest:,} more, which --dry-run lists"] if rest else named


async def _one_site(session: Session, address: str) -> Site:
    """Return the connected site that an address means. Raises CommandError where that is not sure."""
    match = (await find_sites(session.client, [address])).match(address)
    if match.site is None:
        raise CommandError(f"{address}: {match.problem} Nothing was sent.")
    return match.site


async def _prices(session: Session) -> Prices:
    return await price_list(session).read()


# -- assigning, unassigning, moving, revoking --------------------------------------------------------


async def propose_unassigning(
    session: Session, arguments: argparse.Namespace, inputs: Inputs, progress: Progress
) -> Proposal:
    """Plan taking licenses from their sites."""
    licenses, unknown = await _licenses(session, arguments, inputs, progress)
    plan = plan_unassigning(licenses, send_email=arguments.email)
    going, _ = split_allowed(licenses, LicenseAction.UNASSIGN)
    if not going:
        return Proposal(_with_left_out(plan, unknown))
    one = going[0]
    loses = f"{site_of(one)} loses {one.product}." if len(going) == 1 else "The sites lose these products."
    sentences = [*_changes(plan), f"{loses} {billing_continues(going, await _prices(session))}"]
    if arguments.email:
        sentences.append(email_remark(len(going)))
    return Proposal(_with_left_out(plan, unknown), tuple(sentences))


async def propose_revoking(
    session: Session, arguments: argparse.Namespace, inputs: Inputs, progress: Progress
) -> Proposal:
    """Plan revoking licenses, or bundles, for good."""
    licenses, unknown = await _licenses(session, arguments, inputs, progress)
    prices = await _prices(session)
    plan = plan_revoking(licenses, prices.catalog)
    codes = {getattr(item.mutation, "license_key", None) for item in plan.run.items}
    going = [license for license in licenses if license.license_key in codes]
    sentences = (*_changes(plan), what_follows_revoking(going, prices)) if going else ()
    return Proposal(_with_left_out(plan, unknown), sentences, lost=size_of(going))


async def propose_assigning(
    session: Session, arguments: argparse.Namespace, inputs: Inputs, progress: Progress
) -> Proposal:
    """Plan assigning licenses to one site, or those of a bundle to the sites of a list.

    Raises CommandError for licenses or sites that cannot be used.
    """
    if arguments.bundle is not None:
        return await _propose_bundle(session, arguments, inputs, progress)
    if not arguments.site:
        raise CommandError("Say to which site: --site ADDRESS.")
    if len(arguments.site) > 1:
        raise CommandError("Licenses are assigned to one --site; with --bundle their members go to several.")
    licenses, unknown = await _licenses(session, arguments, inputs, progress)
    going, _ = split_allowed(licenses, LicenseAction.ASSIGN)
    site = await _one_site(session, arguments.site[0])
    fit = await SiteCheck(session.client, [candidate(one) for one in going]).checked(site, WAIT)
    plan = plan_assigning_to(licenses, site, fit, (await _prices(session)).catalog)
    sentences = [*_changes(plan), UNCHANGED] if plan.run.items else []
    if site.is_connection_healthy is False:
        sentences.append("Jetpack does not answer on this site (disconnected): the API may refuse it.")
    return Proposal(_with_left_out(plan, unknown), tuple(sentences))


async def _propose_bundle(
    session: Session, arguments: argparse.Namespace, inputs: Inputs, progress: Progress
) -> Proposal:
    if inputs.words:
        raise CommandError("Codes do not go with --bundle: its unassigned licenses are taken.")
    lines = _site_lines(arguments, inputs)
    if not lines:
        raise CommandError("Say to which sites: a list with --from FILE or -, or --site ADDRESS.")
    account = await read_account(session.client, progress)
    wanted = arguments.bundle
    bundle = next(
        (one for one in account.bundles if wanted in (one.license_key, str(one.license_id or ""))), None
    )
    if bundle is None or bundle.license_id is None:
        raise CommandError(f"{wanted}: This account has no bundle with this id or code. Nothing was sent.")
    site_list = match_list(lines, account).with_products([product_of_license(bundle, account)])
    _refuse_problems(_problems(site_list, inputs), arguments)
    plan = _without_numbers(plan_assigning(site_list, account.unassigned_of(bundle.license_id)), inputs)
    return Proposal(plan, (*plan_sentences(plan), *_changes(plan)) if plan.run.items else ())


async def propose_moving(
    session: Session, arguments: argparse.Namespace, inputs: Inputs, progress: Progress
) -> Proposal:
    """Plan moving licenses from their sites to another one."""
    licenses, unknown = await _licenses(session, arguments, inputs, progress)
    going, _ = split_allowed(licenses, LicenseAction.UNASSIGN)
    site = await _one_site(session, arguments.site)
    going = [license for license in going if license.blog_id != site.blog_id]
    fit = await SiteCheck(session.client, [candidate(one) for one in going]).checked(site, WAIT)
    account = account_data((site,), (await _prices(session)).catalog, await licenses_on(session.client, site))
    refused = {one.candidate.key: one for one in fit.refused}
    plan = plan_moving(
        [license for license in licenses if license.license_key not in refused],
        site,
        account,
        send_email=arguments.email,
    )
    unknown += tuple(LeftOut(key, one.reason, one.candidate.product) for key, one in refused.items())
    sentences = [*_changes(plan)] if plan.run.items else []
    if plan.run.items:
        moved = [item.mutation for item in plan.run.items if isinstance(item.mutation, UnassignLicense)]
        name = site_name(site.address)
        loses = f"The sites lose these products, {name} gets them."
        if len(moved) == 1:
            loses = f"{site_name(moved[0].site_url)} loses {moved[0].product}, {name} gets it."
        sentences.append(f"{loses} {UNCHANGED}")
        sentences += [fit.unsure] if fit.unsure else []
    return Proposal(_with_left_out(plan, unknown), tuple(sentences))


# -- lists of sites --------------------------------------------------------------------------------


def _site_lines(
    arguments: argparse.Namespace, inputs: Inputs, sites: Sequence[str] | None = None
) -> tuple[SiteLine, ...]:
    """Return the lines of the list that is given, or one for each site of the command line.

    Raises CommandError where the list cannot be read.
    """
    named = list(arguments.site or ()) if sites is None else list(sites)
    if inputs.data is None:
        return tuple(SiteLine(number, address) for number, address in enumerate(named, 1))
    if named:
        raise CommandError("A list and sites of the command line are both given: one of the two at a time.")
    try:
        return read_list(decode(inputs.data))
    except ListError as error:
        raise CommandError(f"{error} Nothing was sent.") from None


def _problems(site_list: SiteList, inputs: Inputs) -> list[LeftOut]:
    """Return the lines that go into no plan, without numbers where they were written on the command line."""
    wrong = {line.number for line in site_list.problems}
    found = [one for one in not_ready(site_list) if one.number in wrong]
    return found if inputs.data is not None else [one._replace(number=None) for one in found]


def _without_numbers(plan: BulkPlan, inputs: Inputs) -> BulkPlan:
    """Return a plan that names lines by number only where a list has them."""
    if inputs.data is not None:
        return plan
    return replace(plan, left_out=tuple(one._replace(number=None) for one in plan.left_out))


async def propose_leaving(
    session: Session, arguments: argparse.Namespace, inputs: Inputs, progress: Progress
) -> Proposal:
    """Plan taking all licenses from sites whose client leaves. Raises CommandError for sites that cannot be used."""
    lines = _site_lines(arguments, inputs, inputs.words)
    if not lines:
        raise CommandError("No site is named: give addresses, or a list with --from FILE or -.")
    leaving = Leaving.REVOKE if arguments.revoke else Leaving.UNASSIGN
    if arguments.revoke and arguments.unassign:
        leaving = Leaving.UNASSIGN_AND_REVOKE
    account = await read_account(session.client, progress)
    site_list = match_list(lines, account, ListUse.SITES)
    _refuse_problems(_problems(site_list, inputs), arguments)
    plan = _without_numbers(plan_list_leaving(site_list, leaving, send_email=arguments.email), inputs)
    sentences = [*plan_sentences(plan), *_changes(plan)]
    if plan.revoked:
        sentences.append("The sites lose these products, and the codes cannot be used again.")
    elif plan.unassigned:
        sentences.append("The sites lose these products.")
    return Proposal(plan, tuple(sentences) if plan.run.items else (), lost=plan.revoked)


# -- issuing ---------------------------------------------------------------------------------------


def _quantity(word: str) -> tuple[str, int | None]:
    """Return the product and how many of it are meant, None where the word says nothing of that.

    Raises CommandError.
    """
    name, colon, number = word.rpartition(":")
    if not colon:
        return word, None
    if not (number.isascii() and number.isdigit()) or not 1 <= int(number) <= MOST_QUANTITY:
        raise CommandError(f"{word}: the quantity is not a number from 1 to {MOST_QUANTITY:,}.")
    return name, int(number)


def _wanted_products(words: Iterable[str], products: Sequence[Product]) -> dict[Product, int | None]:
    """Return the products that are named, each with how many. Raises CommandError for one that is not sure."""
    matcher = ProductMatcher(products)
    by_slug = {product.slug: product for product in products}
    found: dict[ProductSlug, int | None] = {}
    problems = []
    for word in words:
        name, quantity = _quantity(word)
        match = matcher.match(name)
        if isinstance(match, str):
            sold = (product.slug for product in products if product.slug not in EXCLUDED)
            problems.append(f"{match}{near_match(name, sold)}")
        elif match.slug in EXCLUDED:
            problems.append(f"{match.name or match.slug} is not sold any more.")
        elif match.slug in found:
            found[match.slug] = (found[match.slug] or 1) + (quantity or 1)
        else:
            found[match.slug] = quantity
    if problems:
        raise CommandError(f"{' '.join(problems)} Nothing was sent; `jpmanage prices list` has the products.")
    return {by_slug[slug]: quantity for slug, quantity in found.items()}


async def propose_issuing(
    session: Session, arguments: argparse.Namespace, inputs: Inputs, progress: Progress
) -> Proposal:
    """Plan issuing licenses: unassigned ones, or for sites of the command line or of a list.

    Raises CommandError for products or sites that cannot be used.
    """
    if not inputs.words and inputs.data is None:
        raise CommandError("No product is named: give PRODUCT[:QUANTITY], or a list with --from FILE or -.")
    lines = _site_lines(arguments, inputs)
    if arguments.unassigned_first and (not lines or arguments.assign_later):
        raise CommandError("--unassigned-first assigns licenses that are there: it needs sites.")
    gates = await _gates(session, arguments)
    families = await session.client.products.partner_families()
    products = tuple(product for family in families for product in family.products)
    wanted = _wanted_products(inputs.words, products)
    counted = [product.slug for product, quantity in wanted.items() if (quantity or 1) > 1]
    if lines and counted:
        raise CommandError(
            f"{counted[0]}: a site takes one license of a product; to issue several, and assign them later, a list can "
            "say how many. Nothing was sent."
        )
    site_list = await _issue_list(
        session, arguments, lines, wanted, products, progress, listed=inputs.data is not None
    )
    _refuse_problems(_problems(site_list, inputs), arguments)
    plan = plan_issuing(site_list, unassigned_first=arguments.unassigned_first)
    if arguments.take_bundles and plan.offers:
        plan = plan_issuing(
            site_list, unassigned_first=arguments.unassigned_first, offers=_cheapest(plan.offers)
        )
    plan = _without_numbers(plan, inputs)
    if not plan.run.items:
        return Proposal(plan)
    sentences = [*plan_sentences(plan), *_changes(plan)]
    sentences += [f"{_offer_words(offer)} (taken)." for offer in plan.taken_offers]
    if not arguments.take_bundles:
        cheaper = _cheapest(plan.offers)
        sentences += [
            f"Bundles cost less: {_offer_words(offer)}. --take-bundles takes them." for offer in cheaper
        ]
    if plan.issued:
        sentences += [NOT_UNDONE, *gates]
    return Proposal(plan, tuple(sentences), lost=plan.issued)


async def _gates(session: Session, arguments: argparse.Namespace) -> list[str]:
    """Return what is to be said of whether issuing is open. Raises CommandError where it is known not to be."""
    status = await issuing_status(session.client, session.has_user)
    if status.needs_card and not arguments.dry_run:
        raise CommandError(NO_CARD, ExitCode.REFUSED)
    if status.needs_card:
        return [NO_CARD]
    if status.error is not None:
        return [
            f"Whether a payment method is there could not be read ({status.error.message}); the API decides."
        ]
    return [PAUSED] if status.paused else []


async def _issue_list(
    session: Session,
    arguments: argparse.Namespace,
    lines: tuple[SiteLine, ...],
    wanted: dict[Product, int | None],
    products: tuple[Product, ...],
    progress: Progress,
    *,
    listed: bool,
) -> SiteList:
    """Return what is asked for as a list, matched with what has to be read for it."""
    if not lines:
        asked = tuple(
            SiteLine(number, "", product.slug, quantity or 1)
            for number, (product, quantity) in enumerate(wanted.items(), 1)
        )
        return match_list(asked, account_data((), products, ()), ListUse.ISSUE)
    account: AccountData
    if listed or arguments.unassigned_first:
        account = await read_account(session.client, progress)
    else:
        candidates = [to_be_issued(product.slug, product.name, product.product_id) for product in wanted]
        addresses = [line.site for line in lines]
        account = await account_for_sites(session.client, addresses, candidates, products, progress)
    use = ListUse.ISSUE if arguments.assign_later else ListUse.ASSIGN
    return match_list(lines, account, use).with_products(wanted, beside_file=True)


def _cheapest(offers: Iterable[BundleOffer]) -> list[BundleOffer]:
    """Return the cheapest offer of each product."""
    found: dict[str, BundleOffer] = {}
    for offer in offers:
        found.setdefault(offer.product.slug, offer)
    return list(found.values())


def _offer_words(offer: BundleOffer) -> str:
    spare = offer.stay_unassigned
    stay = f"; {spare:,} stay{'s' if spare == 1 else ''} unassigned" if spare else ""
    return f"{title(offer.product.name)}: {offer.words} save {cost_words(cost_of([offer.saving]))}{stay}"
