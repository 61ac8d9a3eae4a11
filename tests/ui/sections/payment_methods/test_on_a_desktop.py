"""On a local desktop the bank's page opens in the browser and leads back to a listener of the program's own."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

import httpx
import pytest

from jpmanage_tui.sandbox.options import SandboxOptions
from jpmanage_tui.ui.dialogs.browser import HandoverDialog
from tests.sandbox.harness import NOW, running_sandbox
from tests.sandbox.plain_http import plain_transport
from tests.ui.harness import on_server
from tests.ui.sections.payment_methods.keyboard import CHALLENGED, form, opened, type_card


@pytest.fixture
def _desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SSH_CONNECTION", "SSH_TTY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("BROWSER", "true")
    # Only the listener may tell that it is time to look.
    monkeypatch.setattr("jpmanage_tui.ui.dialogs.browser.PAUSES", (600.0,))


@pytest.mark.slow
@pytest.mark.usefixtures("_desktop")
@pytest.mark.parametrize(
    ("decision", "words"), [("approve", "is saved as the primary card"), ("decline", "unable to")]
)
async def test_coming_back_from_the_bank_is_noticed_at_once_and_stripe_is_asked_what_came_of_it(
    decision: str, words: str
) -> None:
    with running_sandbox(SandboxOptions(licenses=20, now=NOW)) as url:
        env = {
            "JPMANAGE_API_URL": url,
            "JPMANAGE_STRIPE_URL": url,
            "JPMANAGE_TOKEN": "sandbox-key",
            "JPMANAGE_USER_TOKEN": "sandbox-user",
        }
        async with on_server(env) as run:
            await run.until(lambda: run.app.main.section is not None, "the first screen")
            await opened(run)
            await form(run)
            await type_card(run, CHALLENGED)
            await run.press("enter")
            await run.until(lambda: isinstance(run.app.screen, HandoverDialog), "the handover")
            await run.sees("The page is open in the browser.")
            dialog: HandoverDialog[object] = run.app.screen  # type: ignore[assignment]
            parts = urlsplit(dialog.handover.url)
            page = urlunsplit(parts._replace(path=f"{parts.path}/{decision}"))
            async with httpx.AsyncClient(follow_redirects=True, transport=plain_transport()) as browser:
                back = await browser.post(page)
            assert back.url.host == "127.0.0.1"
            assert "You can close this page" in back.text
            await run.sees(words)
