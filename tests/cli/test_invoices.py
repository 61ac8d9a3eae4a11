"""`jpmanage invoices`: the rows of the screen, downloads, and a payment that is never sent twice."""

from __future__ import annotations

import json
import stat
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from jpmanage_tui.api.client import LicensingClient
from jpmanage_tui.api.ids import InvoiceId
from jpmanage_tui.api.invoices import Invoice, InvoiceStatus
from jpmanage_tui.operations.policy import Policy
from jpmanage_tui.rules.day_range import read_day_range
from jpmanage_tui.rules.invoices import can_download, is_past_due, issued_in
from jpmanage_tui.services.fields.field import names_of, record_of
from jpmanage_tui.services.fields.invoices import INVOICE_FIELDS, InvoiceRow
from jpmanage_tui.services.invoices.download import file_stem
from jpmanage_tui.services.invoices.lookup import FoundInvoices
from jpmanage_tui.services.invoices.payment import no_card_sentence
from tests.cli.harness import KEY, SECOND_KEY, Cli
from tests.cli.screens import as_screen, exported
from tests.sandbox.plain_http import plain_http

STATUSES: dict[str, InvoiceStatus | None] = {
    "all": None,
    **{one.value: one for one in InvoiceStatus if one is not InvoiceStatus.UNKNOWN},
}


@pytest.fixture
def signed_in(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Cli:
    monkeypatch.setattr(Policy, "pauses_after", lambda *_: (0.0,))
    cli.env(TOKEN=KEY)
    return cli


def rows_of(cli: Cli, *arguments: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(cli("invoices", *arguments, "--json").out)
    return rows


def screen(cli: Cli, status: InvoiceStatus | None = None, token: str = KEY) -> list[Invoice]:
    """Return the invoices of a tab in the order of the screen."""
    return [row.invoice for row in screen_rows(cli, status, token)]


def screen_rows(cli: Cli, status: InvoiceStatus | None = None, token: str = KEY) -> list[InvoiceRow]:
    """Return the rows of a tab, with the server's clock."""

    async def read(client: LicensingClient) -> list[InvoiceRow]:
        return [
            InvoiceRow(one, client.server_now() or datetime.now(UTC))
            async for one in client.invoices.list_all(status)
        ]

    return as_screen(cli.url, read, token)


def payments(cli: Cli) -> list[str]:
    return [line for line in cli.asked() if line.startswith("POST ") and "/payment " in line]


def of_status(cli: Cli, status: str) -> str:
    """Return the number of an invoice of a status."""
    return str(rows_of(cli, "list", "--status", status, "--limit", "1")[0]["number"])


# -- list, show ------------------------------------------------------------------------------


@pytest.mark.parametrize("status", STATUSES)
def test_each_status_has_the_rows_of_its_tab(signed_in: Cli, status: str) -> None:
    rows, shown = rows_of(signed_in, "list", "--status", status), screen_rows(signed_in, STATUSES[status])
    assert rows == exported([record_of(INVOICE_FIELDS, row) for row in shown])
    assert rows


def test_the_names_are_those_of_the_export() -> None:
    assert names_of(INVOICE_FIELDS) == (
        "number",
        "invoice_id",
        "status",
        "issued_at",
        "due_at",
        "total",
        "currency",
        "pdf",
    )


def test_past_due_years_and_days_choose_as_the_app_does(signed_in: Cli) -> None:
    rows = screen_rows(signed_in)
    invoices, now = [row.invoice for row in rows], rows[0].now
    late = [one.id for one in invoices if is_past_due(one, now)]
    assert [row["invoice_id"] for row in rows_of(signed_in, "list", "--status", "past-due")] == late != []
    year = str(now.year - 1)
    for option, days in (("--year", year), ("--issued", f"{year}-03..{year}-07"), ("--issued", f"..{year}")):
        wanted = [one.id for one in issued_in(invoices, read_day_range(days))]
        assert [row["invoice_id"] for row in rows_of(signed_in, "list", option, days)] == wanted != []


def test_what_is_no_year_day_or_status_is_refused(signed_in: Cli) -> None:
    assert "'26' is not a year, such as 2026" in signed_in("invoices", "list", "--year", "26").err
    assert "There is no month 2026-13." in signed_in("invoices", "list", "--issued", "2026-13").err
    assert "did you mean paid?" in signed_in("invoices", "list", "--status", "payed").err
    signed_in.forget_requests()
    assert signed_in("invoices", "download", "--issued", "x").code == 2
    assert signed_in.asked() == []


def test_a_list_streams_and_ends_where_enough_is_printed(signed_in: Cli) -> None:
    signed_in.forget_requests()
    assert len(rows_of(signed_in, "list", "--limit", "3")) == 3
    assert len([line for line in signed_in.asked() if "/partner/invoices " in line]) == 1


def test_an_invoice_is_shown_by_its_number_or_its_id(signed_in: Cli) -> None:
    row = rows_of(signed_in, "list", "--status", "paid", "--limit", "1")[0]
    for word in (row["number"], row["number"].lower(), row["invoice_id"]):
        assert json.loads(signed_in("invoices", "show", word, "--json").out) == row
    ended = signed_in("invoices", "show", f"{row['number']}9", "--json")
    assert ended.code == 4
    error = json.loads(ended.err)
    assert error["code"] == "unknown_invoice"
    assert f"Did you mean {row['number']}?" in error["message"]


def test_the_text_of_an_invoice_is_printed(signed_in: Cli) -> None:
    number = of_status(signed_in, "paid")
    ended = signed_in("invoices", "show", number, "--text")
    assert (ended.code, ended.err) == (0, "")
    assert f"Invoice number: {number}\n" in ended.out
    draft = rows_of(signed_in, "list", "--status", "draft")[0]["invoice_id"]
    ended = signed_in("invoices", "show", draft, "--text")
    assert (ended.code, ended.out) == (4, "")
    assert f"Invoice {draft} has no PDF." in ended.err
    assert signed_in("invoices", "show", number, "--text", "--json").code == 2


def test_a_number_that_several_have_means_none_and_an_id_only_its_own() -> None:
    one, other, third = (
        Invoice(id=InvoiceId(id), number=number)
        for id, number in (("in_1", "A-1"), ("in_2", "a-1"), ("A-1", ""))
    )
    assert FoundInvoices((one, other)).meant_by("A-1") == [one, other]
    assert FoundInvoices((one, other, third)).meant_by("A-1") == [third]
    assert FoundInvoices((one, other, third)).meant_by("") == []


# -- download --------------------------------------------------------------------------------


def test_invoices_are_saved_once_under_the_names_of_the_app(signed_in: Cli, tmp_path: Path) -> None:
    cli, folder = signed_in, tmp_path / "pdf"
    rows = screen_rows(cli)
    year = str(rows[0].now.year - 1)
    wanted = issued_in([row.invoice for row in rows], read_day_range(year))
    command = ("invoices", "download", "--year", year, "--dir", str(folder))
    ended = cli(*command, "--json")
    assert ended.code == 0
    assert ended.err.startswith(f"{len(wanted)} saved, in {folder}.")
    saved = json.loads(ended.out)
    assert [row["invoice_id"] for row in saved] == [one.id for one in wanted]
    assert {row["state"] for row in saved} == {"saved"}
    assert [Path(row["path"]).name for row in saved] == [f"{file_stem(one)}.pdf" for one in wanted]
    assert all(Path(row["path"]).read_bytes().startswith(b"%PDF") for row in saved)
    assert stat.S_IMODE(Path(saved[0]["path"]).stat().st_mode) == 0o600

    before = Path(saved[0]["path"]).stat().st_mtime_ns
    again = json.loads(cli(*command, "--json").out)
    assert [row["path"] for row in again] == [row["path"] for row in saved]
    assert {row["state"] for row in again} == {"there"}

    number = wanted[0].number
    ended = cli("invoices", "download", number, "--dir", str(folder), "--again")
    assert ended.out.split("\t")[:3] == [number, "saved", str(folder / f"{file_stem(wanted[0])}-2.pdf")]
    assert Path(saved[0]["path"]).stat().st_mtime_ns == before


def test_a_draft_is_no_failure_among_others_but_one_by_name(signed_in: Cli, tmp_path: Path) -> None:
    (draft,) = (one for one in screen(signed_in, InvoiceStatus.DRAFT) if not can_download(one))
    ended = signed_in("invoices", "download", "--status", "draft", "--dir", str(tmp_path))
    assert (ended.code, ended.out) == (0, "\tno_pdf\t\t\n")
    ended = signed_in("invoices", "download", draft.id, "--dir", str(tmp_path))
    assert ended.code == 4


def test_what_is_not_there_or_fails_is_told_and_the_rest_is_saved(signed_in: Cli, tmp_path: Path) -> None:
    cli = signed_in
    one, other = (row["number"] for row in rows_of(cli, "list", "--status", "paid", "--limit", "2"))
    ended = cli("invoices", "download", one, "nothing", "--dir", str(tmp_path))
    assert ended.code == 6
    assert "There is no invoice nothing." in ended.err
    assert ended.out.startswith(f"{one}\tsaved\t")

    cli.switch(pdf_kind="html")
    ended = cli("invoices", "download", one, other, "--dir", str(tmp_path), "--jsonl")
    assert ended.code == 6
    assert [json.loads(line)["state"] for line in ended.out.splitlines()] == ["there", "failed"]
    ended = cli("invoices", "download", other, "--dir", str(tmp_path))
    assert ended.code == 5
    assert "1 failed" in ended.err
    assert len(list(tmp_path.glob("*.pdf"))) == 1

    cli.faults("GET */partner/invoices 401")
    assert cli("invoices", "download", "--all", "--dir", str(tmp_path)).code == 3


def test_a_folder_that_cannot_be_used_is_told(signed_in: Cli, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ended = signed_in(
        "invoices", "download", of_status(signed_in, "paid"), "--dir", str(tmp_path / "file" / "x")
    )
    assert ended.code == 1
    assert "is not a folder that can be used" in ended.text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Name the invoices to download"),
        (("A-1", "--all"), "Invoices by name and --all contradict"),
        (("A-1", "--status", "paid"), "Invoices by name and --status contradict"),
        (("--all", "--year", "2025"), "--all and --year contradict"),
    ],
)
def test_it_must_be_clear_what_is_downloaded(cli: Cli, arguments: Sequence[str], words: str) -> None:
    ended = cli("invoices", "download", *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert words in ended.err


# -- pay -------------------------------------------------------------------------------------


def test_the_card_and_the_amount_are_named_and_the_invoice_is_paid_once(signed_in: Cli) -> None:
    cli, number = signed_in, of_status(signed_in, "past-due")
    (row,) = (one for one in rows_of(cli, "list") if one["number"] == number)
    cli.forget_requests()
    ended = cli("invoices", "pay", number, "--dry-run")
    assert ended.code == 0
    assert f"${row['total']:,.2f} is charged now to Visa …4242, the primary payment method of " in ended.err
    assert "is open and past due." in ended.err
    ended = cli("invoices", "pay", number)
    assert (ended.code, ended.out) == (2, "")
    assert cli("invoices", "pay", number, "--yes", "--read-only").code == 2
    assert payments(cli) == []

    ended = cli("invoices", "pay", number, "--yes", "--json")
    assert (ended.code, json.loads(ended.out)[0]["state"]) == (0, "done")
    assert json.loads(cli("invoices", "show", number, "--json").out)["status"] == "paid"
    ended = cli("invoices", "pay", number, "--yes")
    assert (ended.code, ended.out) == (0, "")
    assert f"Invoice {number} is paid already." in ended.err
    assert len(payments(cli)) == 1


def test_only_an_open_invoice_can_be_paid(signed_in: Cli) -> None:
    for status in ("void", "uncollectible"):
        number = of_status(signed_in, status)
        ended = signed_in("invoices", "pay", number, "--yes")
        assert (ended.code, ended.out) == (2, "")
        assert f"Invoice {number} is not open (its status: {status}). Only an open" in ended.err
    assert signed_in("invoices", "pay", "nothing", "--yes").code == 4


def test_a_lost_answer_is_looked_up_and_nothing_is_paid_twice(signed_in: Cli) -> None:
    number = of_status(signed_in, "open")
    signed_in.forget_requests()
    signed_in.faults("POST */payment reset-after")
    ended = signed_in("invoices", "pay", number, "--yes", "--json")
    assert (ended.code, json.loads(ended.out)[0]["outcome"]) == (0, "found_done")
    assert len(payments(signed_in)) == 1


def test_a_card_that_does_not_pay_is_charged_once_and_told_in_the_vendors_words(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Policy, "pauses_after", lambda *_: (0.0,))
    cli.env(TOKEN=SECOND_KEY)
    card = {"number": "4000000000000341", "primary": True}
    auth = {"Authorization": f"Bearer {SECOND_KEY}"}
    plain_http.post(f"{cli.url}/_sandbox/add-card", json=card, headers=auth).raise_for_status()
    number = of_status(cli, "open")
    primary = json.loads(cli("payment-methods", "list", "--json").out)
    bad = next(one["id"] for one in primary if one["last4"] == "0341")
    assert cli("payment-methods", "set-primary", bad, "--yes").code == 0
    cli.forget_requests()
    ended = cli("invoices", "pay", number, "--yes", "--json")
    (item,) = json.loads(ended.out)
    assert (ended.code, item["state"]) == (4, "failed")
    assert f"Your card was declined. Invoice {number} is not paid: its status is open." in ended.err
    assert len(payments(cli)) == 1


def test_without_a_primary_card_there_is_none_to_charge() -> None:
    one = Invoice(id=InvoiceId("in_1"), number="A-1")
    assert "None of the saved cards is the primary" in no_card_sentence(one, has_cards=True)
    assert no_card_sentence(one, has_cards=False).startswith(
        "This account has no payment method. Invoice A-1"
    )
