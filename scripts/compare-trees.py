#!/usr/bin/env python3
"""Compares our trees with those of libxml2, document by document and node by node.

    python3 scripts/compare-trees.py [FOLDER...]

The folders default to the corpora `kanta`, `onc-ccda` and `c-cda-examples` under $KIRJURI_CORPUS, else under
`target/corpus`. Compared are the order and nesting of nodes, names with their namespaces, prefixes, attributes with
their values in order, texts, comments, processing instructions, and the source lines of elements, comments and
processing instructions. A document that one of the two refuses and the other reads is a difference, too.

Exit status: 0 no difference, 1 differences, 2 nothing compared.

Needs lxml (`pip install lxml`), which brings libxml2, and cargo.
"""

import json
import os
import pathlib
import subprocess
import sys

from lxml import etree

ROOT = pathlib.Path(__file__).resolve().parent.parent
DEFAULT = ["kanta", "onc-ccda", "c-cda-examples"]
# libxml2 keeps the line of a node in 16 bits; lxml reports what it can beyond, so that only these are sure.
LAST_LINE = 65534


def dump_program():
    """Builds the example `dump`; returns its path."""
    subprocess.run(["cargo", "build", "-q", "-p", "kirjuri-tree", "--example", "dump"], cwd=ROOT, check=True)
    metadata = subprocess.run(
        ["cargo", "metadata", "--no-deps", "--format-version", "1"], cwd=ROOT, check=True, capture_output=True
    )
    return pathlib.Path(json.loads(metadata.stdout)["target_directory"]) / "debug" / "examples" / "dump"


def ours(program, path):
    """The nodes as our dump has them, or None where the document is refused."""
    result = subprocess.run([program, path], capture_output=True)
    lines = result.stdout.decode().rstrip("\n").split("\n")
    if result.returncode == 1:
        return None
    result.check_returncode()
    nodes = []
    for line in lines[1:]:
        node = json.loads(line)
        node["depth"] = (len(line) - len(line.lstrip(" "))) // 2
        nodes.append(node)
    return nodes


def theirs(path):
    """The nodes as libxml2 has them, or None where the document is refused."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True, strip_cdata=True)
    try:
        tree = etree.parse(str(path), parser)
    except (etree.XMLSyntaxError, OSError):
        return None
    root = tree.getroot()
    nodes = []
    for before in reversed(list(root.itersiblings(preceding=True))):
        walk(before, 1, nodes)
    walk(root, 1, nodes)
    for after in root.itersiblings():
        walk(after, 1, nodes)
    return nodes


def walk(node, depth, nodes):
    if node.tag is etree.Comment:
        nodes.append({"depth": depth, "kind": "comment", "value": node.text or "", "line": node.sourceline})
    elif node.tag is etree.PI:
        nodes.append(
            {
                "depth": depth,
                "kind": "instruction",
                "target": node.target,
                "value": node.text or "",
                "line": node.sourceline,
            }
        )
    else:
        nodes.append(
            {
                "depth": depth,
                "kind": "element",
                "name": node.tag,
                "prefix": node.prefix or "",
                "attributes": list(node.attrib.items()),
                "line": node.sourceline,
            }
        )
        text(node.text, depth + 1, nodes)
        for child in node:
            walk(child, depth + 1, nodes)
            text(child.tail, depth + 1, nodes)


def text(value, depth, nodes):
    if value:
        nodes.append({"depth": depth, "kind": "text", "value": value})


def last_line(node, source):
    """The line libxml2 gives a node: that of its end, or of the end of its start tag."""
    start, end = node.get("tag", node["span"])
    return node["at"][0] + source.count(b"\n", start, end)


def difference(our, their, source):
    """What the first difference of two nodes is, or None."""
    for key in ("depth", "kind", "name", "prefix", "target", "value"):
        if our.get(key) != their.get(key):
            return key
    if our["kind"] == "element":
        if [(attribute["name"], attribute["value"]) for attribute in our["attributes"]] != their["attributes"]:
            return "attributes"
    line = their.get("line")
    if line is not None and line <= LAST_LINE and line != last_line(our, source):
        return f"line ({last_line(our, source)}, not {line})"
    return None


def source_text(path):
    """The document as UTF-8 without a byte order mark, which our spans are offsets into."""
    raw = path.read_bytes()
    encoding = "utf-8-sig"
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16"
    elif b"encoding" in raw[:200]:
        label = raw[:200].split(b"encoding", 1)[1].lstrip(b" \t\r\n=")[1:].split(b'"')[0].split(b"'")[0].decode()
        encoding = {"utf-8": "utf-8-sig"}.get(label.lower(), label)
    return raw.decode(encoding).encode()


def main():
    corpus = pathlib.Path(os.environ.get("KIRJURI_CORPUS", ROOT / "target" / "corpus"))
    folders = [pathlib.Path(name) for name in sys.argv[1:]] or [corpus / name for name in DEFAULT]
    program = dump_program()
    compared = nodes = attributes = lines = refused = differences = 0
    for folder in folders:
        paths = sorted(folder.rglob("*.xml"))
        if not paths:
            print(f"skipped: no documents in {folder}")
        for path in paths:
            our, their = ours(program, path), theirs(path)
            compared += 1
            if our is None or their is None:
                refused += our is None and their is None
                if (our is None) != (their is None):
                    differences += 1
                    print(f"{path}: refused by {'us' if our is None else 'libxml2'} only")
                continue
            source = source_text(path)
            if len(our) != len(their):
                differences += 1
                print(f"{path}: {len(our)} nodes, not {len(their)}")
            for ours_one, theirs_one in zip(our, their):
                nodes += 1
                attributes += len(ours_one.get("attributes", []))
                lines += theirs_one.get("line") is not None
                what = difference(ours_one, theirs_one, source)
                if what:
                    differences += 1
                    print(f"{path}:{ours_one['at'][0]}:{ours_one['at'][1]}: {ours_one['kind']} differs in {what}")
                    break
    print(
        f"{compared} documents compared ({refused} refused by both): {nodes} nodes, {attributes} attributes, "
        f"{lines} source lines; {differences} differences"
    )
    return 2 if compared == 0 else 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
