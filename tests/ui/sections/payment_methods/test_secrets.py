"""A card number, its security code and the tokens: in nothing that is written, shown, or sent to another host."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs

import httpx
import pytest

from jpmanage_tui.api.stripe import CardEntry
from jpmanage_tui.cli.logfile import log_to
from jpmanage_tui.operations.mutation import Secrets
from jpmanage_tui.operations.mutations.cards import ConfirmCard
from jpmanage_tui.operations.operation import Request
from jpmanage_tui.sandbox.cards.setup_intents import PUBLISHABLE_KEY
from jpmanage_tui.sandbox.transport import SandboxTransport
from tests.logs import logging_as_before
from tests.ui.sections.payment_methods.keyboard import at_the_browser, demo, form, opened, type_card

NUMBER, CVC = "4000002760003184", "739"
GROUPED = "4000 0027 6000 3184"
TOKENS = ("sandbox-user", "sandbox-key")
STRIPE = "api.stripe.com"


@dataclass
class Sent:
    """One request as it left."""

    host: str
    path: str
    authorization: str
    body: str


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> list[Sent]:
    """Everything that goes over the wire, before the sandbox sees it."""
    seen: list[Sent] = []
    carry = SandboxTransport.handle_async_request

    async def listen(self: SandboxTransport, request: httpx.Request) -> httpx.Response:
        body = (await request.aread()).decode()
        seen.append(Sent(request.url.host, str(request.url), request.headers.get("authorization", ""), body))
        return await carry(self, request)

    monkeypatch.setattr(SandboxTransport, "handle_async_request", listen)
    return seen


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    """The program's own log, with everything in it."""
    path = tmp_path / "jpmanage.log"
    with logging_as_before():
        log_to(path)
        logging.getLogger("jpmanage").setLevel(logging.DEBUG)
        yield path


def contents(folder: Path) -> dict[str, str]:
    """Return every file below a folder by its name."""
    return {path.name: path.read_bytes().decode("latin-1") for path in folder.rglob("*") if path.is_file()}


def holds(text: str, secret: str) -> bool:
    """Say whether a text holds a secret as a word of its own (three digits occur inside other numbers)."""
    return re.search(rf"(?<![\w.]){re.escape(secret)}(?![\w])", text) is not None


@pytest.mark.slow
async def test_the_card_and_the_tokens_are_nowhere_but_where_they_belong(
    tmp_path: Path, wire: list[Sent], log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    screens: list[str] = []
    async with demo(demo_dir=tmp_path) as run:
        view = await opened(run)
        dialog = await form(run)
        card_form = dialog.form
        fields = [row.field for row in card_form.fields.values()]
        await type_card(run, NUMBER, cvc=CVC)
        screens += [run.text(), run.app.export_screenshot()]
        shown = [repr(dialog), repr(card_form), repr(card_form.fields), repr(card_form.entry())]
        await run.press("enter")
        await at_the_browser(run)
        screens += [run.text(), run.app.export_screenshot()]
        await run.press("enter")
        await run.sees("Visa …3184 is saved as the primary card.")
        await run.press("0")
        await run.sees("Add card Visa …3184 as primary")
        screens += [run.text(), run.app.export_screenshot()]
        await run.press("escape")
        assert view.card_list.primary is not None
        assert len(fields) == 4
        assert not any(field.value for field in fields), "cleared when done"
        entries = await run.app.session.queue.entries() if run.app.session else ()
        shown += [f"{entry!r} {entry.change.to_json()}" for entry in entries]
        seen_by_sandbox = str(run.sandbox.log.entries())

    intent = parse_qs(next(one.body for one in wire if one.path.endswith("/confirm")))["client_secret"][0]
    files = contents(tmp_path)
    assert {"journal.sqlite", "sandbox.sqlite", log.name} <= set(files)
    written = files.values()
    out = capsys.readouterr()
    for text in (*written, *screens, *shown, seen_by_sandbox, out.out, out.err):
        for secret in (NUMBER, GROUPED):
            assert secret not in text
        assert not holds(text, CVC)
    for text in (files["journal.sqlite"], files[log.name], *screens[:2], *shown, out.out, out.err):
        assert intent not in text
        assert not any(holds(text, token) for token in TOKENS)

    to_stripe = [one for one in wire if one.host == STRIPE and "/v1/" in one.path]
    elsewhere = [one for one in wire if one not in to_stripe]
    assert [one.path.rpartition("/")[2] for one in to_stripe if NUMBER in one.body] == ["confirm"], "once"
    for one in elsewhere:
        assert NUMBER not in one.body + one.path
        assert not re.search(r"cvc|number", one.body)
    for one in to_stripe:
        assert one.authorization == f"Bearer {PUBLISHABLE_KEY}", "no token of ours goes to Stripe"
        assert not any(token in one.body + one.path for token in TOKENS)


async def test_the_number_shows_only_while_it_is_typed() -> None:
    async with demo() as run:
        await opened(run)
        dialog = await form(run)
        await run.press("enter")
        await run.write("4000")
        assert "4000" in run.text()
        await run.press("tab")
        await run.until(lambda: dialog.form.fields["number"].field.password, "masked")
        assert "4000" not in run.text()


def test_nothing_that_holds_a_card_shows_it_in_its_repr() -> None:
    card = CardEntry.model_validate(
        {"number": NUMBER, "exp_month": 12, "exp_year": 2034, "cvc": CVC, "name": "Ada"}
    )
    secrets = Secrets(card=card, return_url="https://example.org")
    for thing in (card, secrets, Request(ConfirmCard(), secrets), ConfirmCard().to_json()):
        assert NUMBER not in repr(thing)
        assert CVC not in repr(thing)
