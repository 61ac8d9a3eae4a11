"""`python -m jpmanage_tui` is `jpmanage`."""

import sys

from jpmanage_tui.cli.main import main

sys.exit(main())
