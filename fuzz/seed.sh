#!/bin/sh
# Fills fuzz/corpus/ with inputs to start from: the fixtures, the rule files and what is inside them, kept regressions.
# Needs Python 3.11 or later. Run it anywhere; what is there already stays.
set -eu
cd "$(dirname "$0")"
exec python3 - <<'PYTHON'
import hashlib
import pathlib
import tomllib

project = pathlib.Path("..")


def keep(target, content):
    """Names a seed by its content, as libFuzzer does, so that two runs leave one copy."""
    folder = pathlib.Path("corpus", target)
    folder.mkdir(parents=True, exist_ok=True)
    content = content.encode() if isinstance(content, str) else content
    (folder / hashlib.sha1(content).hexdigest()).write_bytes(content)


for target in ("parse", "json", "xpath", "pack", "lint", "draft", "schematron"):
    for path in sorted(pathlib.Path("regressions", target).iterdir()):
        keep(target, path.read_bytes())

for path in sorted(project.glob("fixtures/**/*.xml")):
    keep("parse", path.read_bytes())
    keep("lint", path.read_bytes())

for path in sorted(project.glob("fixtures/**/*.json")):
    keep("json", path.read_bytes())

for path in sorted(project.glob("rules/*/**/*.toml")):
    text = path.read_text()
    keep("pack", text)
    if path.name == "pack.toml" or path.parent.name == "code-sets":
        continue
    rule = tomllib.loads(text)
    for key in ("context", "assert", "point"):
        if key in rule:
            keep("xpath", rule[key])
    for example in rule.get("pass", []) + rule.get("fail", []):
        if "xml" in example:
            keep("parse", example["xml"])
            keep("lint", example["xml"])
        if "json" in example:
            keep("json", example["json"])

# A document, and edits at offsets all over it: a digit more, a letter for another, a quote, a whole element.
for path in sorted(project.glob("fixtures/**/*.xml")):
    text = path.read_bytes()
    edits = b"".join(
        bytes([at >> 8 & 255, at & 255, number % 3, len(new)]) + new
        for number, at in enumerate(range(97, min(len(text), 65535), max(len(text) // 12, 1)))
        for new in [[b"7", b"x", b"", b"</a>", b"<id root='1.2.3'/>"][number % 5]]
    )
    keep("draft", text + b"\f" + edits)

# A schema, a document and what they read, with a form feed between.
for folder in sorted(path.parent for path in project.glob("crates/kirjuri-report/tests/saxon/*/schema.sch")):
    files = [folder / "schema.sch", folder / "document.xml"]
    files += [path for path in sorted(folder.rglob("*")) if path.suffix in (".sch", ".xml") and path not in files]
    keep("schematron", b"\f".join(path.read_bytes() for path in files))

# The tables of the engine's own tests hold every construct of the language: the first field of each row. The target
# takes what begins with `!` as XPath 2.0.
for path in sorted(project.glob("crates/kirjuri-xpath/tests/*.toml")):
    waiting = [tomllib.loads(path.read_text())]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, list):
            if len(value) > 1 and isinstance(value[0], str):
                keep("xpath", value[0])
                keep("xpath", "!" + value[0])
            waiting.extend(value)

for target in ("parse", "json", "xpath", "pack", "lint", "draft", "schematron"):
    print(f"{target}: {len(list(pathlib.Path('corpus', target).iterdir()))} seeds")
PYTHON
