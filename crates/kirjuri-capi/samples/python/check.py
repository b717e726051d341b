#!/usr/bin/env python3
"""Checks a document that is still being written, and lists in Finnish what is wrong and what is still missing.

    pip install kirjuri-*.whl       # how the wheel is built: crates/kirjuri-py/README.md
    python check.py DOCUMENT

The exit status is 0 where no error was found, 1 where one was, 2 where the document was not checked.
"""

import sys
from pathlib import Path

import kirjuri

SEVERITIES = {"error": "virhe", "warning": "varoitus", "info": "huomautus"}
STATUSES = {"checked": "tarkistettu", "unreadable": "ei luettavissa", "skipped": "ohitettu"}


def shown(place: kirjuri.Place) -> str:
    return f"{place.line}:{place.column} {place.path}" + (f" > {shown(place.inner)}" if place.inner else "")


def main() -> int:
    if len(sys.argv) != 2:
        print("usage: check.py DOCUMENT", file=sys.stderr)
        return 2
    try:
        document = Path(sys.argv[1]).read_bytes()
    except OSError as error:
        print(error, file=sys.stderr)
        return 2

    # A program keeps the rule set for as long as it runs.
    rules = kirjuri.RuleSet()
    report = rules.check(document, language="fi", draft=True)

    print(f"Tila: {STATUSES[report.status]}")
    if report.is_fragment:
        print("Vain osa asiakirjasta")
    # Of a document that was checked, `unfinished` is where a draft ends before it is complete.
    for label, problem in (("Syy", report.error), ("Kesken", report.unfinished)):
        if problem is not None:
            place = f" ({problem.line}:{problem.column})" if problem.line else ""
            print(f"{label}: {problem.message}{place}")
    if report.status != "checked":
        return 2

    print(f"Löydöksiä: {len(report.findings)}")
    for finding in report.findings:
        print(f"  {SEVERITIES[finding.severity]}: {finding.title}\n    {shown(finding.place)}")
    print(f"Puuttuu vielä: {len(report.missing)}")
    for missing in report.missing:
        where = f"{missing.place.path} > {missing.path}" if missing.place.inner else missing.path
        print(f"  {SEVERITIES[missing.severity]}: {missing.title}\n    {where}")
    return 1 if report.counts["error"] > 0 else 0


if __name__ == "__main__":
    sys.exit(main())
