"""Invoice PDFs on the second origin: pre-signed addresses, a redirect, and what a check may ask of them."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from jpmanage_tui.sandbox import switches
from jpmanage_tui.sandbox.invoices.pdf import LEFT, Line, document, text_line
from jpmanage_tui.sandbox.store import Store

CHUNKS = 20
"""Pieces in which a PDF is sent, so that a reader can show how far it is."""
NUMBER_AT, AMOUNT_AT = 370, 450
"""Columns of the table, in points."""


@dataclass(frozen=True)
class _Answer:
    body: bytes
    seconds: int
    redirect: bool
    media_type: str = "application/pdf"


async def serve(request: Request) -> Response:
    """Answer with an invoice's PDF. Every third invoice is answered with one redirect first, on the same host."""
    store: Store = request.app.state.store
    invoice_id, signature = request.path_params["invoice_id"], request.query_params.get("s", "")
    moved = "moved" in request.query_params
    answer = await store.run(lambda connection: _prepare(connection, invoice_id, signature))
    if answer is None:
        return PlainTextResponse("This address is not valid, or no longer.\n", 403)
    if answer.redirect and not moved:
        return RedirectResponse(f"/pdf/{invoice_id}?s={signature}&moved=1", 302)
    headers = {
        "Content-Length": str(len(answer.body)),
        "Content-Disposition": f'attachment; filename="{invoice_id}.pdf"',
    }
    return StreamingResponse(_pieces(answer), media_type=answer.media_type, headers=headers)


ROUTES = (Route("/pdf/{invoice_id}", serve, methods=["GET"]),)


async def _pieces(answer: _Answer) -> AsyncIterator[bytes]:
    size = max(1, -(-len(answer.body) // CHUNKS))
    for start in range(0, len(answer.body), size):
        yield answer.body[start : start + size]
        await asyncio.sleep(answer.seconds / CHUNKS)


def _prepare(connection: sqlite3.Connection, invoice_id: str, signature: str) -> _Answer | None:
    row = connection.execute(
        "SELECT i.*, p.name, p.contact_person, p.line1, p.line2, p.postal_code, p.city, p.state, p.country"
        " FROM invoices i JOIN partner_keys k USING (key_id) JOIN partners p USING (partner_id)"
        " WHERE i.invoice_id = ? AND i.pdf_token = ? AND i.status <> 'draft'",
        (invoice_id, signature),
    ).fetchone()
    if row is None:
        return None
    seconds, redirect = switches.number(connection, "pdf-seconds"), row["position"] % 3 == 0
    if switches.choice(connection, "pdf-kind") == "html":
        return _Answer(b"<!doctype html><title>Sign in</title>", seconds, redirect, "text/html")
    lines = connection.execute(
        "SELECT * FROM invoice_lines WHERE invoice_id = ? ORDER BY position", (invoice_id,)
    ).fetchall()
    padding = 1024 * switches.number(connection, "pdf-extra-kb")
    body = document(f"Invoice {row['number']}", _lines(row, lines), padding)
    return _Answer(body, seconds, redirect)


def _lines(invoice: sqlite3.Row, lines: list[sqlite3.Row]) -> list[Line]:
    currency = invoice["currency"].upper()
    head = [
        text_line("Invoice", size=20, bold=True),
        text_line(""),
        text_line(f"Invoice number: {invoice['number']}"),
        text_line(f"Date of issue: {_day(invoice['created_at'])}"),
        text_line(f"Date due: {_day(invoice['due_at'])}" if invoice["due_at"] else "Date due: on receipt"),
        text_line(f"Status: {invoice['status'].capitalize()}"),
        text_line(""),
        text_line("Bill to", bold=True),
        *(text_line(line) for line in _address(invoice)),
        text_line(""),
        Line(((LEFT, "Description"), (NUMBER_AT, "Days"), (AMOUNT_AT, f"Amount ({currency})")), bold=True),
    ]
    table = [
        Line(
            (
                (LEFT, line["description"]),
                (NUMBER_AT, f"{line['days']:,}"),
                (AMOUNT_AT, f"{line['amount_cents'] / 100:,.2f}"),
            )
        )
        for line in lines
    ]
    total = Line(((LEFT, "Total"), (AMOUNT_AT, f"{invoice['total_cents'] / 100:,.2f} {currency}")), bold=True)
    return [*head, *table, text_line(""), total]


def _address(row: sqlite3.Row) -> list[str]:
    town = " ".join(part for part in (row["postal_code"], row["city"], row["state"]) if part)
    parts = (row["name"], row["contact_person"], row["line1"], row["line2"], town, row["country"])
    return [part for part in parts if part]


def _day(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d")
