"""Documents one by one: what is found, and how it is told."""

from __future__ import annotations

import array
import datetime
import json
import mmap
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from conftest import FIXTURES, documents

import kirjuri

FAULTY = FIXTURES / "documents/archive-future-faults.xml"
JUNE = datetime.date(2026, 6, 30)


def table(reports: list[kirjuri.Report]) -> str:
    """The findings as `expected.txt` has them."""
    lines = []
    for report in reports:
        assert report.status == "checked" and report.name is not None
        lines.append(Path(report.name).name)
        for finding in report.findings:
            place = finding.place
            line = f"  {place.line}:{place.column} {finding.rule} {place.path}"
            if place.inner is not None:
                line += f" > {place.inner.line}:{place.inner.column} {place.inner.path}"
            lines.append(line + "".join(f" [{field}]" for field in finding.fields))
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
@pytest.mark.parametrize(("folder", "day"), [("documents", JUNE), ("social", datetime.date(2026, 11, 22))])
def test_the_fixtures_give_the_findings_they_must(
    rules: kirjuri.RuleSet, folder: str, day: datetime.date, language: Any
) -> None:
    reports = list(rules.check_many(documents(folder), language=language, as_of=day))
    expected = (FIXTURES / folder / "expected.txt").read_text(encoding="utf-8")
    # What rules on series find is said of a batch, not of a document.
    lines = [line for line in expected.splitlines(keepends=True) if " < " not in line and " kanta-series/" not in line]
    assert table(reports) == "".join(lines)
    assert all(report.language == language for report in reports)


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
@pytest.mark.parametrize("folder", ["documents", "social", "foreign", "unreadable", "xml"])
def test_the_json_is_that_of_the_command(
    rules: kirjuri.RuleSet, command: Path, folder: str, language: Any
) -> None:
    paths = documents(folder)
    arguments = ["check", *map(str, paths), "--as-of", "2026-06-30", "--lang", language, "--format", "json"]
    output = subprocess.run([command, *arguments], stdout=subprocess.PIPE, check=False).stdout
    expected = json.loads(output)["documents"]
    reports = list(rules.check_many(paths, language=language, as_of=JUNE))
    assert [json.loads(report.to_json()) for report in reports] == expected
    assert [report.to_dict() for report in reports] == expected


def test_a_document_alone_is_checked_as_in_a_batch_of_one(rules: kirjuri.RuleSet) -> None:
    for path in documents("documents"):
        alone = rules.check(path.read_bytes(), name=str(path), as_of=JUNE)
        (batch,) = rules.check_many([path], as_of=JUNE)
        assert alone.to_json() == batch.to_json()
        assert alone.findings == batch.findings


def test_a_document_comes_in_any_object_that_holds_bytes(rules: kirjuri.RuleSet) -> None:
    data = FAULTY.read_bytes()
    expected = rules.check(data).findings
    assert expected
    assert rules.check(bytearray(data)).findings == expected
    assert rules.check(memoryview(data)).findings == expected
    assert rules.check(array.array("b", data)).findings == expected
    assert rules.check(data.decode()).findings == expected
    with FAULTY.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        assert rules.check(mapped).findings == expected


def test_a_text_that_names_the_encoding_it_no_longer_has_is_refused(rules: kirjuri.RuleSet) -> None:
    with pytest.raises(ValueError, match="declares the encoding \"ISO-8859-1\""):
        rules.check("<?xml version='1.0' encoding = 'ISO-8859-1'?><a/>")
    assert rules.check('<?xml version="1.0" encoding="UTF-8"?><a/>').status == "skipped"


@pytest.mark.parametrize(
    ("data", "says"),
    [(5, "not int"), (None, "not NoneType"), ([b"<a/>"], "not list"), (FAULTY, "path.read_bytes()")],
)
def test_what_holds_no_document_is_a_type_error(rules: kirjuri.RuleSet, data: Any, says: str) -> None:
    with pytest.raises(TypeError) as caught:
        rules.check(data)
    assert says in str(caught.value)


def test_what_cannot_be_read_is_told_and_not_raised(rules: kirjuri.RuleSet) -> None:
    report = rules.check(b"<a>\n  <b></a>", language="en", name="a.xml")
    assert (report.status, report.name, report.findings, report.missing) == ("unreadable", "a.xml", [], [])
    error = report.error
    assert error is not None
    assert (error.kind, error.line, error.column, error.offset, error.rule) == ("mismatched-tag", 2, 6, 9, None)
    assert str(error) == f"2:6: {error.message}"
    assert rules.check(b"", language="sv").status == "unreadable"
    (gone,) = rules.check_many([Path("no-such-file.xml")], language="en")
    assert gone.error is not None
    assert (gone.error.kind, gone.error.line, str(gone.error)) == ("not-found", None, "there is no such file")


def test_a_document_that_no_pack_is_about_is_skipped(rules: kirjuri.RuleSet) -> None:
    report = rules.check(b"<letter/>", language="en")
    assert (report.status, report.error, report.findings) == ("skipped", None, [])
    assert report.to_dict() == {
        "path": "-",
        "status": "skipped",
        "reason": {"kind": "no-pack-applies", "message": "no rule pack applies to the document"},
    }


def test_findings_are_kept_up_to_a_number_and_counted_all(rules: kirjuri.RuleSet) -> None:
    whole, some = rules.check(FAULTY.read_bytes(), as_of=JUNE), rules.check(FAULTY.read_bytes(), as_of=JUNE, max_findings=2)
    assert some.findings == whole.findings[:2] and len(whole.findings) == 5
    assert some.counts == whole.counts == {"error": 4, "warning": 1, "info": 0}
    assert len(some.to_dict()["findings"]) == 2
    assert rules.check(FAULTY.read_bytes(), max_findings=0).findings == []


def test_findings_are_values(rules: kirjuri.RuleSet) -> None:
    one, other = rules.check(FAULTY.read_bytes()), rules.check(FAULTY.read_bytes(), language="en")
    assert len(set(one.findings) | set(other.findings)) == len(one.findings) > 1
    assert one.findings[0].place == other.findings[0].place != one.findings[1].place
    assert hash(one.findings[0].place) == hash(other.findings[0].place)
    assert one.findings[0] != one.findings[1] and one.findings[0] != "a finding"
    with pytest.raises(AttributeError):
        one.findings[0].rule = "other"  # type: ignore[misc]


def test_a_finding_is_known_again_in_another_export(rules: kirjuri.RuleSet) -> None:
    data = FAULTY.read_bytes()
    report = rules.check(data, as_of=JUNE)
    known = [finding.fingerprint for finding in report.findings]
    assert known == [finding["fingerprint"] for finding in report.to_dict()["findings"]]
    assert all(one is not None and re.fullmatch("[0-9a-f]{32}", one) for one in known)
    assert len(set(known)) == len(known) == 5
    # White space and comments move the places.
    exported = rules.check(data.replace(b"\n", b"\n\n <!-- -->"), as_of=JUNE, language="sv", name="other.xml")
    assert [finding.fingerprint for finding in exported.findings] == known
    assert exported.findings[0].place != report.findings[0].place
    # What is kept of many is known as it is among all.
    some = rules.check(data, as_of=JUNE, max_findings=2)
    assert [finding.fingerprint for finding in some.findings] == known[:2]


def test_a_draft_has_no_fingerprints(rules: kirjuri.RuleSet) -> None:
    draft = rules.check(FAULTY.read_bytes(), draft=True, as_of=JUNE)
    assert draft.findings and all(finding.fingerprint is None for finding in draft.findings)
    assert not any("fingerprint" in finding for finding in draft.to_dict()["findings"])


def test_nothing_that_is_printed_holds_content(rules: kirjuri.RuleSet) -> None:
    data = FAULTY.read_bytes().replace(b"<title>", b"<title>Salainen ")
    report = rules.check(data, name="Salainen.xml")
    printed = [repr(report), repr(report.findings), repr([finding.place for finding in report.findings])]
    assert report.findings and not any("Salainen" in text or "-900" in text for text in printed)


def test_the_day_judges(rules: kirjuri.RuleSet) -> None:
    data = FAULTY.read_bytes()
    future = "kanta-header/future-creation-time"
    assert future in {finding.rule for finding in rules.check(data, as_of=JUNE).findings}
    assert future not in {finding.rule for finding in rules.check(data).findings}
    assert future not in {finding.rule for finding in rules.check(data, as_of=datetime.date(2100, 1, 1)).findings}
    own = {finding.rule for finding in rules.check(data, as_of="document").findings}
    assert future not in own and own
    wrong: Any = "2026-06-30"
    with pytest.raises(TypeError, match="datetime.date.fromisoformat"):
        rules.check(data, as_of=wrong)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"language": "fin"}, "did you mean `fi`?"),
        ({"language": "de"}, "it is 'fi', 'sv' or 'en'"),
        ({"max_findings": -1}, "max_findings"),
        ({"name": "a" * 100_000}, "at most 65536 bytes"),
    ],
)
def test_values_that_are_none_are_value_errors(rules: kirjuri.RuleSet, arguments: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError) as caught:
        rules.check(b"<a/>", **arguments)
    assert says in str(caught.value)


def test_a_draft_is_checked_again(rules: kirjuri.RuleSet) -> None:
    data = FAULTY.read_bytes()
    first = rules.check(data, draft=True, as_of=JUNE)
    again = rules.check(data, draft=True, as_of=JUNE, previous=first)
    assert again.findings == first.findings and again.missing == first.missing
    assert (again.is_fragment, again.unfinished) == (False, None)
    # One that could not be read is no help, and no harm.
    broken = rules.check(b"\x00", draft=True)
    assert rules.check(data, draft=True, as_of=JUNE, previous=broken).findings == first.findings
    found = {(finding.rule, finding.place) for finding in rules.check(data, as_of=JUNE).findings}
    assert {(finding.rule, finding.place) for finding in first.findings} <= found


def test_an_earlier_report_is_of_a_draft_and_of_the_same_rules(rules: kirjuri.RuleSet) -> None:
    data = FAULTY.read_bytes()
    draft, whole = rules.check(data, draft=True), rules.check(data)
    with pytest.raises(ValueError, match="draft=True"):
        rules.check(data, previous=draft)
    with pytest.raises(ValueError, match="made without draft=True"):
        rules.check(data, draft=True, previous=whole)
    with pytest.raises(ValueError, match="another rule set"):
        kirjuri.RuleSet("kanta-header").check(data, draft=True, previous=draft)
