"""The examples of the README run as they stand."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from conftest import FIXTURES


def test_the_examples_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("pyarrow")
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    examples = re.findall(r"^```python\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)
    assert len(examples) == 5
    faulty = FIXTURES / "documents/prescription-patient-faults.xml"
    shutil.copy(faulty, tmp_path / "prescription.xml")
    shutil.copytree(FIXTURES / "documents", tmp_path / "export")
    monkeypatch.chdir(tmp_path)
    # One after the other: the later ones use what the earlier ones made.
    names: dict[str, object] = {"text": faulty.read_text(encoding="utf-8")}
    for example in examples:
        exec(compile(example, "README.md", "exec"), names)
    printed = capsys.readouterr().out
    assert "kanta-header/" in printed and "prescription-clean.xml checked 0" in printed
