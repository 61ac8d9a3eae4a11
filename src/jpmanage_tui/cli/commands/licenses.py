"""`jpmanage licenses`: the licenses of a partner key."""

from __future__ import annotations

from jpmanage_tui.cli.command import CommandGroup
from jpmanage_tui.cli.commands.license_changes import CHANGES
from jpmanage_tui.cli.commands.license_reads import READS

COMMAND = CommandGroup("licenses", (*READS, *CHANGES))
