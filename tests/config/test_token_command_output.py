"""What a token command prints beside the token is shown to nobody: it could hold the secret."""

from __future__ import annotations

import shlex
import sys

import pytest

from jpmanage_tui.config.errors import ConfigError
from jpmanage_tui.config.tokens import run_token_command


def python(code: str) -> str:
    """A command that runs Python code."""
    return shlex.join([sys.executable, "-c", code])


def test_the_error_output_of_a_command_that_works_goes_nowhere(capfd: pytest.CaptureFixture[str]) -> None:
    token = run_token_command(
        python("import sys; sys.stderr.write('hush\\n'); print('abc')"), "token_command"
    )
    assert token.get_secret_value() == "abc"
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("code", ["sys.exit(9)", "print('two words')", "print('')"])
def test_nothing_that_a_failing_command_prints_is_shown_or_told(
    capfd: pytest.CaptureFixture[str], code: str
) -> None:
    noisy = f"import sys; sys.stderr.write('hush\\n'); sys.stdout.write('' if 'print' in {code!r} else 'hush'); {code}"
    with pytest.raises(ConfigError) as caught:
        run_token_command(python(noisy), "token_command")
    assert "hush" not in caught.value.sentence.replace(noisy, "")
    assert capfd.readouterr() == ("", "")
