"""Licenses in every state to change, and the changes of one license with the request that each must be."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from jpmanage_tui.api.ids import BlogId, LicenseKey, ProductSlug
from jpmanage_tui.operations.mutation import Mutation
from jpmanage_tui.operations.mutations.licenses import AssignLicense, RevokeLicense, UnassignLicense
from tests.operations.over_http import Wire, World, json_of
from tests.sandbox.harness import API, bearer, free_site, issue

SCAN = ProductSlug("jetpack-scan")
SIZE = 10
"""A bundle of this product and size is sold."""
STATE = "SELECT attached_at IS NOT NULL, blog_id, revoked_at IS NOT NULL FROM licenses WHERE license_key = ?"

Before = Callable[[World], Awaitable[LicenseKey]]
Ask = Callable[[LicenseKey, int], Mutation[Any]]


async def detached(world: World) -> LicenseKey:
    return LicenseKey(await issue(world.http, SCAN))


async def attached(world: World) -> LicenseKey:
    key, site = await detached(world), await free_site(world.http)
    (await world.http.post(f"{API}/license/{key}/site", json={"site": site})).raise_for_status()
    return key


async def revoked(world: World) -> LicenseKey:
    key = await detached(world)
    (await world.http.delete(f"{API}/license", params={"license_key": key})).raise_for_status()
    return key


async def bundle(world: World) -> LicenseKey:
    return LicenseKey(await issue(world.http, SCAN, quantity=SIZE))


async def child(world: World) -> LicenseKey:
    parent = await bundle(world)
    return LicenseKey(
        world.one(
            "SELECT c.license_key FROM licenses c JOIN licenses p ON p.license_id = c.parent_license_id"
            " WHERE p.license_key = ?",
            parent,
        )
    )


async def attached_child(world: World) -> LicenseKey:
    key, site = await child(world), await free_site(world.http)
    (await world.http.post(f"{API}/license/{key}/site", json={"site": site})).raise_for_status()
    return key


async def standard(world: World) -> LicenseKey:
    return LicenseKey(
        world.one(
            "SELECT license_key FROM licenses WHERE owner_type = 'user' AND revoked_at IS NULL"
            " AND attached_at IS NOT NULL"
        )
    )


async def of_another_key(world: World) -> LicenseKey:
    answer = await world.http.post(f"{API}/license", json={"product": SCAN}, headers=bearer("sandbox-key-2"))
    return LicenseKey(answer.json()["license_key"])


async def nobodys(world: World) -> LicenseKey:
    return LicenseKey("jetpack-scan_nobodyHasThis")


def assign(key: LicenseKey, site: int) -> AssignLicense:
    return AssignLicense(key, BlogId(site), "site.example", "Jetpack Scan")


def unassign(key: LicenseKey, site: int) -> UnassignLicense:
    return UnassignLicense(key, True, "Jetpack Scan", "site.example")


def unassign_silently(key: LicenseKey, site: int) -> UnassignLicense:
    return UnassignLicense(key, False, "Jetpack Scan", "site.example")


def revoke(key: LicenseKey, site: int) -> RevokeLicense:
    return RevokeLicense(key, "Jetpack Scan")


REQUESTS: dict[Ask, Callable[[LicenseKey, int], Wire]] = {
    assign: lambda key, site: json_of("POST", f"{API}/license/{key}/site", {"site": site}),
    unassign: lambda key, site: Wire("DELETE", f"{API}/license/{key}/site"),
    unassign_silently: lambda key, site: Wire(
        "DELETE", f"{API}/license/{key}/site", {"cancellation_email": "0"}
    ),
    revoke: lambda key, site: Wire("DELETE", f"{API}/license", {"license_key": key}),
}
"""The one request that each change is. Arguments of a DELETE go in the query; a site is named by its blog id."""


def named(value: object) -> str | None:
    """Name a case of a table by the functions in it."""
    return getattr(value, "__name__", None)
