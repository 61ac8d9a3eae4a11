"""The commands of `jpmanage licenses` that change something."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from jpmanage_tui.cli.change_command import change_command
from jpmanage_tui.cli.command import Example
from jpmanage_tui.cli.inputs import Inputs
from jpmanage_tui.cli.parser import Parser
from jpmanage_tui.cli.progress import Progress

if TYPE_CHECKING:
    from jpmanage_tui.account.session import Session
    from jpmanage_tui.cli.proposal import Proposal


def _skip_problems(parser: Parser) -> None:
    parser.option(
        "--skip-problems",
        action="store_true",
        help="skip what is unknown or ambiguous; otherwise one such entry stops everything",
    )


def _licenses(parser: Parser) -> None:
    parser.words(
        "licenses",
        metavar="LICENSE",
        help="a license code, or a license id; - reads a list of them from standard input",
    )
    _skip_problems(parser)


def _assigned(parser: Parser) -> None:
    _licenses(parser)
    parser.option("--site", action="append", metavar="ADDRESS", help="the site, by address or Site ID")
    parser.option(
        "--bundle",
        metavar="ID",
        help="assign the unassigned licenses of this bundle, by its id or code, to a list of sites",
    )


def _moved(parser: Parser) -> None:
    _licenses(parser)
    parser.option("--site", required=True, metavar="ADDRESS", help="the other site, by address or Site ID")


def _issued(parser: Parser) -> None:
    parser.words(
        "products",
        metavar="PRODUCT[:QUANTITY]",
        help="a product by slug or name, and how many; - reads a list of sites from standard input",
    )
    parser.option(
        "--site",
        action="append",
        metavar="ADDRESS",
        help="assign one of each to this site; may be given several times",
    )
    parser.option(
        "--assign-later", action="store_true", help="issue what the list asks for, and assign nothing"
    )
    parser.option(
        "--unassigned-first",
        action="store_true",
        help="assign licenses that are unassigned already before new ones are issued",
    )
    parser.option(
        "--take-bundles", action="store_true", help="issue bundles where they cost less than single licenses"
    )
    _skip_problems(parser)


def _left(parser: Parser) -> None:
    parser.words(
        "sites",
        metavar="SITE",
        help="a site, by address or Site ID; - reads a list of them from standard input",
    )
    parser.option("--unassign", action="store_true", help="unassign the licenses (the default)")
    parser.option(
        "--revoke", action="store_true", help="revoke them; with --unassign too: one, then the other"
    )
    _skip_problems(parser)


async def _issue(
    session: Session, arguments: argparse.Namespace, inputs: Inputs, progress: Progress
) -> Proposal:
    from jpmanage_tui.cli.license_proposals import propose_issuing

    return await propose_issuing(session, arguments, inputs, progress)


async def _assign(
    session: Session, arguments: argparse.Namespace, inputs: Inputs, progress: Progress
) -> Proposal:
    from jpmanage_tui.cli.license_proposals import propose_assigning

    return await propose_assigning(session, arguments, inputs, progress)


async def _unassign(
    session: Session, arguments: argparse.Namespace, inputs: Inputs, progress: Progress
) -> Proposal:
    from jpmanage_tui.cli.license_proposals import propose_unassigning

    return await propose_unassigning(session, arguments, inputs, progress)


async def _move(
    session: Session, arguments: argparse.Namespace, inputs: Inputs, progress: Progress
) -> Proposal:
    from jpmanage_tui.cli.license_proposals import propose_moving

    return await propose_moving(session, arguments, inputs, progress)


async def _revoke(
    session: Session, arguments: argparse.Namespace, inputs: Inputs, progress: Progress
) -> Proposal:
    from jpmanage_tui.cli.license_proposals import propose_revoking

    return await propose_revoking(session, arguments, inputs, progress)


async def _leave_site(
    session: Session, arguments: argparse.Namespace, inputs: Inputs, progress: Progress
) -> Proposal:
    from jpmanage_tui.cli.license_proposals import propose_leaving

    return await propose_leaving(session, arguments, inputs, progress)


CHANGES = (
    change_command(
        "issue",
        "issue licenses, and assign them where sites are named",
        _issue,
        arguments=_issued,
        words="products",
        examples=(
            Example("jpmanage licenses issue jetpack-scan:3", "Three licenses, which stay unassigned."),
            Example(
                "jpmanage licenses issue jetpack-backup-t1 --site example.com",
                "One license, assigned to a site.",
            ),
            Example(
                "jpmanage licenses issue --from sites.csv --unassigned-first --max-cost 500 --yes",
                "What the list says (site, product, quantity), without asking, up to $500 more a month.",
            ),
        ),
        description="Issue licenses: products by name, for --site, or a list of lines with site, product and quantity.",
        costs=True,
        lists=True,
    ),
    change_command(
        "assign",
        "assign unassigned licenses to a site, or a bundle's to many",
        _assign,
        arguments=_assigned,
        words="licenses",
        examples=(
            Example("jpmanage licenses assign CODE --site example.com", "Give a license to a site."),
            Example(
                "jpmanage licenses assign --bundle 1234 --from sites.txt",
                "One of the bundle's licenses for each site of the list.",
            ),
        ),
        lists=True,
    ),
    change_command(
        "unassign",
        "take licenses from their sites",
        _unassign,
        arguments=_licenses,
        words="licenses",
        examples=(
            Example("jpmanage licenses unassign CODE", "Take a license from its site."),
            Example("jpmanage licenses unassign - --yes < codes.txt", "Those of a list, without asking."),
        ),
        mails=True,
        lists=True,
    ),
    change_command(
        "move",
        "move licenses from their sites to another one",
        _move,
        arguments=_moved,
        words="licenses",
        examples=(
            Example(
                "jpmanage licenses move CODE --site example.com", "Take it from its site, give it to this."
            ),
            Example(
                "jpmanage licenses move CODE CODE --site example.com --no-email --dry-run",
                "What would be sent.",
            ),
        ),
        mails=True,
        lists=True,
    ),
    change_command(
        "revoke",
        "revoke licenses or bundles for good",
        _revoke,
        arguments=_licenses,
        words="licenses",
        examples=(
            Example("jpmanage licenses revoke CODE", "Revoke a license; a bundle by its own code."),
            Example("jpmanage licenses revoke --from codes.txt --yes", "Those of a list, without asking."),
        ),
        lists=True,
    ),
    change_command(
        "leave-site",
        "take all licenses from sites whose client leaves",
        _leave_site,
        arguments=_left,
        words="sites",
        examples=(
            Example("jpmanage licenses leave-site example.com --revoke", "Revoke all that the site has."),
            Example(
                "jpmanage licenses leave-site --from leaving.txt --unassign --revoke --no-email",
                "Unassign all licenses of these sites, then revoke them, without e-mail.",
            ),
        ),
        mails=True,
        lists=True,
    ),
)
