"""Writing licences to a file: what filter and search match, as CSV or JSON, readable by the user alone."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.api.models.license import License
from jpmanage_tui.ui.downloads import disk_words, save_new
from jpmanage_tui.ui.words import explain, number

if TYPE_CHECKING:
    from jpmanage_tui.ui.licenses.view import LicensesView

COLUMNS = (
    "license_code", "product", "state", "site_id", "site", "owner", "owner_type",
    "issued_at", "assigned_at", "revoked_at", "bundle_size", "part_of_bundle",
)  # fmt: skip
VISIBLE = 4
"""Characters of a masked code's end that stay readable."""


def masked(code: str) -> str:
    """Return a licence code of which only the product and the last characters can be read."""
    product, underscore, secret = code.rpartition("_")
    return f"{product}{underscore}{'*' * max(0, len(secret) - VISIBLE)}{secret[-VISIBLE:]}"


def record(license: License, codes: bool) -> dict[str, str]:
    """Return a licence as the columns of an export; times in UTC as ISO 8601; `codes` shows the code in full."""

    def time(moment: datetime | None) -> str:
        return moment.isoformat() if moment else ""

    values = (
        license.license_key if codes else masked(license.license_key),
        license.product,
        license.state.value,
        str(license.blog_id or ""),
        license.siteurl or "",
        license.username or "",
        license.owner_type.value if license.owner_type else "",
        time(license.issued_at),
        time(license.attached_at),
        time(license.revoked_at),
        str(license.quantity or ""),
        str(license.parent_license_id or ""),
    )
    return dict(zip(COLUMNS, values, strict=True))


def as_csv(licenses: Sequence[License], codes: bool) -> bytes:
    """Return the licences as CSV with a head line; a value that a spreadsheet would run gets a quote before it."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for license in licenses:
        row = record(license, codes)
        writer.writerow({name: f"'{value}" if value[:1] in "=+-@" else value for name, value in row.items()})
    return out.getvalue().encode()


def as_json(licenses: Sequence[License], codes: bool) -> bytes:
    """Return the licences as a JSON array of objects."""
    rows = [record(license, codes) for license in licenses]
    return json.dumps(rows, ensure_ascii=False, indent=1).encode() + b"\n"


async def export_dialog(view: LicensesView) -> None:
    """Ask for the format, load what is not loaded yet, write the file and say where it is."""
    from jpmanage_tui.ui.dialogs.choice import Choice, ChoiceDialog

    choices = [
        Choice("csv", "CSV, license codes masked"),
        Choice("csv-codes", "CSV with the license codes"),
        Choice("json", "JSON, license codes masked"),
        Choice("json-codes", "JSON with the license codes"),
    ]
    marked = list(view.book.marked.values())
    what = number(len(marked), "marked license") if marked else number(view.book.rows.count, "license")
    chosen = await view.app.push_screen_wait(ChoiceDialog(f"Export {what}", choices))
    if chosen is None:
        return
    try:
        licenses = marked or await _all(view)
        path = await _write(view, licenses, chosen)
    except ApiError as error:
        view.jpmanage.say(explain(error, "Export") + " No file was written.", "error")
    except OSError as error:
        view.jpmanage.say(f"Export: {disk_words(error, view.session.download_folder)}", "error")
    else:
        view.jpmanage.say(f"{number(len(licenses), 'license')} written to {path}", "good")


async def _all(view: LicensesView) -> list[License]:
    found: list[License] = []
    async for license in view.matching():
        found.append(license)
        if len(found) % 500 == 0:
            view.jpmanage.say(f"Exporting… {number(len(found), 'license')} so far")
    return found


async def _write(view: LicensesView, licenses: Sequence[License], chosen: str) -> Path:
    form, _, codes = chosen.partition("-")
    data = as_csv(licenses, bool(codes)) if form == "csv" else as_json(licenses, bool(codes))
    folder = view.session.download_folder
    return await asyncio.to_thread(save_new, folder, f"licenses-{datetime.now():%Y-%m-%d}", form, data)
