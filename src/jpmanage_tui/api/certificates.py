"""The certificates that servers are known by, read beside what else the start has to do."""

import asyncio
import os
import ssl
import sys
from importlib.util import find_spec
from pathlib import Path


def trusting_nothing() -> ssl.SSLContext:
    """Return a context that verifies servers and trusts no certificate until `read_certificates` has been called."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if sys.version_info >= (3, 13):  # what ssl.create_default_context adds
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN | ssl.VERIFY_X509_STRICT
    return context


def read_certificates(context: ssl.SSLContext, *, trust_env: bool = True) -> None:
    """Let a context trust what httpx trusts: ``SSL_CERT_FILE``, else ``SSL_CERT_DIR``, else certifi's certificates.

    With ``trust_env`` False certifi's only.
    It blocks while they are read. Certifi's file is read without importing certifi, which takes as long again.
    Raises OSError for a file or a folder that cannot be read.
    """
    env = os.environ if trust_env else {}
    file, folder = env.get("SSL_CERT_FILE"), env.get("SSL_CERT_DIR")
    if file:
        context.load_verify_locations(cafile=file)
    elif folder:
        _see_folders(folder.split(os.pathsep))
        context.load_verify_locations(capath=folder)
    else:
        context.load_verify_locations(cafile=_certifis_file())


def _see_folders(names: list[str]) -> None:
    """Raise OSError where none of the folders can be read: OpenSSL would take them for empty ones."""
    trouble: OSError | None = None
    for name in names:
        try:
            os.scandir(name).close()
        except OSError as error:
            trouble = error
        else:
            return
    if trouble is not None:
        raise trouble


class Certificates:
    """The certificates that servers are known by, read in a thread when they are first needed, for all who share them.

    ``trust_env``: whether the environment may name others than certifi's.
    """

    def __init__(self, *, trust_env: bool = True) -> None:
        self._trust_env = trust_env
        self._reading: asyncio.Task[ssl.SSLContext] | None = None

    def read_ahead(self) -> asyncio.Task[ssl.SSLContext]:
        """Begin to read them, so that they are there when they are needed; what goes wrong is told then."""
        if self._reading is None:
            self._reading = asyncio.create_task(
                asyncio.to_thread(_verifying, self._trust_env), name="certificates"
            )
            self._reading.add_done_callback(lambda done: None if done.cancelled() else done.exception())
        return self._reading

    async def context(self) -> ssl.SSLContext:
        """Return the context that trusts them.

        Raises OSError where they cannot be read; the next call tries again, and nothing is trusted meanwhile.
        """
        reading = self.read_ahead()
        try:
            return await asyncio.shield(reading)
        except OSError:
            if self._reading is reading:
                self._reading = None
            raise

    async def aclose(self) -> None:
        """Wait for what is being read: a thread cannot be stopped."""
        if self._reading is not None:
            await asyncio.gather(self._reading, return_exceptions=True)


def _verifying(trust_env: bool) -> ssl.SSLContext:
    context = trusting_nothing()
    read_certificates(context, trust_env=trust_env)
    return context


def _certifis_file() -> str:
    found = find_spec("certifi")
    file = Path(found.origin).with_name("cacert.pem") if found is not None and found.origin else None
    if file is not None and file.is_file():
        return str(file)
    import certifi

    return certifi.where()
