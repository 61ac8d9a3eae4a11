"""`python -m tests.e2e.first_frame FILE ARGS`: run jpmanage ARGS, and at its first frame write what is loaded to FILE.

What only stands for a module that is left out has no spec, and does not count.
"""

import sys
from pathlib import Path

from jpmanage_tui.cli.main import main
from jpmanage_tui.ui.session_controller import SessionController

_FILE = Path(sys.argv[1])


def _note(sessions: SessionController) -> None:
    """Stand for what follows the first frame."""
    loaded = (name for name, module in sys.modules.items() if getattr(module, "__spec__", None) is not None)
    _FILE.write_text("\n".join(sorted(loaded)))
    sessions._app.exit()


SessionController.open_first = _note  # type: ignore[method-assign,assignment]
sys.exit(main(sys.argv[2:]))
