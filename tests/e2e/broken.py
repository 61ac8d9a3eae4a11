"""`python -m tests.e2e.broken ARGS`: jpmanage with a defect: saving a card breaks, with the card in the error's text."""

import sys

from jpmanage_tui.cli.main import main
from jpmanage_tui.ui.sections.payment_methods.new_card import NewCardDialog


def _broken(self: NewCardDialog) -> None:
    card = self.form.entry()
    raise ValueError(f"cannot save {card.number.get_secret_value()} / {card.cvc.get_secret_value()}")


NewCardDialog._set_busy = lambda self, busy: _broken(self)  # type: ignore[method-assign]
sys.exit(main(sys.argv[1:]))
