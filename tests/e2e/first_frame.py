"""`python -m tests.e2e.first_frame FILE ARGS`: run jpmanage ARGS, and at its first frame write what is loaded to FILE."""

import sys
from pathlib import Path

from jpmanage_tui.cli.main import main
from jpmanage_tui.ui.session_controller import SessionController

_FILE = Path(sys.argv[1])


def _note(sessions: SessionController) -> None:
    """Stand for what follows the first frame."""
    _FILE.write_text("\n".join(sorted(sys.modules)))
    sessions._app.exit()


SessionController.open_first = _note  # type: ignore[method-assign,assignment]
sys.exit(main(sys.argv[2:]))
