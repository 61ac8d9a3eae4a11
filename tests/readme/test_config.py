"""The README's example of config.toml can be used as it stands."""

import re
from pathlib import Path

from jpmanage_tui.config.keymap import Keymap
from jpmanage_tui.config.load_settings import load_settings

README = Path(__file__).parents[2] / "README.md"


def test_the_example_is_accepted_and_its_keys_take_no_others_place(tmp_path: Path) -> None:
    example = re.search(r"```toml\n(token_command.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert example is not None
    file = tmp_path / "config.toml"
    file.write_text(example[1])
    settings = load_settings({}, file)
    assert settings.keys
    Keymap(settings.keys).check()
