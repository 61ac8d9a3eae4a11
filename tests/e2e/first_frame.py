"""`python -m tests.e2e.first_frame FILE ARGS`: run jpmanage ARGS, and at its first frame write what is loaded to FILE."""

import sys
from pathlib import Path

from jpmanage_tui.cli.main import main
from jpmanage_tui.ui.app import JpmanageApp

_FILE = Path(sys.argv[1])


def _note(app: JpmanageApp) -> None:
    """Stand for what follows the first frame."""
    _FILE.write_text("\n".join(sorted(sys.modules)))
    app.exit()


JpmanageApp.open_first = _note  # type: ignore[method-assign,assignment]
sys.exit(main(sys.argv[2:]))
