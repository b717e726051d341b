"""Findings as Arrow tables."""

from __future__ import annotations

import io
from typing import Any

import pytest
from conftest import documents

import kirjuri

pyarrow: Any = pytest.importorskip("pyarrow")
ALL = documents("documents") + documents("social") + documents("unreadable") + documents("foreign")


def rows(table: kirjuri.Table | kirjuri.Tables) -> list[dict[str, Any]]:
    whole = pyarrow.table(table)
    whole.validate(full=True)
    found: list[dict[str, Any]] = whole.to_pylist()
    return found


def test_the_tables_say_what_the_reports_say(rules: kirjuri.RuleSet) -> None:
    tables = rules.check_table(ALL, language="sv", threads=4)
    expected = []
    reports = list(rules.check_many(ALL, language="sv"))
    for number, report in enumerate(reports):
        for finding in report.findings:
            place, inner = finding.place, finding.place.inner
            expected.append({
                "number": number,
                "document": report.name,
                "rule": finding.rule,
                "severity": finding.severity,
                "criterion": rules.rule(finding.rule).criterion,
                "title": finding.title,
                "path": place.path,
                "line": place.line,
                "column": place.column,
                "start": place.start,
                "end": place.end,
                "inner_path": inner.path if inner else None,
                "inner_line": inner.line if inner else None,
                "inner_column": inner.column if inner else None,
            })
    assert rows(tables) == rows(tables.findings) == expected
    assert any(row["inner_path"] for row in expected)
    assert rows(tables.documents) == [
        {
            "number": number,
            "document": report.name,
            "status": report.status,
            "findings": len(report.findings),
            "errors": report.counts["error"],
            "warnings": report.counts["warning"],
            "infos": report.counts["info"],
            "missing": 0,
            "error": report.error.kind if report.error else None,
        }
        for number, report in enumerate(reports)
    ]
    assert (len(tables.findings), len(tables.documents)) == (len(expected), len(reports))


def test_a_table_can_be_read_again_and_outlives_what_made_it(rules: kirjuri.RuleSet) -> None:
    tables = rules.check_table(ALL[:5])
    first, second = pyarrow.table(tables.findings), pyarrow.table(tables.findings)
    del tables
    assert first.equals(second) and first.num_rows > 0
    assert pyarrow.RecordBatchReader.from_stream(rules.check_table(ALL[:5])).read_all().equals(first)


def test_a_table_without_rows_has_its_columns(rules: kirjuri.RuleSet) -> None:
    tables = rules.check_table([])
    assert rows(tables.findings) == rows(tables.documents) == []
    assert pyarrow.table(tables.findings).column_names == tables.findings.column_names
    assert pyarrow.schema(tables) == pyarrow.table(tables).schema
    assert [row["document"] for row in rows(rules.check_table([b"<a/>"]).documents)] == [None]


def test_a_capsule_that_nobody_reads_is_freed(rules: kirjuri.RuleSet) -> None:
    tables = rules.check_table(ALL[:2])
    for _ in range(1000):
        tables.__arrow_c_stream__()
        tables.findings.__arrow_c_stream__(None)
        tables.__arrow_c_schema__()


def test_many_rows_are_many_batches(rules: kirjuri.RuleSet) -> None:
    data = documents("documents")[1].read_bytes()
    table = pyarrow.table(rules.check_table([data] * 10).findings)
    assert table.num_rows % 10 == 0 and table.num_rows > 10
    parquet: Any = pytest.importorskip("pyarrow.parquet")
    written = io.BytesIO()
    parquet.write_table(table, written)
    written.seek(0)
    assert parquet.read_table(written).num_rows == table.num_rows


def test_what_goes_wrong_in_a_batch_is_raised(rules: kirjuri.RuleSet) -> None:
    wrong: list[Any] = [b"<a/>", 5]
    with pytest.raises(TypeError, match="document 1 of the iterable"):
        rules.check_table(wrong)
