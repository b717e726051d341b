#!/usr/bin/env python3
"""Loads public Schematron sets with kirjuri and writes what of them compiles to docs/conformance/schematron-sets.md.

    scripts/survey-schematron.py FOLDER [--kirjuri BINARY] [--family NAME]... [--check]

FOLDER has the sets, laid out as their repositories have them, and `INDEX.md`, whose last table has a row for each schema:
family, repository, commit, path in FOLDER, query binding, and more columns that are not read here. The sets are never
part of this project; the table names the repositories and commits they were taken from. Each schema is loaded by a
process of its own, `kirjuri rules --format json SCHEMA`, as it is. With --family only these are loaded and the table is
printed instead of written; with --check the exit status is 1 where the file would change.

Assertions are those of the loaded schema, after abstract patterns and rules have been put in place: more than stand in
its files where these are used often.
"""

import argparse
import json
import re
import subprocess
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "docs/conformance/schematron-sets.md"
COMMAND = ["rules", "--format", "json"]
PATIENCE = 120


@dataclass
class Loaded:
    """What came of one schema."""

    family: str
    repository: str
    commit: str
    schema: str
    binding: str
    refused: str = ""
    assertions: int = 0
    compiled: int = 0
    seconds: float = 0.0
    reasons: Counter = field(default_factory=Counter)
    notes: Counter = field(default_factory=Counter)


def read(report, loaded):
    """Takes the figures out of the report of `kirjuri rules`; the only place that knows its shape.

    {"assertions": N, "compiled": N, "not_compiled": [{"reason": TEXT, …}, …], "notes": [{"kind" or "text": TEXT}, …]}
    """
    failed = report.get("not_compiled", [])
    loaded.assertions = report["assertions"]
    loaded.compiled = report.get("compiled", loaded.assertions - len(failed))
    for failure in failed:
        loaded.reasons[general(failure["reason"])] += 1
    for note in report.get("notes", []):
        loaded.notes[note.get("kind") or general(note["text"])] += 1


def general(reason):
    """A reason without what is particular to one place, so that like ones are counted together."""
    reason = re.sub(r"`[^`]*`|'[^']*'|\"[^\"]*\"|“[^”]*”", "…", reason.strip().splitlines()[0] if reason.strip() else "?")
    return re.sub(r"\d+", "N", reason)


def index(folder):
    """The rows of the index."""
    rows = []
    for line in (folder / "INDEX.md").read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) >= 5 and cells[3].endswith(".sch"):
            rows.append(Loaded(*cells[:5]))
    return rows


def load(kirjuri, folder, loaded):
    start = time.perf_counter()
    try:
        told = subprocess.run([kirjuri, *COMMAND, str(folder / loaded.schema)], capture_output=True, text=True,
                              timeout=PATIENCE, errors="replace")
        loaded.seconds = time.perf_counter() - start
        read(json.loads(told.stdout), loaded)
    except subprocess.TimeoutExpired:
        loaded.refused = f"not loaded within {PATIENCE} s"
    except (ValueError, KeyError, TypeError) as failure:
        said = [line for line in told.stderr.splitlines() if line.strip()]
        # The path is of this machine.
        loaded.refused = (said[0] if said else f"no report ({failure!r})").replace(str(folder) + "/", "")


def cell(text):
    return text.replace("|", "\\|")


def reasons(counter, most=4):
    named = [f"{cell(reason)} ({count:,})" if count > 1 else cell(reason) for reason, count in counter.most_common(most)]
    rest = sum(counter.values()) - sum(count for _, count in counter.most_common(most))
    return "; ".join(named + ([f"others ({rest:,})"] if rest else []))


def page(rows):
    """The whole file."""
    families = defaultdict(list)
    for row in rows:
        families[row.family].append(row)
    lines = ["# Public Schematron sets", "",
             "Which assertions of the rule sets of others compile, as they are. Written by `scripts/survey-schematron.py`; the",
             "sets are not part of this project.", "",
             "| family | repository | commit | schemas | loaded | assertions | compiled | not compiled |",
             "|---|---|---|--:|--:|--:|--:|--:|"]
    for family, of in families.items():
        total, compiled = sum(row.assertions for row in of), sum(row.compiled for row in of)
        lines.append(f"| {family} | {of[0].repository} | {of[0].commit} | {len(of)} | {sum(not row.refused for row in of)} | "
                     f"{total:,} | {compiled:,} | {total - compiled:,} |")
    total, compiled = sum(row.assertions for row in rows), sum(row.compiled for row in rows)
    lines.append(f"| all | | | {len(rows)} | {sum(not row.refused for row in rows)} | {total:,} | {compiled:,} | "
                 f"{total - compiled:,} |")
    for title, attribute in (("Why assertions do not compile", "reasons"), ("Leniencies noted", "notes")):
        counted = defaultdict(Counter)
        for row in rows:
            for reason, count in getattr(row, attribute).items():
                counted[reason][row.family] += count
        if counted:
            lines += ["", f"## {title}", "", "| what | times | families |", "|---|--:|---|"]
            for reason, where in sorted(counted.items(), key=lambda item: (-sum(item[1].values()), item[0])):
                lines.append(f"| {cell(reason)} | {sum(where.values()):,} | {', '.join(sorted(where))} |")
    refused = [row for row in rows if row.refused]
    if refused:
        lines += ["", "## Schemas that do not load", "", "| schema | why |", "|---|---|"]
        lines += [f"| {cell(row.schema)} | {cell(row.refused)} |" for row in refused]
    lines += ["", "## Schemas", "",
              "| family | schema | query binding | assertions | compiled | not compiled, and why |", "|---|---|---|--:|--:|---|"]
    for row in rows:
        schema = row.schema.removeprefix(row.family + "/")
        if row.refused:
            lines.append(f"| {row.family} | {cell(schema)} | {row.binding} | – | – | not loaded |")
        else:
            left = row.assertions - row.compiled
            why = f"{left:,}: {reasons(row.reasons)}" if left else ""
            lines.append(f"| {row.family} | {cell(schema)} | {row.binding} | {row.assertions:,} | {row.compiled:,} | {why} |")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kirjuri", default=str(ROOT / "target/release/kirjuri"))
    parser.add_argument("--family", action="append")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    rows = [row for row in index(options.folder) if not options.family or row.family in options.family]
    if not rows:
        raise SystemExit("the index names no schema")
    for row in rows:
        load(options.kirjuri, options.folder, row)
        print(f"{row.schema}: {row.refused or f'{row.compiled} of {row.assertions}, {row.seconds * 1e3:.0f} ms'}",
              file=sys.stderr)
    text = page(rows)
    if options.family:
        print(text, end="")
        return 0
    if options.check:
        return 0 if TABLE.exists() and TABLE.read_text("utf-8") == text else 1
    TABLE.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
