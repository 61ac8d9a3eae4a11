"""`python -m tests.e2e.become PROGRAM ARGS`: become that program, so that a PtySession can run any."""

import os
import sys

os.execvp(sys.argv[1], sys.argv[1:])
