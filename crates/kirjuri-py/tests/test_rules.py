"""Rule sets: which packs they have, and what is told of rules and of broken packs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from conftest import FIXTURES, ROOT, WORLD

import kirjuri


def test_the_version_is_that_of_the_project() -> None:
    manifest = (ROOT / "Cargo.toml").read_text(encoding="utf-8")
    (version,) = re.findall(r'^version = "(.*)"$', manifest, re.MULTILINE)
    assert kirjuri.__version__ == version


def test_all_built_in_packs_are_there_unless_some_are_named(rules: kirjuri.RuleSet) -> None:
    assert tuple(pack.id for pack in rules.packs) == kirjuri.BUILT_IN_PACKS
    assert len(rules) == len(list(rules)) == sum(pack.rules for pack in rules.packs)
    some = kirjuri.RuleSet(["kanta-header", "social"])
    assert [(pack.id, pack.kind) for pack in some.packs] == [("kanta-header", "native"), ("social", "native")]
    assert set(some) < set(rules)
    assert set(some.packs[0].titles) == {"fi", "sv", "en"}
    assert list(kirjuri.RuleSet("social")) == [rule for rule in rules if rule.startswith("social/")]


def test_a_pack_is_a_folder_or_a_schema_too() -> None:
    rules = kirjuri.RuleSet([WORLD / "packs/notes", str(WORLD / "schemas/house.sch")])
    assert [(pack.id, pack.kind) for pack in rules.packs] == [("notes", "native"), ("house", "schematron")]
    found = {pack: [rule for rule in rules if rule.startswith(f"{pack}/")] for pack in ("notes", "house")}
    assert all(found.values())
    assertion = rules.rule(found["house"][0])
    assert (assertion.criterion, assertion.why, assertion.guidelines) == (None, None, []) and assertion.title
    report = rules.check((WORLD / "notes/empty.xml").read_bytes())
    assert report.status == "checked" and report.findings


def test_a_rule_is_told_in_a_language(rules: kirjuri.RuleSet) -> None:
    rule = rules.rule("kanta-header/malformed-hetu", "en")
    assert (rule.id, rule.severity, rule.criterion) == ("kanta-header/malformed-hetu", "error", "correctness")
    assert rule.title and rule.why and rule.fix
    assert rule.title != rules.rule(rule.id).title != rules.rule(rule.id, language="sv").title
    assert rule.guidelines[0].key and rule.guidelines[0].clause and rule.guidelines[0].title
    assert rule.guidelines[0].publisher
    for known in rules:
        days = [(guideline.valid_from, guideline.valid_to) for guideline in rules.rule(known).guidelines]
        assert all(first is None or last is None or first <= last for first, last in days)


def test_a_rule_that_is_not_there_is_a_key_error(rules: kirjuri.RuleSet) -> None:
    assert "kanta-header/malformed-hetu" in rules and "kanta-header/other" not in rules and 5 not in rules
    with pytest.raises(KeyError, match="did you mean `kanta-header/malformed-hetu`"):
        rules.rule("kanta-header/malformed-heta")


def test_a_pack_that_is_not_there_is_told_with_what_was_meant() -> None:
    with pytest.raises(kirjuri.PackError, match="did you mean `kanta-header`") as caught:
        kirjuri.RuleSet("kanta-heder")
    assert caught.value.faults == []
    with pytest.raises(kirjuri.PackError, match="two packs of the name `social`"):
        kirjuri.RuleSet(["social", "social"])


@pytest.mark.parametrize("folder", ["broken", "unproved"])
def test_a_broken_pack_is_told_with_all_its_faults(folder: str) -> None:
    with pytest.raises(kirjuri.PackError) as caught:
        kirjuri.RuleSet(WORLD / "packs" / folder)
    faults = caught.value.faults
    assert faults and all(fault.line >= 1 and fault.column >= 1 and fault.message for fault in faults)
    assert all(Path(fault.path).is_file() for fault in faults)
    assert all(str(fault) in str(caught.value) for fault in faults)


def test_a_schema_that_is_none_is_told_with_its_place() -> None:
    path = FIXTURES / "documents/archive-clean.xml"
    with pytest.raises(kirjuri.PackError) as caught:
        kirjuri.RuleSet(path)
    assert caught.value.faults[0].path == str(path)


@pytest.mark.parametrize("packs", [5, [5], [b"social"]])
def test_a_pack_is_named_by_a_text_or_a_path(packs: Any) -> None:
    with pytest.raises(TypeError, match="a str or a path"):
        kirjuri.RuleSet(packs)


def test_no_pack_is_not_all_packs() -> None:
    with pytest.raises(ValueError, match="no pack is named"):
        kirjuri.RuleSet([])
