"""httpx without its command-line program.

``import httpx`` also loads that program, and with it click, pygments and rich: 60 ms and a hundred modules
that a client does not need. Marked as missing while httpx is loaded, it is replaced by httpx's own stub for
that case.
"""

import sys

if "httpx" not in sys.modules:
    sys.modules["httpx._main"] = None  # type: ignore[assignment]

import httpx as httpx

if sys.modules.get("httpx._main", httpx) is None:
    del sys.modules["httpx._main"]
