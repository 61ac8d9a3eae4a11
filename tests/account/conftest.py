"""Fixtures: an environment with folders of its own and a sandbox over real HTTP, as the command line's tests have it."""

from tests.cli.conftest import cli as cli, url as url
