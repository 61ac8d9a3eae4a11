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


def trusting_nothing() -> ssl.SSLContext:
    """Return a context that verifies servers and trusts no certificate until `read_certificates` has been called."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if sys.version_info >= (3, 13):  # what ssl.create_default_context adds
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN | ssl.VERIFY_X509_STRICT
    return context


def read_certificates(context: ssl.SSLContext) -> None:
    """Let a context trust what httpx trusts: ``SSL_CERT_FILE``, else ``SSL_CERT_DIR``, else certifi's certificates.

    It blocks while they are read. Certifi's file is read without importing certifi, which takes as long again.
    Raises OSError for a file that cannot be read.
    """
    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    if file:
        context.load_verify_locations(cafile=file)
    elif folder:
        context.load_verify_locations(capath=folder)
    else:
        context.load_verify_locations(cafile=_certifis_file())


def _certifis_file() -> str:
    found = find_spec("certifi")
    file = Path(found.origin).with_name("cacert.pem") if found is not None and found.origin else None
    if file is not None and file.is_file():
        return str(file)
    import certifi

    return certifi.where()
