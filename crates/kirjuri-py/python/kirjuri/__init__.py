"""Checks documents of Finnish social and health care against rule packs written from the national guidelines.

    import kirjuri

    rules = kirjuri.RuleSet()
    for finding in rules.check(data).findings:
        print(finding.severity, finding.place.line, finding.title)

Nothing is sent anywhere, no clock is read, and no file but those that are named. Findings hold no content of a document.
"""

from ._kirjuri import (
    BUILT_IN_PACKS,
    DocumentError,
    Finding,
    Guideline,
    Missing,
    Pack,
    PackError,
    PackFault,
    Place,
    Report,
    Reports,
    Rule,
    RuleSet,
    Table,
    Tables,
    __version__,
)

__all__ = [
    "BUILT_IN_PACKS",
    "DocumentError",
    "Finding",
    "Guideline",
    "Missing",
    "Pack",
    "PackError",
    "PackFault",
    "Place",
    "Report",
    "Reports",
    "Rule",
    "RuleSet",
    "Table",
    "Tables",
    "__version__",
]
