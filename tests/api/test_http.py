"""Which certificates are trusted."""

import importlib.util
from pathlib import Path

import certifi
import httpx
import pytest

from jpmanage_tui.api import certificates as http


def _trusted() -> list[object]:
    context = http.trusting_nothing()
    assert context.get_ca_certs() == []
    http.read_certificates(context)
    return list(context.get_ca_certs())


def _of_httpx() -> list[object]:
    return list(httpx.create_ssl_context().get_ca_certs())


def test_what_httpx_trusts_is_trusted() -> None:
    assert _trusted() == _of_httpx()


def test_servers_are_verified_as_httpx_does_it() -> None:
    ours, theirs = http.trusting_nothing(), httpx.create_ssl_context()
    assert (ours.check_hostname, ours.verify_mode) == (theirs.check_hostname, theirs.verify_mode)
    assert ours.verify_flags == theirs.verify_flags
    assert ours.minimum_version == theirs.minimum_version
    assert ours.options == theirs.options


def test_the_users_own_certificates_take_their_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = Path(certifi.where()).read_text(encoding="utf-8").partition("-----END CERTIFICATE-----")
    file = tmp_path / "own.pem"
    file.write_text(first[0] + first[1], encoding="utf-8")
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    assert len(_trusted()) == 1


def test_without_certifis_file_httpx_says_what_is_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "find_spec", lambda _name: importlib.util.find_spec("json"))
    assert _trusted() == _of_httpx()
