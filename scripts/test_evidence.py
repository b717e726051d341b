"""Asks the evidence of runs on the fixtures, in SQL, whether its tables open, join and add up.

    test_evidence.py COMMAND FOLDER

scripts/test-evidence runs it.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import duckdb

TABLES = ["documents", "findings", "rules", "groups", "group_rules"]
DIMENSIONS = ["area", "author-role", "document-type", "form", "month", "provider", "software", "unit"]
#: Folders of the fixtures and how each is checked.
RUNS = {
    "documents": ["fixtures/documents", "fixtures/unreadable", "fixtures/foreign"],
    "social": ["fixtures/social"],
    "series": ["fixtures/series"],
}


def check(command: str, folder: pathlib.Path, inputs: list[str], *more: str) -> None:
    arguments = [command, "check", *inputs, "--as-of", "2026-11-22", "--fail-on", "never", "--evidence", str(folder)]
    output = ["--output", f"parquet={folder}.parquet", "--output", f"json={folder}.json"]
    done = subprocess.run([*arguments, *output, *more], capture_output=True, text=True, check=False)
    # Some fixtures cannot be read, which is status 2.
    assert done.returncode in (0, 2), done.stderr
    assert (folder / "run.json").is_file(), done.stderr


class Evidence:
    def __init__(self, folder: pathlib.Path) -> None:
        self.connection = duckdb.connect()
        self.run = json.loads((folder / "run.json").read_text())
        self.report = json.loads(pathlib.Path(f"{folder}.json").read_text())
        for table in TABLES:
            self.connection.execute(f"CREATE VIEW {table} AS SELECT * FROM '{folder / table}.parquet'")
        self.connection.execute(f"CREATE VIEW report AS SELECT * FROM '{folder}.parquet'")

    def rows(self, query: str) -> list[tuple]:
        return self.connection.execute(query).fetchall()

    def none(self, query: str) -> None:
        rows = self.rows(query)
        assert not rows, f"{query}\n{rows[:10]}"

    def one(self, query: str) -> object:
        return self.rows(query)[0][0]


def adds_up(evidence: Evidence) -> None:
    account = evidence.run["account"]
    assert account["seen"] == account["checked"] + account["unreadable"] + account["skipped"]
    assert evidence.one("SELECT count(*) FROM documents") == account["seen"]
    counted = dict(evidence.rows("SELECT status, count(*) FROM documents GROUP BY status"))
    for status in ("checked", "unreadable", "skipped"):
        assert counted.get(status, 0) == account[status], status
    evidence.none("SELECT * FROM documents WHERE (reason IS NULL) <> (status = 'checked')")
    evidence.none("SELECT document FROM documents GROUP BY document HAVING count(*) > 1")
    evidence.none("SELECT * FROM documents WHERE NOT regexp_full_match(document, '[0-9a-f]{16}')")

    # Findings belong to a document that was checked and to a rule.
    evidence.none("SELECT f.* FROM findings f ANTI JOIN documents d ON f.document = d.document AND d.status = 'checked'")
    evidence.none("SELECT f.* FROM findings f ANTI JOIN rules r USING (rule, severity)")
    for table, keys in {
        "documents": ["document", "status"],
        "findings": ["document", "rule", "path"],
        "rules": ["rule", "pack"],
        "groups": ["dimension"],
        "group_rules": ["dimension", "rule"],
    }.items():
        for key in keys:
            evidence.none(f"SELECT * FROM {table} WHERE {key} IS NULL OR {key} = ''")
    evidence.none("SELECT * FROM findings WHERE line < 1 OR \"column\" < 1")

    # What documents count is what findings are.
    for severity, column in {"error": "errors", "warning": "warnings", "info": "infos"}.items():
        evidence.none(
            f"SELECT d.document FROM documents d LEFT JOIN findings f ON f.document = d.document "
            f"AND f.severity = '{severity}' AND NOT f.series AND NOT f.known "
            f"GROUP BY d.document, d.{column} HAVING count(f.rule) <> d.{column}"
        )

    # A rule fails where it finds something, and at most where it applied.
    evidence.none("SELECT * FROM rules WHERE failed > applied OR documents_failed > documents")
    evidence.none("SELECT * FROM rules WHERE documents_failed > failed")
    evidence.none(
        "SELECT r.rule FROM rules r LEFT JOIN findings f USING (rule) "
        "GROUP BY r.rule, r.failed HAVING (count(f.rule) > 0) <> (r.failed > 0) OR count(f.rule) < r.failed"
    )
    evidence.none(
        "SELECT r.rule FROM rules r LEFT JOIN findings f ON f.rule = r.rule AND NOT f.series "
        "GROUP BY r.rule, r.documents_failed HAVING count(DISTINCT f.document) <> r.documents_failed"
    )
    evidence.none("SELECT rule FROM rules WHERE criterion IS NULL OR title_fi = '' OR title_sv = '' OR title_en = ''")
    reported = {rule["rule"]: (rule["applied"], rule["failed"]) for rule in evidence.report["rules"]}
    for rule, applied, failed in evidence.rows("SELECT rule, applied, failed FROM rules WHERE applied > 0"):
        assert reported[rule] == (applied, failed), rule

    # Every dimension has every document once.
    assert [row[0] for row in evidence.rows("SELECT DISTINCT dimension FROM groups ORDER BY 1")] == DIMENSIONS
    evidence.none(
        f"SELECT dimension FROM groups GROUP BY dimension HAVING sum(documents) <> {account['checked']} "
        "OR sum(errors) <> (SELECT sum(errors) FROM documents) "
        "OR sum(documents_failed) <> (SELECT count(*) FROM documents WHERE errors + warnings + infos > 0)"
    )
    evidence.none("SELECT dimension, value FROM groups GROUP BY ALL HAVING count(*) > 1")
    evidence.none(
        "SELECT g.* FROM group_rules g ANTI JOIN groups k ON g.dimension = k.dimension "
        "AND g.value IS NOT DISTINCT FROM k.value"
    )
    evidence.none(
        "SELECT dimension, rule FROM group_rules JOIN rules USING (rule) "
        "GROUP BY dimension, rule, rules.documents, rules.documents_failed "
        "HAVING sum(group_rules.documents) <> rules.documents "
        "OR sum(group_rules.documents_failed) <> rules.documents_failed"
    )
    for dimension, column in {"unit": "unit", "provider": "provider", "form": "form", "month": "month"}.items():
        evidence.none(
            f"SELECT g.value, g.documents, d.documents FROM (SELECT * FROM groups WHERE dimension = '{dimension}') g "
            f"FULL JOIN (SELECT {column} AS value, count(*) AS documents FROM documents WHERE status = 'checked' "
            f"GROUP BY {column}) d ON g.value IS NOT DISTINCT FROM d.value WHERE g.documents IS DISTINCT FROM d.documents"
        )

    # The report of findings has the same rows, with paths.
    assert evidence.one("SELECT count(*) FROM report") == evidence.one("SELECT count(*) FROM findings")
    evidence.none(
        "SELECT rule, path, line, \"column\" FROM report EXCEPT ALL SELECT rule, path, line, \"column\" FROM findings"
    )


def says_nothing_of_people(evidence: Evidence, inputs: list[str]) -> None:
    """No path, name of a person or personal identity code is in any cell."""
    cells = set()
    # The texts of rules are the pack's own.
    for table in [table for table in TABLES if table != "rules"]:
        for row in evidence.rows(f"SELECT * FROM {table}"):
            cells.update(cell for cell in row if isinstance(cell, str))
    text = "\n".join(sorted(cells)) + json.dumps(evidence.run)
    assert not re.search(r"\b\d{6}[-+A-FU-Y]9\d\d[0-9A-Y]\b", text)
    names = set()
    for path in (path for folder in inputs for path in pathlib.Path(folder).rglob("*") if path.is_file()):
        assert path.name not in text, path
        content = path.read_text(errors="replace")
        names.update(re.findall(r"<(?:\w+:)?(?:given|family)\b[^>]*>([^<]{4,})<", content))
        names.update(re.findall(r'"(?:sukunimi|etunimet)":\s*"([^"]{4,})"', content))
    found = [name for name in names if name in text]
    assert not found, found


def main() -> None:
    command, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    findings = 0
    for name, inputs in RUNS.items():
        check(command, folder / name, inputs)
        evidence = Evidence(folder / name)
        adds_up(evidence)
        says_nothing_of_people(evidence, inputs)
        findings += evidence.one("SELECT count(*) FROM findings")
        print(f"{name}: {evidence.run['account']['seen']} documents add up")
    assert findings > 100, findings

    # The same secret gives the same bytes at the same time, another the same but for the hashes.
    os.environ["SOURCE_DATE_EPOCH"] = "1782900000"
    salts = []
    for number, secret in enumerate(["the secret of this test", "the secret of this test", "another secret of it"]):
        salt = folder / f"salt-{number}"
        salt.write_text(secret)
        check(command, folder / f"salted-{number}", RUNS["social"], "--salt-file", str(salt), "--jobs", str(number + 1))
        salts.append({path.name: path.read_bytes() for path in (folder / f"salted-{number}").iterdir()})
    assert salts[0] == salts[1]
    assert {name for name in salts[0] if salts[0][name] != salts[2][name]} == {"documents.parquet", "findings.parquet"}
    print("the same documents, rules and salt give the same bytes")

    merged = folder / "merged"
    subprocess.run(
        [command, "merge", str(folder / "documents"), str(folder / "social"), "-o", str(merged)],
        check=True,
        capture_output=True,
    )
    both = duckdb.sql(f"SELECT sum(applied), sum(failed) FROM '{merged}/rules.parquet'").fetchall()
    parts = duckdb.sql(
        f"SELECT sum(applied), sum(failed) FROM read_parquet(['{folder}/documents/rules.parquet', "
        f"'{folder}/social/rules.parquet'])"
    ).fetchall()
    assert both == parts, (both, parts)
    small = duckdb.sql(f"SELECT * FROM '{merged}/groups.parquet' WHERE documents BETWEEN 1 AND 4").fetchall()
    assert not small, small
    print("merged evidence adds up and shows no small group")


if __name__ == "__main__":
    main()
