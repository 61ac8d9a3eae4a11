"""The server behind the measurements: `jpmanage sandbox` over loopback, and its licenses as a CSV file."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any

NOW = "2026-03-01T09:00:00Z"
LIST = "/wpcom/v2/jetpack-licensing/licenses"
_PER_PAGE = 100
_CSV_COLUMNS = ("product", "site", "issued", "assigned", "type", "code", "id", "owner")


class SandboxServer:
    """A sandbox with so many licenses; `env` points a program at it."""

    def __init__(self, licenses: int) -> None:
        self.licenses = licenses
        self.env: dict[str, str] = {}
        argv = ["jpmanage", "sandbox", "--port", "0", "--licenses", str(licenses), "--now", NOW]
        self._process = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)  # noqa: S603

    def __enter__(self) -> SandboxServer:
        output = self._process.stdout
        if output is None:
            raise RuntimeError("the sandbox has no output")
        for _ in range(4):
            name, _, value = output.readline().strip().removeprefix("export ").partition("=")
            self.env[name] = value
        if "JPMANAGE_API_URL" not in self.env:
            raise RuntimeError("the sandbox did not start")
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._process.terminate()
        self._process.wait(20)

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        request = urllib.request.Request(  # noqa: S310  # http on loopback
            self.env["JPMANAGE_API_URL"] + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.env['JPMANAGE_TOKEN']}"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            return json.load(answer)

    def forget_requests(self) -> None:
        """Begin to count requests anew."""
        self._ask("DELETE", "/_sandbox/requests")

    def requests(self) -> list[dict[str, Any]]:
        """Return the requests since."""
        asked: list[dict[str, Any]] = self._ask("GET", "/_sandbox/requests")
        return asked

    def faults(self, *specs: str) -> None:
        """Put faults in force in the place of those before."""
        self._ask("PUT", "/_sandbox/faults", list(specs))

    def write_csv(self, path: Path) -> list[dict[str, str]]:
        """Write every license, the active ones first and in the app's order; return the first rows."""
        first: list[dict[str, str]] = []
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, _CSV_COLUMNS)
            writer.writeheader()
            for chosen in ("not_revoked", "revoked"):
                page = pages = 1
                while page <= pages:
                    answer = self._ask("GET", f"{LIST}?filter={chosen}&per_page={_PER_PAGE}&page={page}")
                    rows = [_row(item) for item in answer["items"]]
                    writer.writerows(rows)
                    first += rows[: 50 - len(first)]
                    page, pages = page + 1, answer["total_pages"]
        return first


def _row(item: dict[str, Any]) -> dict[str, str]:
    """Return a license as the app's list words it, so that both lists send the same text."""
    site = re.sub(r"^https?://", "", item["siteurl"] or "").rstrip("/")
    bundle = bool(item["quantity"])
    if bundle:
        site = f"Bundle of {item['quantity']}"
    elif item["revoked_at"]:
        site = f"Revoked  {site}".rstrip()
    elif not item["attached_at"]:
        site = "Unassigned"
    kind = "Standard license" if item["owner_type"] == "user" else ""
    return {
        "product": item["product"],
        "site": site,
        "issued": "—" if bundle else (item["issued_at"] or "—")[:10],
        "assigned": "—" if bundle else (item["attached_at"] or "—")[:10],
        "type": f"{item['quantity']} License Bundle" if bundle else kind,
        "code": item["license_key"],
        "id": str(item["license_id"]),
        "owner": item["username"] or "",
    }
