#!/usr/bin/env python3
"""Makes the SVRL that Saxon gives with SchXslt 1.x for the schema and document pairs of the differential test.

    scripts/saxon-svrl.py SCHXSLT_FOLDER [--check] [PAIR...]

A pair is a folder of `crates/kirjuri-report/tests/saxon/` with `schema.sch`, `document.xml`, the files they read, and
`phase` where another phase than the schema's own is meant; `expected.svrl` is written beside them. With --check nothing
is written and the exit status is 1 where a file would change. SCHXSLT_FOLDER has `2.0/pipeline-for-svrl.xsl` and
`1.0/compile-for-svrl.xsl` at some depth. Needs Python 3.10 and saxonche.

SchXslt has two transpilers, and the one for XSLT 2.0 refuses a schema for XPath 1.0 (`queryBinding` absent or `xslt`).
Such a schema is given to it as an xslt2 one, and the stylesheet that comes out is set to version 1.0, by which Saxon
evaluates its expressions with the rules of XPath 1.0 (section 3.8 of XSLT 2.0); thus all expected files have the same
form. The transpiler for XSLT 1.0 is run on it as well, and must find the same: the same rules fired as often, and the
same assertions with the same texts in the same order.

Left out of the files: the metadata (versions, the time), the addresses of documents, and the elements `suppressed-rule`,
by which SchXslt tells of rules that did not fire since an earlier one of their pattern had.
"""

import argparse
import re
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from saxonche import PySaxonProcessor

PAIRS = Path(__file__).resolve().parent.parent / "crates/kirjuri-report/tests/saxon"
SVRL = "{http://purl.oclc.org/dsdl/svrl}"
ORDER = ["id", "name", "role", "flag", "context", "location", "test", "diagnostic", "property"]


class Engine:
    """Saxon with SchXslt."""

    def __init__(self, saxon, folder):
        self.saxon, self.xslt = saxon, saxon.new_xslt30_processor()
        found = next(folder.rglob("2.0/pipeline-for-svrl.xsl"), None)
        if not found:
            raise SystemExit(f"there is no 2.0/pipeline-for-svrl.xsl under {folder}")
        self.folder, self.steps = found.parent.parent, {}

    def step(self, name, text, base, phase):
        """Applies one of SchXslt's stylesheets to a document that is taken to stand at `base`."""
        if name not in self.steps:
            self.steps[name] = self.xslt.compile_stylesheet(stylesheet_file=str(self.folder / (name + ".xsl")))
        sheet = self.steps[name]
        sheet.clear_parameters()
        if phase:
            sheet.set_parameter("phase", self.saxon.make_string_value(phase))
        # The parser knows where a document stands only by its file.
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".sch", dir=base) as file:
            file.write(text)
            file.flush()
            return sheet.transform_to_string(xdm_node=self.saxon.parse_xml(xml_file_name=file.name))

    def stylesheet(self, pair, first, old):
        """The stylesheet of the pair's schema; `old` takes the transpiler for XSLT 1.0."""
        text = (pair / "schema.sch").read_text("utf-8")
        phase = (pair / "phase").read_text("utf-8").strip() if (pair / "phase").exists() else None
        if old:
            for name in ("1.0/include", "1.0/expand", "1.0/compile-for-svrl"):
                text = self.step(name, text, pair, phase)
            return text
        if first:
            text = re.sub(r'\squeryBinding="[^"]*"', "", text, count=1)
            text = re.sub(r"(<(?:\w+:)?schema\b)", r'\1 queryBinding="xslt2"', text, count=1)
        text = self.step("2.0/pipeline-for-svrl", text, pair, phase)
        if first:
            text = re.sub(r'(<xsl:transform\b[^>]*?\sversion=)"[^"]*"', r'\1"1.0"', text, count=1)
        return text

    def run(self, pair, first, old=False):
        """The SVRL of the pair's document."""
        # In the pair's folder, so that document('x.xml') finds what stands beside the schema.
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".xsl", dir=pair) as file:
            file.write(self.stylesheet(pair, first, old))
            file.flush()
            sheet = self.xslt.compile_stylesheet(stylesheet_file=file.name)
            sheet.set_property("!indent", "no")
            return sheet.transform_to_string(source_file=str(pair / "document.xml"))


def is_first(pair):
    """Whether the pair's schema is for XPath 1.0."""
    binding = re.search(r'queryBinding="([^"]*)"', (pair / "schema.sch").read_text("utf-8"))
    return not binding or binding[1] in ("xslt", "xslt1", "xpath", "xpath1")


def clean(svrl):
    """SVRL without what differs from run to run, an element a line; texts stay as they are."""
    root = ElementTree.fromstring(svrl.encode("utf-8"))
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<svrl:schematron-output xmlns:svrl="http://purl.oclc.org/dsdl/svrl"'
             + attributes(root) + ">"]
    for child in root:
        if child.tag not in (SVRL + "metadata", SVRL + "suppressed-rule"):
            lines.append("  " + element(child))
    return "\n".join(lines + ["</svrl:schematron-output>"]) + "\n"


def attributes(node):
    names = sorted((name for name in node.attrib if name not in ("document", "documents")),
                   key=lambda name: (ORDER.index(name) if name in ORDER else len(ORDER), name))
    # Only xml: attributes have a namespace here.
    return "".join(f" {name.replace('{http://www.w3.org/XML/1998/namespace}', 'xml:')}={quoteattr(node.get(name))}"
                   for name in names)


def element(node):
    name = node.tag.replace(SVRL, "svrl:").replace("{http://purl.oclc.org/dsdl/schematron}", "")
    if "}" in name:
        name = name.split("}")[1]
    # White space between elements is layout, but not where a text or a diagnostic has markup in it.
    mixed = name not in ("svrl:failed-assert", "svrl:successful-report")
    content = escape(node.text or "") if mixed else ""
    for child in node:
        content += element(child) + (escape(child.tail or "") if mixed else "")
    return f"<{name}{attributes(node)}>{content}</{name}>" if content else f"<{name}{attributes(node)}/>"


def gist(svrl):
    """What both transpilers must agree on."""
    root = ElementTree.fromstring(svrl.encode("utf-8"))
    return [(node.tag.replace(SVRL, ""), node.get("id"), node.get("context") or " ".join("".join(node.itertext()).split()))
            for node in root if node.tag in (SVRL + "fired-rule", SVRL + "failed-assert", SVRL + "successful-report")]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("schxslt", type=Path)
    parser.add_argument("pairs", nargs="*")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    changed = False
    with PySaxonProcessor(license=False) as saxon:
        engine = Engine(saxon, options.schxslt.resolve())
        for pair in sorted(path.parent for path in PAIRS.glob("*/schema.sch")):
            if options.pairs and pair.name not in options.pairs:
                continue
            first = is_first(pair)
            try:
                found = engine.run(pair, first)
                if first and gist(found) != gist(engine.run(pair, first, old=True)):
                    print(f"{pair.name}: the two transpilers do not agree")
                    changed = True
            except Exception as failure:
                print(f"{pair.name}: {failure}")
                changed = True
                continue
            text, target = clean(found), pair / "expected.svrl"
            if not target.exists() or target.read_text("utf-8") != text:
                print(f"{pair.name}: {'would change' if options.check else 'written'}")
                changed = True
                if not options.check:
                    target.write_text(text, "utf-8")
    return 1 if changed and options.check else 0


if __name__ == "__main__":
    sys.exit(main())
