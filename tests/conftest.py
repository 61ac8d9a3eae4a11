"""What holds for every test."""

from tests.environment import settle

settle()
