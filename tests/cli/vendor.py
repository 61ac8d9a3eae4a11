"""What the sandbox's database has, asked beside the command line: the judge of what was done."""

from __future__ import annotations

from typing import Any

from tests.cli.harness import KEY, Cli
from tests.sandbox.harness import API, bearer
from tests.sandbox.plain_http import plain_http


def licenses(cli: Cli, filter: str = "not_revoked", parent: int | None = None) -> list[dict[str, Any]]:
    """Return the licenses of a filter as the API gives them, or those of a bundle."""
    query: dict[str, Any] = {"filter": filter, "per_page": 100}
    if parent is not None:
        query["parent_id"] = parent
    answer = plain_http.get(f"{cli.url}{API}/licenses", params=query, headers=bearer(KEY))
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def own(cli: Cli, filter: str) -> list[dict[str, Any]]:
    """Return the partner's own licenses of a filter, in no bundle and no bundle."""
    return [
        one
        for one in licenses(cli, filter)
        if one.get("owner_type") != "user" and not one.get("quantity") and not one.get("parent_license_id")
    ]


def changes(cli: Cli) -> list[dict[str, Any]]:
    """Return what was committed, in order."""
    found: list[dict[str, Any]] = plain_http.get(f"{cli.url}/_sandbox/changes").json()
    return found


def sites(cli: Cli) -> list[dict[str, Any]]:
    """Return the connected sites."""
    answer = plain_http.get(
        f"{cli.url}/wpcom/v2/jetpack-agency/sites",
        params={"per_page": 100},
        headers=bearer(KEY),
    )
    found: list[dict[str, Any]] = answer.json()["sites"]
    return found
