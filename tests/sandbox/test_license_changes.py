"""Issue, assign, unassign, revoke: what each does, once, and what each refuses."""

from __future__ import annotations

import httpx
import pytest

from jpmanage_tui.sandbox.jsontypes import Json
from tests.sandbox.account_help import turn
from tests.sandbox.harness import API, as_key, bearer, changes, free_site, issue, row_of, rows


async def kinds(api: httpx.AsyncClient) -> list[str]:
    """The kinds of the changes made to licenses, in order."""
    return [str(change["kind"]) for change in await changes(api) if change["kind"] != "connect_site"]


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a refusal, whose envelope must be whole."""
    body = answer.json()
    assert body["message"]
    assert body["data"]["status"] == answer.status_code
    return answer.status_code, body["code"]


async def counted(api: httpx.AsyncClient) -> dict[str, int]:
    return dict((await api.get(f"{API}/licenses/counts")).json())


@pytest.mark.parametrize("style", ["json", "query", "form"])
async def test_issuing_adds_one_unassigned_license(api: httpx.AsyncClient, style: str) -> None:
    before = await counted(as_key(api))
    given = {"product": "jetpack-anti-spam"}
    if style == "json":
        answer = await api.post(f"{API}/license", json=given)
    elif style == "query":
        answer = await api.post(f"{API}/license", params=given)
    else:
        answer = await api.post(f"{API}/license", data=given)
    body = answer.json()
    assert (body["issued_at"], body["revoked_at"], body["quantity"]) == ("2026-03-01 09:00:00", None, None)
    assert body["license_key"].startswith("jetpack-anti-spam_")
    row = await row_of(api, body["license_key"])
    assert (row["product"], row["owner_type"], row["blog_id"]) == (
        "Jetpack Anti-Spam",
        "jetpack_partner_key",
        None,
    )
    after = await counted(api)
    assert (after["all"], after["detached"]) == (before["all"] + 1, before["detached"] + 1)
    assert await kinds(api) == ["issue"]


async def test_issuing_a_supported_size_makes_a_bundle_with_its_children(api: httpx.AsyncClient) -> None:
    before = await counted(as_key(api))
    key = await issue(api, "jetpack-scan", quantity=10)
    parent = await row_of(api, key)
    assert parent["quantity"] == 10
    children = await rows(api, parent_id=int(str(parent["license_id"])))
    assert len({row["license_key"] for row in children}) == 10
    after = await counted(api)
    assert (after["all"], after["detached"]) == (before["all"] + 1, before["detached"]), (
        "a parent is never idle"
    )
    assert await kinds(api) == ["issue_bundle"]


async def test_the_slug_in_a_code_is_cut_at_38_characters(api: httpx.AsyncClient) -> None:
    key = await issue(as_key(api), "jetpack-backup-addon-storage-100gb-monthly")
    assert key.rpartition("_")[0] == "jetpack-backup-addon-storage-100gb-mon"


@pytest.mark.parametrize(
    ("given", "code", "param"),
    [
        ({}, "rest_missing_callback_param", "product"),
        ({"product": "no-such-product"}, "rest_invalid_param", "product"),
        ({"product": "jetpack-scan", "quantity": 7}, "rest_invalid_param", "quantity"),
        ({"product": "jetpack-scan", "quantity": 0}, "rest_invalid_param", "quantity"),
        ({"product": "jetpack-scan", "quantity": "lots"}, "rest_invalid_param", "quantity"),
        ({"product": "jetpack-stats", "quantity": 5}, "rest_invalid_param", "quantity"),
    ],
)
async def test_a_bad_issue_is_refused_by_name_and_changes_nothing(
    api: httpx.AsyncClient, given: dict[str, Json], code: str, param: str
) -> None:
    answer = await as_key(api).post(f"{API}/license", json=given)
    assert refusal(answer) == (400, code)
    assert param in answer.json()["data"]["params"]
    assert await changes(api) == []


async def test_issuing_that_is_paused_is_refused_and_the_partner_says_so(api: httpx.AsyncClient) -> None:
    await turn(as_key(api), issuing="paused")
    partner = (await api.get(f"{API}/partner", headers=bearer("sandbox-user"))).json()
    assert partner["can_issue_licenses"] is False
    answer = await api.post(f"{API}/license", json={"product": "jetpack-scan"})
    assert refusal(answer) == (403, "cannot_issue_licenses")
    assert await kinds(api) == []


async def test_issuing_several_gives_an_array_of_loose_ones_or_one_bundle(api: httpx.AsyncClient) -> None:
    as_key(api)
    loose = await api.post(
        f"{API}/licenses", json={"product": "jetpack-scan", "quantity": 3, "bundle": False}
    )
    assert [item["quantity"] for item in loose.json()] == [None, None, None]
    assert len({item["license_key"] for item in loose.json()}) == 3
    bundle = await api.post(
        f"{API}/licenses", json={"product": "jetpack-scan", "quantity": 5, "bundle": True}
    )
    assert [item["quantity"] for item in bundle.json()] == [5]
    assert await kinds(api) == ["issue", "issue", "issue", "issue_bundle"]
    wrong = await api.post(f"{API}/licenses", json={"product": "jetpack-scan", "quantity": 3, "bundle": True})
    assert refusal(wrong) == (400, "rest_invalid_param")
    lacking = await api.post(f"{API}/licenses", json={"product": "jetpack-scan"})
    assert lacking.json()["data"]["params"] == ["quantity", "bundle"]


async def test_assigning_attaches_by_blog_id_by_address_and_by_its_written_form(
    api: httpx.AsyncClient,
) -> None:
    as_key(api)
    await api.post(f"{API}/site-connection", json={"url": "https://one.example/subdir", "local_user": 1})
    by_id = str(
        (
            await api.post(
                f"{API}/site-connection", json={"url": "https://one.example/subdir", "local_user": 1}
            )
        ).json()["blog_id"]
    )
    for site in (int(by_id), by_id, "https://one.example/subdir/", "one.example::subdir"):
        key = await issue(api)
        answer = await api.post(f"{API}/license/{key}/site", json={"site": site})
        assert answer.status_code == 200, answer.text
        row = await row_of(api, key)
        assert str(row["blog_id"]) == by_id
        assert (row["siteurl"], row["attached_at"]) == ("https://one.example/subdir", "2026-03-01 09:00:00")
        assert row["username"], "the owner is known after the first attaching"
        await api.delete(f"{API}/license/{key}/site")


async def test_unassigning_keeps_the_owner_and_frees_the_site(api: httpx.AsyncClient) -> None:
    site = await free_site(as_key(api))
    key = await issue(api)
    await api.post(f"{API}/license/{key}/site", json={"site": site})
    owner = (await row_of(api, key))["username"]
    assert (await api.delete(f"{API}/license/{key}/site")).status_code == 200
    row = await row_of(api, key)
    assert (row["blog_id"], row["siteurl"], row["username"]) == (None, None, owner)
    assert not row["attached_at"]
    again = await issue(api)
    assert (await api.post(f"{API}/license/{again}/site", json={"site": site})).status_code == 200


@pytest.mark.parametrize(
    ("query", "body", "detail"),
    [
        ({}, {}, "mailed"),
        ({"cancellation_email": "0"}, {}, "not mailed"),
        ({}, {"cancellation_email": 0}, "not mailed"),
    ],
)
async def test_the_customer_is_mailed_unless_the_query_or_the_body_says_not(
    api: httpx.AsyncClient, query: dict[str, str], body: dict[str, Json], detail: str
) -> None:
    key = await issue(as_key(api))
    await api.post(f"{API}/license/{key}/site", json={"site": await free_site(api)})
    await api.request("DELETE", f"{API}/license/{key}/site", params=query, json={"license_key": key, **body})
    assert (await changes(api))[-1]["detail"] == detail


async def test_what_cannot_be_assigned_is_refused_and_changes_nothing(api: httpx.AsyncClient) -> None:
    as_key(api)
    everything = await rows(api, filter="all")
    site = await free_site(api)

    async def assign(key: object, where: Json) -> tuple[int, str]:
        return refusal(await api.post(f"{API}/license/{key}/site", json={"site": where}))

    def first(**wanted: object) -> str:
        return str(
            next(r["license_key"] for r in everything if all(bool(r[k]) == v for k, v in wanted.items()))
        )

    standard = next(r for r in everything if r["owner_type"] == "user" and not r["attached_at"])
    bundle = next(r for r in everything if r["quantity"] and not r["revoked_at"])
    idle = await issue(api)
    made = await kinds(api)
    assert await assign(standard["license_key"], site) == (403, "license_not_manageable")
    assert await assign(bundle["license_key"], site) == (400, "bundle_cannot_be_attached")
    assert await assign(first(revoked_at=True, attached_at=False), site) == (400, "license_already_revoked")
    attached = next(
        r for r in everything if r["attached_at"] and not r["revoked_at"] and r["owner_type"] != "user"
    )
    assert await assign(attached["license_key"], site) == (400, "license_already_attached")
    assert await assign(idle, 999) == (400, "unknown_site")
    assert await assign(idle, "") == (400, "rest_missing_callback_param")
    assert await assign("jetpack-scan_nothing", site) == (404, "license_not_found")
    lacking = await api.post(f"{API}/license/{idle}/site")
    assert refusal(lacking) == (400, "rest_missing_callback_param")
    assert await kinds(api) == made


@pytest.mark.parametrize("status", [404, 400, 403])
async def test_an_unknown_license_or_bundle_is_answered_as_the_switch_says(
    api: httpx.AsyncClient, status: int
) -> None:
    await turn(as_key(api), unknown_license=str(status))
    nobodys = {"license_key": "jetpack-scan_nothing"}
    for answer in (
        await api.get(f"{API}/license", params=nobodys),
        await api.delete(f"{API}/license", params=nobodys),
        await api.post(f"{API}/license/jetpack-scan_nothing/site", json={"site": 1}),
        await api.get(f"{API}/licenses", params={"parent_id": 999_999}),
    ):
        assert refusal(answer) == (status, "license_not_found")


async def test_some_sites_refuse_for_want_of_permission(api: httpx.AsyncClient) -> None:
    key = await issue(as_key(api), "jetpack-ai")
    codes = set()
    for page in (1, 2, 3, 4):
        answer = await api.get("/wpcom/v2/jetpack-agency/sites", params={"page": page, "per_page": 20})
        for site in answer.json()["sites"]:
            answer = await api.post(f"{API}/license/{key}/site", json={"site": site["blog_id"]})
            if answer.status_code == 200:
                await api.delete(f"{API}/license/{key}/site")
            else:
                codes.add(refusal(answer))
    assert (403, "insufficient_permissions") in codes
    assert codes <= {(403, "insufficient_permissions"), (400, "site_already_has_product")}


async def test_a_site_takes_the_same_product_once(api: httpx.AsyncClient) -> None:
    site = await free_site(as_key(api))
    one, two = await issue(api), await issue(api)
    assert (await api.post(f"{API}/license/{one}/site", json={"site": site})).status_code == 200
    assert refusal(await api.post(f"{API}/license/{two}/site", json={"site": site})) == (
        400,
        "site_already_has_product",
    )
    await api.delete(f"{API}/license", params={"license_key": one})
    assert (await api.post(f"{API}/license/{two}/site", json={"site": site})).status_code == 200


async def test_a_license_that_is_not_assigned_cannot_be_unassigned(api: httpx.AsyncClient) -> None:
    key = await issue(as_key(api))
    assert refusal(await api.delete(f"{API}/license/{key}/site")) == (400, "license_not_attached")


@pytest.mark.parametrize("style", ["query", "body"])
async def test_revoking_is_final_and_its_answer_still_says_not_revoked(
    api: httpx.AsyncClient, style: str
) -> None:
    key = await issue(as_key(api))
    given = {"license_key": key}
    if style == "query":
        answer = await api.delete(f"{API}/license", params=given)
    else:
        answer = await api.request("DELETE", f"{API}/license", json=given)
    assert answer.json()["revoked_at"] is None
    one = await api.get(f"{API}/license", params=given)
    assert one.json()["revoked_at"] == "2026-03-01 09:00:00"
    assert refusal(await api.delete(f"{API}/license", params=given)) == (400, "license_already_revoked")
    assert await kinds(api) == ["issue", "revoke"]


async def test_an_attached_license_stays_attached_in_its_row_when_revoked(api: httpx.AsyncClient) -> None:
    key = await issue(as_key(api))
    await api.post(f"{API}/license/{key}/site", json={"site": await free_site(api)})
    before = await counted(api)
    await api.delete(f"{API}/license", params={"license_key": key})
    row = await row_of(api, key)
    assert row["revoked_at"]
    assert row["attached_at"]
    after = await counted(api)
    assert (after["attached"], after["revoked"]) == (before["attached"] - 1, before["revoked"] + 1)


async def test_revoking_a_bundle_revokes_all_of_it(api: httpx.AsyncClient) -> None:
    key = await issue(as_key(api), quantity=5)
    parent = await row_of(api, key)
    await api.delete(f"{API}/license", params={"license_key": key})
    assert (await row_of(api, key))["revoked_at"]
    children = await rows(api, parent_id=int(str(parent["license_id"])))
    assert len(children) == 5
    assert all(child["revoked_at"] for child in children)
    assert await kinds(api) == ["issue_bundle", "revoke"]


async def test_a_revoked_child_is_replaced_by_a_new_unassigned_one(api: httpx.AsyncClient) -> None:
    parent = await row_of(as_key(api), await issue(as_key(api), quantity=5))
    parent_id = int(str(parent["license_id"]))
    children = await rows(api, parent_id=parent_id)
    gone = str(children[0]["license_key"])
    await api.post(f"{API}/license/{gone}/site", json={"site": await free_site(api)})
    await api.delete(f"{API}/license", params={"license_key": gone})
    left = await rows(api, parent_id=parent_id)
    assert len(left) == 5
    assert gone not in {child["license_key"] for child in left}
    assert not any(child["attached_at"] for child in left)
    replaced = await rows(api, parent_id=parent_id, filter="revoked")
    assert [child["license_key"] for child in replaced] == [gone]


async def test_a_standard_license_can_be_neither_revoked_nor_unassigned(api: httpx.AsyncClient) -> None:
    row = next(row for row in await rows(as_key(api), filter="standard") if row["attached_at"])
    key = str(row["license_key"])
    assert refusal(await api.delete(f"{API}/license", params={"license_key": key})) == (
        403,
        "license_not_manageable",
    )
    assert refusal(await api.delete(f"{API}/license/{key}/site")) == (403, "license_not_manageable")
    assert await changes(api) == []


async def test_a_download_is_offered_for_an_attached_product_that_has_one(api: httpx.AsyncClient) -> None:
    as_key(api)
    found = await rows(api, filter="attached")
    with_one = next(str(row["license_key"]) for row in found if row["has_downloads"])
    url = (await api.get(f"{API}/license/{with_one}/download")).json()["download_url"]
    async with httpx.AsyncClient(transport=api._transport) as outside:
        got = await outside.get(url)
        assert got.content[:2] == b"PK"
        refused = await outside.get(url, headers={"Authorization": "Bearer sandbox-key"})
        assert refused.status_code == 403, "no token may arrive at the second origin"
    without = next(str(row["license_key"]) for row in found if not row["has_downloads"])
    assert refusal(await api.get(f"{API}/license/{without}/download"))[0] == 400


async def test_a_body_that_is_no_json_object_is_refused(api: httpx.AsyncClient) -> None:
    as_key(api)
    for content in (b"{", b"[1]", b'"x"', b"\xff"):
        answer = await api.post(
            f"{API}/license", content=content, headers={"Content-Type": "application/json"}
        )
        assert refusal(answer) == (400, "rest_invalid_json")


async def test_an_unknown_route_is_404_and_a_wrong_method_405(api: httpx.AsyncClient) -> None:
    as_key(api)
    assert refusal(await api.get(f"{API}/nothing-here")) == (404, "rest_no_route")
    wrong = await api.put(f"{API}/license")
    assert refusal(wrong) == (405, "rest_no_route")
    assert {"GET", "POST", "DELETE"} <= set(wrong.headers["Allow"].split(", "))
    assert (await api.get(f"{API}/licenses/")).status_code == 200, "a trailing slash does no harm"
