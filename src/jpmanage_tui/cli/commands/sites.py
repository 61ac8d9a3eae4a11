"""`jpmanage sites`: the connected sites, and connecting one."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from jpmanage_tui.cli.change_command import change_command
from jpmanage_tui.cli.command import CommandGroup, Example
from jpmanage_tui.cli.errors import CommandError
from jpmanage_tui.cli.inputs import Inputs
from jpmanage_tui.cli.parser import Parser
from jpmanage_tui.cli.progress import Progress
from jpmanage_tui.cli.reading import Listing, read_command
from jpmanage_tui.rules.sites import USUAL_USER

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from jpmanage_tui.account.session import Session
    from jpmanage_tui.api.sites import Site
    from jpmanage_tui.cli.proposal import Proposal
    from jpmanage_tui.services.fields.field import Fields

LISTED = ("state", "summary", "message")
"""The fields of a change that a table shows."""
FILTERS = (
    "all",
    "favorites",
    "any-issue",
    "backup-failed",
    "backup-warning",
    "threats",
    "down",
    "disconnected",
    "updates",
)
"""The names of `services.connected_sites.SiteFilter`."""


def _fields() -> Fields[Site]:
    from jpmanage_tui.services.fields.sites import SITE_FIELDS

    return SITE_FIELDS


def _list_options(parser: Parser) -> None:
    parser.option("--search", metavar="TEXT", default="", help="sites whose address has this text")
    parser.option(
        "--filter",
        choices=FILTERS,
        default=FILTERS[0],
        help="the filter of the app: favorites, or one of the issues that the API knows",
    )
    parser.option("--reverse", action="store_true", help="by address from Z to A")


async def _list(session: Session, arguments: argparse.Namespace, progress: Progress) -> Listing[Site]:
    from jpmanage_tui.api.licenses import SortDirection
    from jpmanage_tui.rules.text import lacking
    from jpmanage_tui.services.connected_sites import SiteFilter, SiteQuery

    direction = SortDirection.DESC if arguments.reverse else SortDirection.ASC
    listed = SiteQuery(arguments.search.strip(), SiteFilter(arguments.filter), direction).every(
        session.client
    )

    async def sites() -> AsyncIterator[Site]:
        progress("Reading the sites…")
        async for site in listed:
            yield site

    return Listing(sites(), lambda: lacking(listed, "site"))


# -- connect ---------------------------------------------------------------------------------


def _connect_options(parser: Parser) -> None:
    parser.words(
        "sites", metavar="ADDRESS", help="the full address of a site; - reads them from standard input"
    )
    parser.option(
        "--local-user",
        metavar="USER",
        default=USUAL_USER,
        help="an administrator of the site, by id, login or e-mail there; 1, the default, is the usual one",
    )


def _address(text: str) -> str:
    """Return the address by which a site is connected. Raises CommandError where it is none, or names a page of it."""
    from jpmanage_tui.rules.sites import site_url

    found = site_url(text)
    if found is None:
        raise CommandError(
            f"{text!r} is not the address of a site: write it in full, for example https://example.com/blog."
        )
    if found.cut:
        raise CommandError(
            f"{text}: {' and '.join(found.cut)} is no part of the site's address. Nothing was sent; to connect "
            f"{found.url}, give that."
        )
    return found.url


def _listed(data: bytes | None) -> Iterable[str]:
    """Return the addresses of a list, one a line; # begins a comment. Raises CommandError where it is no text."""
    from jpmanage_tui.rules.site_list import ListError, decode

    if data is None:
        return ()
    try:
        lines = decode(data).splitlines()
    except ListError as error:
        raise CommandError(str(error)) from None
    return [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]


async def _connect(
    session: Session, arguments: argparse.Namespace, inputs: Inputs, progress: Progress
) -> Proposal:
    from jpmanage_tui.cli.proposal import Proposal
    from jpmanage_tui.operations.mutations.sites import ConnectSite
    from jpmanage_tui.operations.run import PlannedItem, RunPlan
    from jpmanage_tui.services.bulk_plans import BulkPlan

    del session, progress
    user = arguments.local_user.strip()
    if not user:
        raise CommandError("--local-user names an administrator of the site; 1 is the usual one.")
    words = [*inputs.words, *_listed(inputs.data)]
    if not words and inputs.data is None:
        raise CommandError("Name the site to connect, by its full address.")
    urls = list(dict.fromkeys(map(_address, words)))
    changes = [ConnectSite(url, user) for url in urls]
    title = changes[0].summary() if len(changes) == 1 else f"Connect {len(changes):,} sites"
    sentences = [
        *([f"{', '.join(urls)}."] if len(urls) > 1 else []),
        f"The local administrator is {user}. Jetpack must be installed and active on "
        f"{'the site' if len(urls) == 1 else 'each site'}.",
    ]
    return Proposal(BulkPlan(RunPlan(title, tuple(map(PlannedItem, changes)))), tuple(sentences))


COMMAND = CommandGroup(
    "sites",
    (
        read_command(
            "list",
            "list the connected sites, by address",
            _list,
            _fields,
            arguments=_list_options,
            examples=(
                Example("jpmanage sites list --filter any-issue", "Sites with a problem that the API names."),
                Example("jpmanage sites list --search shop --jsonl", "Those with “shop” in their address."),
            ),
        ),
        change_command(
            "connect",
            "connect a site on which Jetpack is installed",
            _connect,
            arguments=_connect_options,
            words="sites",
            examples=(
                Example("jpmanage sites connect https://shop.example", "One site; asks first."),
                Example(
                    "jpmanage sites connect https://a.example/blog --local-user anna --yes",
                    "As another of its administrators, without asking.",
                ),
            ),
            lists=True,
            listed=LISTED,
            description="Connect sites on which Jetpack is installed and active, by their full addresses.",
        ),
    ),
)
