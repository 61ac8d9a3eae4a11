"""A mutation is registered by being defined, and the journal knows every one before it reads."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass

import pytest

from jpmanage_tui.api.errors import ApiError
from jpmanage_tui.operations.mutation import (
    EMPTY_SNAPSHOT,
    MUTATIONS,
    CheckResult,
    Mutation,
    Secrets,
    Verification,
    mutation_from_json,
)
from jpmanage_tui.operations.mutations.account import RefreshUserToken
from jpmanage_tui.operations.ports import ClientPort
from tests.operations.fakes import FakeServer


def test_what_is_defined_with_a_kind_comes_back_from_the_journal() -> None:
    @dataclass(frozen=True)
    class RenameSite(Mutation[None], kind="rename_site"):
        name: str

        @property
        def conflict_key(self) -> str:
            return f"site:{self.name}"

        def summary(self) -> str:
            return f"Rename {self.name}"

        async def send(self, client: ClientPort, secrets: Secrets) -> None:
            raise ApiError("never sent")

    try:
        assert mutation_from_json("rename_site", RenameSite("a.example").to_json()) == RenameSite("a.example")
        with pytest.raises(TypeError, match="is the kind of RenameSite already"):
            type("Another", (Mutation,), {}, kind="rename_site")
        assert MUTATIONS["rename_site"] is RenameSite
    finally:
        del MUTATIONS["rename_site"]


def test_a_base_of_mutations_is_no_kind_of_change() -> None:
    assert "" not in MUTATIONS
    assert all(mutation.kind == kind for kind, mutation in MUTATIONS.items())


def test_who_imports_the_journal_alone_has_every_mutation() -> None:
    code = (
        "import jpmanage_tui.operations.journal; from jpmanage_tui.operations.mutation import MUTATIONS;"
        "print(*sorted(MUTATIONS))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.split() == sorted(MUTATIONS)


async def test_a_mutation_without_a_look_up_of_its_own_stays_unclear() -> None:
    assert await RefreshUserToken("acme").verify(FakeServer(), EMPTY_SNAPSHOT) == Verification(
        CheckResult.UNCLEAR, "There is nothing by which it could be looked up."
    )
