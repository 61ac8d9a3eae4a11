"""Invoices, paying them and their PDFs, by raw HTTP (contract: account 1.5, 5)."""

from __future__ import annotations

import io
import time
from typing import Any

import httpx
import pytest
from pypdf import PdfReader

from tests.sandbox.account_help import (
    INVOICES,
    KEY,
    KEY_2,
    KEY_NOCARD,
    KEY_TOS,
    PARTNER,
    USER,
    cards,
    changes,
    save_new_card,
    turn,
)
from tests.sandbox.conftest import Open
from tests.sandbox.harness import API, bearer, options

PAY = f"{API}/partner/invoice/{{}}/payment"


async def all_invoices(
    api: httpx.AsyncClient, token: dict[str, str] = KEY, status: str = ""
) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while True:
        query = {"starting_after": found[-1]["id"] if found else "", "ending_before": "", "status": status}
        answer = await api.get(INVOICES, headers=token, params=query)
        assert answer.status_code == 200, answer.text
        found += answer.json()["items"]
        if not answer.json()["has_more"]:
            return found


async def open_invoice(api: httpx.AsyncClient) -> dict[str, Any]:
    return (await all_invoices(api, status="open"))[0]


async def test_an_invoice_has_the_contracts_shape_and_formats(api: httpx.AsyncClient) -> None:
    page = (await api.get(INVOICES, headers=KEY)).json()
    assert set(page) == {"items", "has_more"}
    for invoice in page["items"]:
        assert set(invoice) == {
            "id",
            "number",
            "due_date",
            "created",
            "effective_at",
            "status",
            "total",
            "currency",
            "invoice_pdf",
        }
        assert invoice["created"].isdigit()
        assert invoice["currency"] == "usd"
        assert isinstance(invoice["total"], int | float)
        assert invoice["total"] > 0
    due = [invoice["due_date"] for invoice in page["items"]]
    assert "2026-03-10 12:00:00" in due
    assert None in due


async def test_every_status_is_there_and_can_be_filtered(api: httpx.AsyncClient) -> None:
    every = await all_invoices(api)
    assert {invoice["status"] for invoice in every} == {"draft", "open", "paid", "void", "uncollectible"}
    for status in ("draft", "open", "paid", "void", "uncollectible"):
        expected = [invoice["id"] for invoice in every if invoice["status"] == status]
        assert [invoice["id"] for invoice in await all_invoices(api, status=status)] == expected
    refused = await api.get(INVOICES, headers=KEY, params={"status": "overdue"})
    assert refused.json()["code"] == "rest_invalid_param"


async def test_cursors_walk_ten_invoices_a_page_both_ways(api: httpx.AsyncClient) -> None:
    every = await all_invoices(api)
    assert len(every) == 26
    assert len({invoice["id"] for invoice in every}) == 26
    created = [int(invoice["created"]) for invoice in every]
    assert created == sorted(created, reverse=True)
    last = (await api.get(INVOICES, headers=KEY, params={"starting_after": every[19]["id"]})).json()
    assert [invoice["id"] for invoice in last["items"]] == [invoice["id"] for invoice in every[20:]]
    back = (await api.get(INVOICES, headers=KEY, params={"ending_before": every[20]["id"]})).json()
    assert [invoice["id"] for invoice in back["items"]] == [invoice["id"] for invoice in every[10:20]]
    assert back["has_more"] is True


async def test_cursors_keep_to_the_filter_and_do_not_mix(api: httpx.AsyncClient) -> None:
    paid = await all_invoices(api, status="paid")
    drafts = await all_invoices(api, status="draft")
    for query in (
        {"status": "paid", "starting_after": drafts[0]["id"]},
        {"starting_after": paid[0]["id"], "ending_before": paid[1]["id"]},
    ):
        assert (await api.get(INVOICES, headers=KEY, params=query)).status_code == 400


async def test_invoices_belong_to_a_key(api: httpx.AsyncClient) -> None:
    assert (await api.get(INVOICES, headers=USER)).status_code == 403
    assert await all_invoices(api, KEY_TOS) == []
    other = {invoice["id"] for invoice in await all_invoices(api, KEY_2)}
    assert other.isdisjoint(invoice["id"] for invoice in await all_invoices(api))
    foreign = await api.post(PAY.format(next(iter(other))), headers=KEY)
    assert (foreign.status_code, foreign.json()["code"]) == (404, "invoice_not_found")


async def test_the_partner_names_the_newest_invoice_of_each_key(api: httpx.AsyncClient) -> None:
    keys = (await api.get(PARTNER, headers=USER)).json()["keys"]
    newest = [(await all_invoices(api, token))[0] for token in (KEY, KEY_2)]
    assert [key["latest_invoice"] for key in keys] == newest


async def test_paying_charges_the_primary_card_once_and_answers_with_the_invoice(
    api: httpx.AsyncClient,
) -> None:
    invoice = await open_invoice(api)
    paid = await api.post(PAY.format(invoice["id"]), headers=KEY)
    assert paid.json() == {**invoice, "status": "paid"}
    again = await api.post(PAY.format(invoice["id"]), headers=KEY)
    assert (again.status_code, again.json()["code"]) == (400, "invoice_already_paid")
    primary = next(card["id"] for card in await cards(api) if card["is_default"])
    charged = [(change["subject"], change["detail"]) for change in await changes(api, "pay_invoice")]
    assert charged == [(invoice["id"], primary)]


@pytest.mark.parametrize(
    ("number", "words"), [("4000000000000341", "declined"), ("4000008260003178", "insufficient funds")]
)
async def test_a_card_that_will_not_pay_makes_a_500_that_is_a_business_error(
    api: httpx.AsyncClient, number: str, words: str
) -> None:
    if number.endswith("0341"):
        await save_new_card(api, number)
    else:
        await api.post("/_sandbox/add-card", json={"number": number, "primary": True}, headers=KEY)
    invoice = await open_invoice(api)
    refused = await api.post(PAY.format(invoice["id"]), headers=KEY)
    assert (refused.status_code, refused.json()["code"]) == (500, "unable_to_pay_invoice")
    assert words in refused.json()["message"]
    assert (await open_invoice(api)) == invoice
    assert await changes(api, "pay_invoice") == []


async def test_without_a_card_nothing_can_be_paid(api: httpx.AsyncClient) -> None:
    invoice = (await all_invoices(api, KEY_NOCARD, "open"))[0]
    refused = await api.post(PAY.format(invoice["id"]), headers=KEY_NOCARD)
    assert (refused.status_code, refused.json()["code"]) == (500, "unable_to_pay_invoice")


@pytest.mark.parametrize("status", ["draft", "void", "uncollectible"])
async def test_what_is_not_open_cannot_be_paid(api: httpx.AsyncClient, status: str) -> None:
    invoice = (await all_invoices(api, status=status))[0]
    refused = await api.post(PAY.format(invoice["id"]), headers=KEY)
    assert (refused.status_code, refused.json()["code"]) == (400, "invoice_not_open")


async def test_a_payment_may_answer_with_an_invoice_that_is_still_open(api: httpx.AsyncClient) -> None:
    await turn(api, pay_answer="open")
    invoice = await open_invoice(api)
    answer = await api.post(PAY.format(invoice["id"]), headers=KEY)
    assert (answer.status_code, answer.json()["status"]) == (200, "open")
    assert await changes(api, "pay_invoice") == []


async def test_a_payment_may_charge_and_still_answer_with_the_500(api: httpx.AsyncClient) -> None:
    await turn(api, pay_answer="error-after")
    invoice = await open_invoice(api)
    answer = await api.post(PAY.format(invoice["id"]), headers=KEY)
    assert (answer.status_code, answer.json()["code"]) == (500, "unable_to_pay_invoice")
    assert [change["subject"] for change in await changes(api, "pay_invoice")] == [invoice["id"]]
    again = await api.post(PAY.format(invoice["id"]), headers=KEY)
    assert (again.status_code, again.json()["code"]) == (400, "invoice_already_paid")


async def test_a_payment_whose_answer_is_lost_is_made_once(open_sandbox: Open) -> None:
    api = await open_sandbox(options(faults=("POST */payment reset-after x1",)))
    invoice = await open_invoice(api)
    with pytest.raises(httpx.TransportError):
        await api.post(PAY.format(invoice["id"]), headers=KEY)
    assert invoice["id"] in [one["id"] for one in await all_invoices(api, status="paid")]
    assert len(await changes(api, "pay_invoice")) == 1


async def test_a_pdf_tells_number_date_lines_and_total(api: httpx.AsyncClient) -> None:
    invoice = (await all_invoices(api, status="paid"))[0]
    answer = await api.get(invoice["invoice_pdf"], follow_redirects=True)
    assert answer.headers["content-type"] == "application/pdf"
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert answer.content.startswith(b"%PDF-")
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content), strict=True).pages)
    for words in (
        invoice["number"],
        "Date of issue: 2026-01-01",
        "Nordlicht Digital",
        "Jetpack Complete",
        f"{invoice['total']:,.2f} USD",
    ):
        assert words in text


async def test_a_draft_has_neither_number_nor_pdf(api: httpx.AsyncClient) -> None:
    draft = (await all_invoices(api, status="draft"))[0]
    assert (draft["number"], draft["invoice_pdf"], draft["effective_at"]) == (None, "", None)


async def test_the_pdfs_lie_on_another_origin_that_refuses_every_token(api: httpx.AsyncClient) -> None:
    url = httpx.URL((await open_invoice(api))["invoice_pdf"])
    assert (url.host, url.port) != (api.base_url.host, api.base_url.port)
    for token in ("sandbox-key", "anything"):
        assert (await api.get(url, headers=bearer(token))).status_code in (400, 403)
    assert (await api.get(url, follow_redirects=True)).status_code == 200


async def test_some_pdfs_are_redirected_once(api: httpx.AsyncClient) -> None:
    statuses = set()
    for invoice in (await all_invoices(api, status="paid"))[:6]:
        answer = await api.get(invoice["invoice_pdf"], follow_redirects=True)
        assert answer.content.startswith(b"%PDF-")
        statuses.add(len(answer.history))
    assert statuses == {0, 1}


async def test_a_pdfs_address_cannot_be_guessed(api: httpx.AsyncClient) -> None:
    url = (await open_invoice(api))["invoice_pdf"]
    assert (await api.get(url[:-1])).status_code == 403
    assert (await api.get(url.partition("?")[0])).status_code == 403


async def test_a_pdf_can_be_made_long_and_slow_and_no_pdf_at_all(api: httpx.AsyncClient) -> None:
    url = (await open_invoice(api))["invoice_pdf"]
    await turn(api, pdf_extra_kb=500, pdf_seconds=1)
    began, pieces = time.monotonic(), 0
    async with api.stream("GET", url, follow_redirects=True) as answer:
        size = 0
        async for piece in answer.aiter_raw():
            size, pieces = size + len(piece), pieces + 1
    assert size == int(answer.headers["content-length"]) > 500 * 1024
    assert pieces > 1
    assert time.monotonic() - began > 0.5
    await turn(api, pdf_extra_kb=None, pdf_seconds=None, pdf_kind="html")
    page = await api.get(url, follow_redirects=True)
    assert page.headers["content-type"].startswith("text/html")


async def test_a_long_pdf_is_still_valid(api: httpx.AsyncClient) -> None:
    await turn(api, pdf_extra_kb=300)
    content = (await api.get((await open_invoice(api))["invoice_pdf"], follow_redirects=True)).content
    assert len(PdfReader(io.BytesIO(content), strict=True).pages) == 1


async def test_faults_and_the_log_reach_the_second_origin(open_sandbox: Open) -> None:
    api = await open_sandbox(options(faults=("GET /pdf/* cut=100 x1",)))
    invoice = (await all_invoices(api, status="open"))[0]
    with pytest.raises(httpx.RemoteProtocolError):
        await api.get(invoice["invoice_pdf"])
    logged = [entry["path"] for entry in (await api.get("/_sandbox/requests")).json()]
    assert f"/pdf/{invoice['id']}" in logged
