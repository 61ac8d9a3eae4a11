"""`python -m tests.e2e.refreshing SECONDS ARGS`: run jpmanage ARGS; what it shows it asks for again at this interval."""

import sys

from jpmanage_tui.cli.main import main
from jpmanage_tui.ui import main_screen
from jpmanage_tui.ui.common.auto_refresh import RefreshSchedule

_SECONDS = float(sys.argv[1])
setattr(main_screen, RefreshSchedule.__name__, lambda _seconds: RefreshSchedule(_SECONDS))
sys.exit(main(sys.argv[2:]))
