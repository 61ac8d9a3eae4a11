"""Which certificates are trusted."""

import importlib.util
from pathlib import Path

import certifi
import httpx
import pytest

from jpmanage_tui.api import http


def _trusted(context: object) -> list[object]:
    return context.get_ca_certs()  # type: ignore[attr-defined, no-any-return]


def test_what_httpx_trusts_is_trusted() -> None:
    assert _trusted(http.trusted_context()) == _trusted(httpx.create_ssl_context())
    assert http.trusted_context().check_hostname


def test_the_users_own_certificates_take_their_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = Path(certifi.where()).read_text(encoding="utf-8").partition("-----END CERTIFICATE-----")
    file = tmp_path / "own.pem"
    file.write_text(first[0] + first[1], encoding="utf-8")
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    assert len(_trusted(http.trusted_context())) == 1


def test_without_certifis_file_httpx_says_what_is_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "find_spec", lambda _name: importlib.util.find_spec("json"))
    assert _trusted(http.trusted_context()) == _trusted(httpx.create_ssl_context())
