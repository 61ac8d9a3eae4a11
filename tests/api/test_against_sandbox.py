"""The client against the sandbox over real HTTP: real lines, real troubles."""

import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import httpx
import pytest
from pydantic import SecretStr

from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.errors import (
    ApiConnectionError,
    ApiError,
    AuthenticationError,
    OutcomeUnknownError,
    RateLimitError,
    RequestRejectedError,
    ServerError,
)
from jpmanage_tui.api.ids import ProductSlug
from jpmanage_tui.api.licenses import LicenseFilter, LicenseState
from jpmanage_tui.api.options import Timeouts
from jpmanage_tui.api.partner import NO_PARTNER
from jpmanage_tui.api.tokens import StaticTokens, TokenProvider
from tests.api.support import Pauses
from tests.sandbox.harness import options, running_sandbox
from tests.sandbox.plain_http import plain_transport

SCAN = ProductSlug("jetpack-scan")
TOKENS = StaticTokens(SecretStr("sandbox-key"), SecretStr("sandbox-user"))
QUICK = Timeouts(connect=5, read=0.5, write=5, pool=5, total=10)
COUNTS = "GET /wpcom/v2/jetpack-licensing/licenses/counts"
ISSUE = "POST /wpcom/v2/jetpack-licensing/license"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with running_sandbox(options()) as running:
        yield running


@asynccontextmanager
async def client_at(url: str, tokens: TokenProvider = TOKENS) -> AsyncIterator[LicensingClient]:
    # A transport for http only: reading the machine's certificates takes longer than a test.
    transport = httpx.AsyncHTTPTransport(verify=False)
    async with LicensingClient(
        tokens=tokens, api_url=url, timeouts=QUICK, transport=transport, sleep=Pauses()
    ) as client:
        yield client


@asynccontextmanager
async def faults(url: str, *specs: str) -> AsyncIterator[None]:
    async with httpx.AsyncClient(base_url=url, transport=plain_transport()) as http:
        (await http.put("/_sandbox/faults", json=list(specs))).raise_for_status()
        yield
        (await http.put("/_sandbox/faults", json=[])).raise_for_status()


async def asked(url: str, method: str, path: str) -> int:
    async with httpx.AsyncClient(base_url=url, transport=plain_transport()) as http:
        log = (await http.get("/_sandbox/requests")).json()
    found = log["requests"] if isinstance(log, dict) else log
    return sum(entry["method"] == method and entry["path"] == path for entry in found)


async def test_every_license_is_found_once_by_walking_and_the_counts_agree(url: str) -> None:
    async with client_at(url) as client:
        counts = await client.licenses.counts()
        everything = [item async for item in client.licenses.list_all(LicenseFilter.ALL)]
        page = await client.licenses.list(LicenseFilter.REVOKED)
    assert len(everything) == len({item.license_key for item in everything}) == counts.all
    assert (
        sum(item.state is LicenseState.REVOKED for item in everything) == counts.revoked == page.total_items
    )
    assert sum(item.state is LicenseState.ATTACHED for item in everything) == counts.attached
    assert sum(item.state is LicenseState.DETACHED for item in everything) == counts.detached


async def test_a_license_lives_from_issue_to_revocation(url: str) -> None:
    async with client_at(url) as client:
        issued = await client.licenses.issue(SCAN)
        sites = [site async for site in client.sites.list_all(not_multisite=True)]
        for site in sites:
            try:
                await client.licenses.assign(issued.license_key, site.blog_id)
            except ApiError:
                continue  # has the product already, or is out of reach
            break
        found = await client.licenses.list(None, search=issued.license_key)
        assert [item.state for item in found.items] == [LicenseState.ATTACHED]
        await client.licenses.unassign(issued.license_key)
        await client.licenses.revoke(issued.license_key)
        found = await client.licenses.list(None, search=issued.license_key)
        assert [item.state for item in found.items] == [LicenseState.REVOKED]
        assert (await client.licenses.get(issued.license_key)).revoked_at is not None
        with pytest.raises(ApiError) as caught:
            await client.licenses.unassign(issued.license_key)
    assert isinstance(caught.value, RequestRejectedError)
    assert caught.value.code
    assert caught.value.request_id


async def test_a_bundle_is_one_row_whose_licenses_are_its_children(url: str) -> None:
    async with client_at(url) as client:
        families = await client.products.partner_families()
        product = next(item for family in families for item in family.products if item.supported_bundles)
        size = product.supported_bundles[0].quantity
        parent = await client.licenses.issue(product.slug, size)
        row = (await client.licenses.list(None, search=parent.license_key)).items[0]
        assert row.license_id is not None
        children = (await client.licenses.children(row.license_id)).items
    assert row.state is LicenseState.BUNDLE
    assert (row.quantity, len(children)) == (size, size)
    assert all(child.is_child and child.parent_license_id == row.license_id for child in children)


async def test_a_user_without_a_partner_is_told_by_the_code(url: str) -> None:
    async with client_at(url, StaticTokens(user=SecretStr("sandbox-user-new"))) as client:
        with pytest.raises(ApiError) as caught:
            await client.partner.get()
    assert caught.value.code == NO_PARTNER


async def test_the_wrong_token_and_the_wrong_kind_of_token_are_refused(url: str) -> None:
    async with client_at(url, StaticTokens(SecretStr("nonsense"), SecretStr("sandbox-key"))) as client:
        with pytest.raises(AuthenticationError):
            await client.licenses.counts()
        with pytest.raises(ApiError) as caught:
            await client.partner.get()
    assert caught.value.status in {401, 403}


@pytest.mark.parametrize(
    ("fault", "kind", "tries"),
    [
        ("429=1", RateLimitError, 3),
        ("500", ServerError, 3),
        ("502", ServerError, 3),
        ("401", AuthenticationError, 1),
        ("malformed", ServerError, 1),
        ("cut", ApiConnectionError, 3),
        ("reset-before", ApiConnectionError, 3),
        ("reset-after", ApiConnectionError, 3),
        ("hang-before", ApiConnectionError, 3),
    ],
)
async def test_a_read_through_a_fault_that_lasts(
    url: str, fault: str, kind: type[ApiError], tries: int
) -> None:
    path = COUNTS.split()[1]
    async with faults(url, f"{COUNTS} {fault}"), client_at(url) as client:
        before = await asked(url, "GET", path)
        with pytest.raises(kind):
            await client.licenses.counts()
        assert await asked(url, "GET", path) - before == tries
        async with faults(url):
            await client.licenses.counts()


@pytest.mark.parametrize("fault", ["429=1", "500", "502", "cut", "reset-before", "hang-before"])
async def test_a_read_through_a_fault_that_passes(url: str, fault: str) -> None:
    async with faults(url, f"{COUNTS} {fault} x1"), client_at(url) as client:
        assert (await client.licenses.counts()).all > 0


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("429=1", RateLimitError),
        ("500", OutcomeUnknownError),
        ("502", OutcomeUnknownError),
        ("401", AuthenticationError),
        ("malformed", OutcomeUnknownError),
        ("cut", OutcomeUnknownError),
        ("reset-before", OutcomeUnknownError),
        ("reset-after", OutcomeUnknownError),
        ("hang-before", OutcomeUnknownError),
        ("hang-after", OutcomeUnknownError),
    ],
)
async def test_an_issue_through_a_fault_is_sent_exactly_once(
    url: str, fault: str, kind: type[ApiError]
) -> None:
    path = ISSUE.split()[1]
    async with faults(url, f"{ISSUE} {fault}"), client_at(url) as client:
        await client.licenses.counts()
        before = await asked(url, "POST", path)
        with pytest.raises(kind) as caught:
            await client.licenses.issue(SCAN)
        assert await asked(url, "POST", path) - before == 1
    if isinstance(caught.value, OutcomeUnknownError):
        assert caught.value.server_date_before is not None


async def test_a_server_that_is_not_there_is_no_answer_for_reads_and_changes_alike() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    async with client_at(f"http://127.0.0.1:{port}") as client:
        with pytest.raises(ApiConnectionError, match="could not be reached"):
            await client.licenses.counts()
        with pytest.raises(ApiConnectionError, match="could not be reached"):
            await client.licenses.issue(SCAN)
