"""Where only ASCII is drawn, a question still tells sites apart whose letters would look the same."""

from __future__ import annotations

import pytest

from jpmanage_tui.api.text import of_punycode
from jpmanage_tui.ui.dialogs.confirm import Confirmation, ConfirmDialog, Row, in_ascii
from jpmanage_tui.ui.terminal.ascii import ascii_cells
from tests.ui.harness import running

ALIKE = (
    ("日本語.example", "中国語.example"),
    ("müller.example", "muller.example"),
    ("http://bücher.example:8080/shop", "http://bucher.example:8080/shop"),
)


def drawn(question: Confirmation) -> tuple[str, ...]:
    """Return what of a question is drawn, as a terminal without UTF-8 shows it."""
    texts = (question.title, *question.text, question.button, *(row.where for row in question.rows))
    return tuple("".join(ascii_cells(text)) for text in texts)


@pytest.mark.parametrize("pair", ALIKE)
def test_two_sites_never_look_the_same_in_a_question(pair: tuple[str, str]) -> None:
    shown = [
        drawn(
            in_ascii(
                Confirmation(
                    f"Move to {site}?",
                    [f"A\n{site} (Site ID 1)"],
                    f"Move it to {site}",
                    rows=[Row("a", site, "…f")],
                )
            )
        )
        for site in pair
    ]
    assert all(first != second for first, second in zip(*shown, strict=True))
    for site, texts in zip(pair, shown, strict=True):
        assert of_punycode(texts[-1]) == site, "it is the address by which the site is found elsewhere"


def test_what_is_no_address_stays() -> None:
    question = Confirmation(
        "Sure…?",
        ["It costs ≈€5.00, €0.50/day. Really – yes.", "“a.example”…\nInto /home/müller/a.b."],
        "Do “it”",
        rows=[Row("a", "—", "…f")],
    )
    assert in_ascii(question) == question


async def test_a_question_is_asked_so_where_only_ascii_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(licenses=20) as run:
        for ascii_only, words in ((False, "müller.example"), (True, "xn--mller-kva.example")):
            monkeypatch.setattr(run.app, "ascii_only", ascii_only)
            run.app.push_screen(ConfirmDialog(Confirmation("Sure?", ["müller.example"], "Do it")))
            await run.sees(words)
            await run.press("escape")
