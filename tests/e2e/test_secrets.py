"""A card number, its security code, a token: in no file but the credentials file, in no output, sent to one host only.

The installed program signs in, adds a card, downloads an invoice, exports licenses; everything that it wrote, showed and
sent is looked through. Stripe stands under another host name than the API, the invoices' PDFs on a third origin.
"""

from __future__ import annotations

import os
import re
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from jpmanage_tui.sandbox.cards.setup_intents import PUBLISHABLE_KEY
from tests.e2e.harness import API, JPMANAGE, Place, unassign_one
from tests.e2e.recording import Heard, recording_sandbox
from tests.sandbox.plain_http import plain_http
from tests.ui.terminal.pty_session import PtySession

pytestmark = pytest.mark.pty
NUMBER, GROUPED, CVC = "5555555555554444", "5555 5555 5555 4444", "739"
KEY, SECOND_KEY, USER = "sandbox-key", "sandbox-key-2", "sandbox-user"
CREDENTIALS = "credentials.toml"


@dataclass(frozen=True)
class Recorded(Place):
    """A place whose Stripe has another host name, with what was sent to it."""

    heard: list[Heard] = field(default_factory=list)

    @property
    def stripe(self) -> str:
        """Where Stripe is."""
        return self.url.replace("127.0.0.1", "localhost")

    @property
    def variables(self) -> dict[str, str]:
        """Without tokens: they are in the credentials file."""
        return {"JPMANAGE_API_URL": self.url, "JPMANAGE_STRIPE_URL": self.stripe, **self.folders}

    def sign_in(self) -> str:
        """Paste the tokens, as on a host without a browser; what the program said."""
        done = subprocess.run(
            [JPMANAGE, "login"],
            input=f"{USER}\n{KEY}\n",
            env={**os.environ, **self.variables},
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        return done.stdout + done.stderr

    def files(self) -> dict[Path, bytes]:
        """Everything that the program wrote."""
        return {path: path.read_bytes() for path in self.folder.rglob("*") if path.is_file()}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorded]:
    with recording_sandbox(monkeypatch) as (url, heard):
        yield Recorded(url, tmp_path, heard)


def type_card(session: PtySession) -> None:
    """Open the form for a new card and fill it in; a field is left when the next one has the cursor."""
    session.send("3")
    session.shows("Primary Card")
    session.send("n")
    session.shows("Name on card  ")
    session.quiet()
    for text in ("Ada Lovelace", NUMBER, "1234", CVC):
        session.send(text)
        session.quiet()
        session.send("\r")
        session.quiet()
    session.shows("12/34")


def holds(text: str, secret: str) -> bool:
    """Say whether a text holds a secret as a word of its own (three digits occur inside other numbers).

    The milliseconds of a log are none: those of its times (`12:00:00,739`) and how long a request took (`in 739 ms`).
    """
    text = re.sub(r"(?m)^(\S+ \d\d:\d\d:\d\d),\d{3} |\bin \d+ ms\b", r"\1", text)
    return re.search(rf"(?<![\w.]){re.escape(secret)}(?!\w)", text) is not None


def tokens_in(text: str) -> list[str]:
    """Return the tokens that a text holds."""
    return [token for token in (KEY, SECOND_KEY, USER) if re.search(rf"{token}(?![\w-])", text)]


@pytest.mark.slow
def test_no_secret_is_in_what_a_session_wrote_showed_or_sent_elsewhere(place: Recorded) -> None:
    seen = [place.sign_in()]
    log = place.folder / "jpmanage.log"
    with place.run("--log", str(log)) as session:
        session.shows(" 1/")
        command = Path(f"/proc/{session.pid}/cmdline").read_bytes().decode()
        type_card(session)
        seen.append(session.text)
        session.press("\r", lambda: "Mastercard …4444 is saved" in session.text)
        seen.append(session.text)
        session.send("0")
        session.shows("Add card Mastercard …4444 as primary")
        seen.append(session.text)
        session.send("\x1b")
        session.quiet()
        session.send("4")
        session.shows("Due")
        session.quiet()
        session.send("jd")
        session.shows("Saved")
        seen.append(session.text)
        session.send("1")
        session.shows(" 1/")
        session.quiet()
        session.send("e")
        session.shows("Export")
        session.quiet()
        seen.append(session.text)
        session.send("\r")
        session.until(lambda: "written to" in session.text)
        seen.append(session.text)
        codes = license_codes(place)
        session.send(f"/{codes[0]}\r")
        session.until(lambda: "1/1" in session.text or "match" in session.text)
        session.send("\x1b\x1b")
        session.quiet()
        unassign_one(session)
        session.shows("is unassigned from")  # before that the program asks whether to leave
        session.send("q")
        assert session.exit_code() == 0
        shown = bytes(session.raw).decode(errors="replace")
    files = place.files()
    written = {str(path): data.decode("latin-1") for path, data in files.items() if path.name != CREDENTIALS}
    assert {path.suffix for path in files} >= {".sqlite", ".log", ".pdf", ".csv"}
    private = [path for path in files if path.suffix != ".pdf"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in private} == {0o600}, (
        "credentials, journal, log, export"
    )
    assert "POST /v1/setup_intents/" in log.read_text()
    assert "DELETE /wpcom/v2/jetpack-licensing/license/…/site -> 200" in log.read_text()
    assert [code for code in codes if code in log.read_text()] == []

    intent = parse_qs(confirmation(place.heard).body)["client_secret"][0]
    asked = plain_http.get(f"{place.url}/_sandbox/requests").text
    for name, text in {**written, "screens": "\n".join(seen), "the sandbox's list": asked}.items():
        assert NUMBER not in text, name
        assert GROUPED not in text, name
        assert not holds(text, CVC), name
        assert intent not in text, name
    for name, text in {**written, "screens": "\n".join(seen), "the terminal": shown, "ps": command}.items():
        assert tokens_in(text) == [], name
        assert intent not in text, name
    only_where_they_belong(place, intent)


def license_codes(place: Recorded) -> list[str]:
    """Return the codes of the licenses, an assigned one first."""
    answer = plain_http.get(
        f"{place.url}{API}/licenses?per_page=100&filter=attached",
        headers={"Authorization": f"Bearer {KEY}"},
    )
    return [row["license_key"] for row in answer.raise_for_status().json()["items"]]


def confirmation(heard: list[Heard]) -> Heard:
    """Return the one request that carried the card to Stripe."""
    [found] = [one for one in heard if one.target.partition("?")[0].endswith("/confirm")]
    return found


def only_where_they_belong(place: Recorded, intent: str) -> None:
    """Look through every request, as it came."""
    api, stripe = (url.removeprefix("http://") for url in (place.url, place.stripe))
    hosts = {one.host for one in place.heard}
    assert {api, stripe} < hosts, "and the origin of the PDFs"
    for one in place.heard:
        assert tokens_in(one.target + one.rest) == [], "a token goes in its header only"
        to_stripe = one.host == stripe
        assert (NUMBER in one.rest) == (to_stripe and one is confirmation(place.heard))
        assert NUMBER not in one.target
        assert (intent in one.rest) == (to_stripe or one.target.endswith("/stripe/payment-method?"))
        scheme, _, token = one.authorization.partition(" ")
        if to_stripe:
            assert token == PUBLISHABLE_KEY
        elif one.host == api:
            assert (scheme, token) in {("Bearer", KEY), ("Bearer", USER)}
        else:
            assert one.authorization == "", f"{one.host} is told no token"
            assert one.target.endswith("?") or "pdf" in one.target


@pytest.mark.slow
def test_a_crash_with_the_card_in_the_errors_text_leaves_no_card_behind(place: Recorded) -> None:
    place.sign_in()
    log = place.folder / "jpmanage.log"
    argv = ["tests.e2e.broken", "--log", str(log)]
    with PtySession(argv, size=(120, 36), env=place.variables) as session:
        session.shows(" 1/")
        type_card(session)
        session.quiet(0.5)
        before = len(session.raw)
        session.send("\r")
        assert session.exit_code() == 1
        left = bytes(session.raw[before:]).decode(errors="replace")
    assert "ValueError" in left
    assert "broken.py" in left, "where it happened"
    texts = {str(path): data.decode("latin-1") for path, data in place.files().items()}
    for name, text in {**texts, "the terminal": left}.items():
        assert NUMBER not in text, name
        assert not holds(text, CVC), name
    assert not tokens_in(left + log.read_text())
