"""The commands of `jpmanage licenses` that read."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from jpmanage_tui.cli.command import Example
from jpmanage_tui.cli.progress import Progress
from jpmanage_tui.cli.reading import Listing, read_command

if TYPE_CHECKING:
    from jpmanage_tui.account.session import Session
    from jpmanage_tui.api.licenses import License
    from jpmanage_tui.services.fields.field import Fields


def _fields() -> Fields[License]:
    from jpmanage_tui.services.fields.licenses import LICENSE_FIELDS

    return LICENSE_FIELDS


async def _list(session: Session, arguments: argparse.Namespace, progress: Progress) -> Listing[License]:
    from jpmanage_tui.rules.text import lacking

    del arguments, progress
    found = session.client.licenses.list_all()
    return Listing(found, lambda: lacking(found, "license"))


READS = (
    read_command(
        "list",
        "list licenses",
        _list,
        _fields,
        examples=(
            Example("jpmanage licenses list --json", "Every active license."),
            Example("jpmanage licenses list --jsonl --limit 10", "The first ten."),
        ),
    ),
)
