"""What the tests share: the documents of the project, and the rules that they are checked against."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import kirjuri

ROOT = Path(__file__).resolve().parents[3]
FIXTURES = ROOT / "fixtures"
WORLD = ROOT / "crates/kirjuri-cli/tests/world"


def documents(folder: str) -> list[Path]:
    """The documents of a folder of fixtures, in the order of the command."""
    found = sorted((FIXTURES / folder).glob("*.xml"))
    assert found
    return found


@pytest.fixture(scope="session")
def rules() -> kirjuri.RuleSet:
    return kirjuri.RuleSet()


@pytest.fixture(scope="session")
def command() -> Path:
    named = os.environ.get("KIRJURI_COMMAND")
    if named is None:
        pytest.skip("KIRJURI_COMMAND does not name the command to compare with")
    return Path(named)
