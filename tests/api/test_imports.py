"""What importing the client loads."""

import subprocess
import sys

import pytest

PROGRAM = """
import sys
sys.modules["click"] = None  # else httpx loads its own command line, and that loads rich
import {module}
print(*(name for name, loaded in sys.modules.items() if loaded is not None))
"""


def loaded_by(module: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(module=module)], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "module", ["jpmanage_tui.api", "jpmanage_tui.api.client", "jpmanage_tui.rules.cards"]
)
def test_importing_the_client_loads_no_user_interface(module: str) -> None:
    loaded = loaded_by(module)
    assert not loaded & {
        "textual",
        "rich",
        "pygments",
        "starlette",
        "jpmanage_tui.ui",
        "jpmanage_tui.sandbox",
    }


def test_importing_the_client_leaves_what_few_need_for_later() -> None:
    loaded = loaded_by("jpmanage_tui.api.client")
    late = [
        "billing",
        "licenses",
        "partner",
        "products",
        "sites",
        "oauth",
        "stripe",
        "pdf",
        "invoices",
        "payment_methods",
        "countries",
    ]
    assert not loaded & {f"jpmanage_tui.api.{name}" for name in late}
    assert "stdnum" not in loaded_by("jpmanage_tui.rules.cards")
