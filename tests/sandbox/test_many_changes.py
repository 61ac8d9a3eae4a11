"""Whatever is done in whatever order, the books balance: each success is one change, and the rules hold."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx
import pytest

from jpmanage_tui.sandbox.jsontypes import Json
from tests.sandbox.harness import API, NOW, as_key, changes, in_process, options, rows, set_faults


async def one_change(api: httpx.AsyncClient, rng: random.Random, known: list[str], sites: list[int]) -> int:
    """Try one random change and return its status, 0 when it got no answer."""
    key, kind = rng.choice(known), rng.randrange(6)
    try:
        if kind == 0:
            given: dict[str, Json] = {
                "product": rng.choice(("jetpack-scan", "jetpack-anti-spam", "nonsense"))
            }
            answer = await api.post(f"{API}/license", json={**given, "quantity": rng.choice((1, 1, 5, 7))})
            known += [answer.json()["license_key"]] if answer.status_code == 200 else []
        elif kind in (1, 2):
            answer = await api.post(f"{API}/license/{key}/site", json={"site": rng.choice(sites)})
        elif kind in (3, 4):
            answer = await api.delete(f"{API}/license/{key}/site")
        else:
            answer = await api.delete(f"{API}/license", params={"license_key": key})
    except httpx.ReadError:
        return 0
    return answer.status_code


async def check_books(api: httpx.AsyncClient) -> None:
    """Check what must hold at any time."""
    counts = (await api.get(f"{API}/licenses/counts")).json()
    for name, count in counts.items():
        assert len(await rows(api, filter=name)) == count, name
    everything = await rows(api, filter="all")
    bundles = [row for row in everything if row["quantity"]]
    for bundle in bundles:
        children = await rows(api, parent_id=int(str(bundle["license_id"])))
        everything += children
        alive = [child for child in children if not child["revoked_at"]]
        assert len(alive) == (0 if bundle["revoked_at"] else bundle["quantity"])
    in_use = Counter(
        (str(row["blog_id"]), str(row["product_id"]))
        for row in everything
        if row["attached_at"] and not row["revoked_at"]
    )
    assert set(in_use.values()) <= {1}, "no site has a product twice"


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_each_success_is_exactly_one_change_and_each_refusal_none(seed: int) -> None:
    rng = random.Random(seed)
    async with in_process(options(60)) as api:
        known = [str(row["license_key"]) for row in await rows(as_key(api), filter="all")]
        bundles = [row for row in await rows(api) if row["quantity"]]
        for bundle in bundles:
            known += [
                str(r["license_key"]) for r in await rows(api, parent_id=int(str(bundle["license_id"])))
            ]
        listed = await api.get("/wpcom/v2/jetpack-agency/sites", params={"per_page": 100})
        sites = [site["blog_id"] for site in listed.json()["sites"]]
        statuses = [await one_change(api, rng, known, sites) for _ in range(150)]
        assert set(statuses) <= {200, 400, 403}
        assert statuses.count(200) == len(await changes(api)) > 20
        await check_books(api)


async def test_lost_answers_leave_whole_changes_or_none() -> None:
    rng = random.Random(7)
    async with in_process(options(60)) as api:
        known = [str(row["license_key"]) for row in await rows(as_key(api), filter="detached")]
        listed = await api.get("/wpcom/v2/jetpack-agency/sites", params={"per_page": 100})
        sites = [site["blog_id"] for site in listed.json()["sites"]]
        for _ in range(60):
            await set_faults(api, f"* */license* {rng.choice(('reset-before', 'reset-after'))} x1")
            assert await one_change(api, rng, known, sites) == 0
        await set_faults(api)
        assert await changes(api), "some were made though no answer came"
        await check_books(api)


async def test_the_date_of_an_answer_is_the_sandboxs_time() -> None:
    async with in_process(options(1)) as api:
        assert parsedate_to_datetime((await api.get("/nothing")).headers["Date"]) == NOW
    async with in_process(options(1, now=None)) as api:
        told = parsedate_to_datetime((await api.get("/nothing")).headers["Date"])
        assert abs(told - datetime.now(UTC)) < timedelta(minutes=1)
