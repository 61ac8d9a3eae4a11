"""`python -m tests.readme` writes the key table into README.md, between its two marks."""

import re
from pathlib import Path

from tests.readme.key_table import key_table

README = Path(__file__).parents[2] / "README.md"
MARKS = re.compile(r"(<!-- keys -->\n).*?(<!-- /keys -->)", re.DOTALL)

text = README.read_text(encoding="utf-8")
README.write_text(MARKS.sub(lambda match: match[1] + key_table() + match[2], text), encoding="utf-8")
