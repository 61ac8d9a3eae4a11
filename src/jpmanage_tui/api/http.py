"""httpx without its command-line program.

``import httpx`` also loads that program, and with it click, pygments and rich: 60 ms and a hundred modules
that a client does not need. Marked as missing while httpx is loaded, it is replaced by httpx's own stub for
that case.
"""

import os
import ssl
import sys
from importlib.util import find_spec
from pathlib import Path

if "httpx" not in sys.modules:
    sys.modules["httpx._main"] = None  # type: ignore[assignment]

import httpx as httpx

if sys.modules.get("httpx._main", httpx) is None:
    del sys.modules["httpx._main"]


def trusted_context() -> ssl.SSLContext:
    """Return a context that trusts the certificates that httpx trusts: ``SSL_CERT_FILE``, ``SSL_CERT_DIR``, or certifi's.

    It blocks while they are read. Certifi's file is read without importing certifi, which takes as long again.
    """
    if not os.environ.get("SSL_CERT_FILE") and not os.environ.get("SSL_CERT_DIR"):
        certifi = find_spec("certifi")
        file = (
            Path(certifi.origin).with_name("cacert.pem") if certifi is not None and certifi.origin else None
        )
        if file is not None and file.is_file():
            return ssl.create_default_context(cafile=file)
    return httpx.create_ssl_context()
