"""`python -m tests.e2e.refreshing SECONDS ARGS`: run jpmanage ARGS; what it shows it asks for again at this interval."""

import sys

from jpmanage_tui.cli.main import main
from jpmanage_tui.ui import main_screen
from jpmanage_tui.ui.common.auto_refresh import RefreshSchedule

_SECONDS = float(sys.argv[1])
main_screen.RefreshSchedule = lambda _seconds: RefreshSchedule(_SECONDS)  # type: ignore[assignment,misc]
sys.exit(main(sys.argv[2:]))
