#!/usr/bin/env python3
"""Compares the expression engine with libxml2 (through lxml) on random XPath 1.0 expressions.

    scripts/compare-expressions.py [--count N] [--seed N] [--show N] [DOCUMENT...]

Expressions are generated from a grammar, with the names, attribute values and texts of the documents as vocabulary,
and evaluated at random elements by both engines: by lxml in this process, by `crates/kirjuri-xpath/examples/evaluate.rs`
in one run over all of them. Without DOCUMENT the documents are `kanta/documents` of the corpus (`KIRJURI_CORPUS`, else
`target/corpus`) and a few small ones made here. Needs Python 3.10 and lxml. The exit status is 1 if a difference is
left that is not one of these, which are counted apart:

digits      libxml2 writes numbers with 15 significant digits, and with an exponent where they are large or small;
            XPath 1.0 (section 4.2) wants as many digits as tell the double from its neighbours, and no exponent.
            Seen where two strings differ in nothing but such numbers, or in what was computed from such a string.
rounding    libxml2 reads a decimal by adding its integer and its fraction, which can be off by a unit in the last
            place; we read the nearest double. Seen where two numbers differ by at most 2^-50 of their size.
following   From an attribute libxml2's following axis skips the content of the attribute's element. The content comes
            after the attribute in document order and is no descendant of it, so by XPath 1.0 (section 2.2) it is on the
            axis. Seen where an expression has both an attribute step and the axis.
exhausted   The engine stops an evaluation that visits too many nodes, as of `//preceding::a[//preceding::b]`; libxml2
            takes its time, or looks only for the first node.

Not differences:

document    lxml leaves the document node out of its node-sets, so it is left out of ours before they are compared.
            The comparison of counts and of truth values still sees it.
refused     An expression that both engines refuse, such as `/ and x`, where `and` must be read as a name.

Not generated: the namespace axis and numbers with an exponent, which libxml2 takes and we refuse; `position()` and
`last()` outside of predicates, where libxml2 has no context position; `current()`, which is not XPath's own.
"""

import argparse
import math
import os
import random
import re
import struct
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from lxml import etree

ROOT = Path(__file__).resolve().parent.parent
SMALL = {
    "mixed.xml": "<r a='1' b='2'>t<!--c--><?p d?><x a='3'>1<y/>2<y a='x'>-3</y></x><x><x><y>4.5</y></x></x> <z/>u</r>",
    "spaces.xml": "<r xmlns:n='urn:n'> <n:a n:k='v w' k=' v  w '> one\n two </n:a><a xml:lang='fi'>\t<b xml:lang=''/>"
                  "<b>\u00e4\u00f6\U0001f600</b></a><n:b>&lt;&amp;</n:b></r>",
    "numbers.xml": "<n><i>1</i><i>-1</i><i> 2 </i><i>0.5</i><i>-0</i><i>x</i><i/><i>1.</i><i>.5</i><i>--1</i><i>007</i>"
                   "<i>Infinity</i><i>NaN</i><i>1 2</i><i>2.5</i><i>-2.5</i><i>100</i></n>",
    "deep.xml": "<a><b><a><b c='1'><a><c/><b/></a></b><b/></a></b><c><a c='2'><b>x</b></a><b>x</b></c><!--e--></a>",
    "operators.xml": "<or><and div='mod'><div>8</div><mod>3</mod><text>t</text><node/><comment/></and><self/>"
                     "<child><or>1</or></child></or>",
}
AXES = ["ancestor", "ancestor-or-self", "attribute", "child", "descendant", "descendant-or-self", "following",
        "following-sibling", "parent", "preceding", "preceding-sibling", "self"]


class Document:
    """A document with its vocabulary."""

    def __init__(self, path):
        self.path = path
        self.root = etree.parse(str(path), etree.XMLParser(resolve_entities=False, no_network=True)).getroot()
        self.elements = list(self.root.iter(etree.Element))
        self.numbers = {element: number for number, element in enumerate(self.elements, 1)}
        names = Counter(element.tag for element in self.elements)
        attributes = Counter(name for element in self.elements for name in element.attrib)
        self.names = list(names)
        self.attributes = list(attributes) or ["a"]
        texts = {value for element in self.elements for value in element.attrib.values()}
        texts |= {element.text for element in self.elements if element.text}
        texts = [text for text in texts if len(text) < 40 and not set(text) & set("\t\r\n")]
        self.texts = sorted(text for text in texts if "'" not in text or '"' not in text) or ["x"]
        self.targets = sorted({node.target for node in self.root.iter(etree.ProcessingInstruction)}) or ["p"]


class Generator:
    """Writes random expressions for a document. `prefixes` maps namespaces to prefixes."""

    def __init__(self, chance, document, prefixes):
        self.chance = chance
        self.document = document
        self.prefixes = prefixes
        # Predicates open around what is being written: outside of all, libxml2 has no position and no size.
        self.predicates_open = 0

    def pick(self, *ways):
        return self.chance.choice(ways)()

    def name(self, name):
        tag = etree.QName(name)
        return f"{self.prefixes[tag.namespace]}:{tag.localname}" if tag.namespace else tag.localname

    def element_name(self):
        return self.name(self.chance.choice(self.document.names))

    def attribute_name(self):
        return self.name(self.chance.choice(self.document.attributes))

    def gap(self):
        return self.chance.choice(["", "", "", " ", "  "])

    def literal(self):
        text = self.chance.choice(self.document.texts)
        if self.chance.random() < 0.4:
            start = self.chance.randrange(len(text) + 1)
            text = text[start:start + self.chance.randrange(4)]
        if self.chance.random() < 0.1:
            text = self.chance.choice(["", " ", "1", "-1", "x", "0.5", "true", "NaN", "\u00e4"])
        return f'"{text}"' if '"' not in text else f"'{text}'"

    def number_literal(self):
        return self.chance.choice(["0", "1", "2", "3", "10", "0.5", "1.5", ".25", "2.", "100", "1000000", "20200101"])

    def node_test(self, axis):
        roll = self.chance.random()
        if axis == "attribute":
            return self.attribute_name() if roll < 0.7 else "*" if roll < 0.9 else "node()"
        if roll < 0.6:
            return self.element_name()
        if roll < 0.64:
            return self.attribute_name()
        if roll < 0.68:
            prefixes = [prefix for prefix in self.prefixes.values() if prefix]
            return f"{self.chance.choice(prefixes)}:*" if prefixes else "*"
        if roll < 0.82:
            return "*"
        if roll < 0.92:
            return "node()"
        target = self.chance.choice(self.document.targets)
        return self.chance.choice(
            ["text()", "text()", "comment()", "processing-instruction()", f"processing-instruction('{target}')"])

    def predicates(self, depth):
        made = ""
        self.predicates_open += 1
        while depth > 0 and self.chance.random() < 0.3:
            inside = self.pick(
                lambda: self.number(depth - 2), lambda: self.boolean(depth - 1), lambda: self.nodes(depth - 1),
                lambda: self.chance.choice(["1", "2", "last()", "position() = last()", "position() < 3", "last() - 1"]),
                lambda: f"@{self.attribute_name()}", lambda: f"../@{self.attribute_name()}",
                lambda: f"not(ancestor::{self.element_name()})", lambda: f"ancestor::{self.element_name()}",
                lambda: f"../@{self.attribute_name()} = {self.literal()}", lambda: f"@{self.attribute_name()} = {self.literal()}")
            made += f"[{self.gap()}{inside}{self.gap()}]"
        self.predicates_open -= 1
        return made

    def focus(self):
        return self.chance.choice(["position()", "last()"]) if self.predicates_open else "string-length()"

    def step(self, depth):
        roll = self.chance.random()
        if roll < 0.06:
            return "."
        if roll < 0.12:
            return ".."
        if roll < 0.27:
            return f"@{self.node_test('attribute')}" + self.predicates(depth)
        if roll < 0.65:
            return self.node_test("child") + self.predicates(depth)
        axis = self.chance.choice(AXES)
        return f"{axis}{self.gap()}::{self.gap()}{self.node_test(axis)}" + self.predicates(depth)

    def path(self, depth):
        start = self.chance.choice(["", "", "", "/", "//", ".//"])
        if start == "" and self.chance.random() < 0.15 and depth > 0:
            start = self.primary(depth - 1) + self.chance.choice(["/", "//"])
        elif start == "/" and self.chance.random() < 0.1:
            return "/"
        made = start + self.step(depth)
        while self.chance.random() < 0.35:
            made += self.gap() + self.chance.choice(["/", "/", "/", "//"]) + self.gap() + self.step(depth)
        return made

    def primary(self, depth):
        return f"({self.nodes(depth)})" + self.predicates(depth)

    def nodes(self, depth):
        roll = self.chance.random()
        if depth <= 0 or roll < 0.8:
            return self.path(depth)
        if roll < 0.9:
            return self.primary(depth - 1)
        if roll < 0.92:
            return f"id({self.string(depth - 1)})"
        return f"{self.nodes(depth - 1)} | {self.nodes(depth - 1)}"

    def boolean(self, depth):
        if depth <= 0:
            return self.chance.choice(["true()", "false()", f"@{self.attribute_name()} = {self.literal()}"])
        return self.pick(
            lambda: f"{self.operand(depth - 1)} {self.chance.choice(['=', '!=', '<', '<=', '>', '>='])} "
                    f"{self.operand(depth - 1)}",
            lambda: f"{self.operand(depth - 1)}{self.chance.choice(['=', '!='])}{self.operand(depth - 1)}",
            lambda: f"{self.operand(depth - 1)} {self.chance.choice(['and', 'or'])} {self.operand(depth - 1)}",
            lambda: f"not({self.anything(depth - 1)})",
            lambda: f"boolean({self.anything(depth - 1)})",
            lambda: f"contains({self.anything(depth - 1)}, {self.string(depth - 1)})",
            lambda: f"starts-with({self.anything(depth - 1)}, {self.string(depth - 1)})",
            lambda: f"lang({self.chance.choice([repr('fi'), repr('FI'), repr(''), repr('en')])})",
            lambda: f"count({self.nodes(depth - 1)}) {self.chance.choice(['=', '<', '>', '>=', '!='])} "
                    f"{self.number_literal()}")

    def number(self, depth):
        if depth <= 0:
            return self.pick(self.number_literal, self.focus)
        return self.pick(
            self.number_literal,
            lambda: f"-{self.gap()}{self.operand(depth - 1)}",
            lambda: f"{self.operand(depth - 1)} {self.chance.choice(['+', '-', '*', 'div', 'mod'])} "
                    f"{self.operand(depth - 1)}",
            lambda: f"count({self.nodes(depth - 1)})",
            lambda: f"sum({self.nodes(depth - 1)})",
            lambda: f"number({self.anything(depth - 1)})",
            lambda: f"string-length({self.anything(depth - 1)})",
            lambda: f"{self.chance.choice(['floor', 'ceiling', 'round'])}({self.anything(depth - 1)})",
            lambda: self.pick(self.focus, lambda: "string-length()", lambda: "number()"))

    def string(self, depth):
        if depth <= 0:
            return self.literal()
        return self.pick(
            self.literal,
            lambda: f"string({self.anything(depth - 1)})",
            lambda: f"concat({self.anything(depth - 1)}, {self.anything(depth - 1)})",
            lambda: f"{self.chance.choice(['name', 'local-name', 'namespace-uri'])}({self.nodes(depth - 1)})",
            lambda: f"substring-{self.chance.choice(['before', 'after'])}({self.anything(depth - 1)}, "
                    f"{self.string(depth - 1)})",
            lambda: f"substring({self.anything(depth - 1)}, {self.number(depth - 1)})",
            lambda: f"substring({self.anything(depth - 1)}, {self.number(depth - 1)}, {self.number(depth - 1)})",
            lambda: f"normalize-space({self.anything(depth - 1)})",
            lambda: f"translate({self.anything(depth - 1)}, {self.string(depth - 1)}, {self.string(depth - 1)})",
            lambda: self.chance.choice(["name()", "local-name()", "string()", "normalize-space()", "namespace-uri()"]))

    def anything(self, depth):
        return self.pick(lambda: self.nodes(depth), lambda: self.nodes(depth), lambda: self.string(depth),
                         lambda: self.number(depth), lambda: self.boolean(depth))

    def operand(self, depth):
        made = self.anything(depth)
        return f"({made})" if self.chance.random() < 0.5 else made


def node_path(node):
    """The path of an element, comment or instruction as evaluate.rs prints it."""
    steps = []
    while node is not None:
        steps.append(str(1 + sum(1 for _ in node.itersiblings(preceding=True))))
        node = node.getparent()
    return "/" + "/".join(reversed(steps))


def item_path(item):
    if not isinstance(item, str):
        return node_path(item)
    parent = item.getparent()
    if item.is_attribute:
        return f"{node_path(parent)}/@{item.attrname}"
    return f"{node_path(parent)}{'/text' if item.is_text else '+text'}"


def bits(number):
    return "NaN" if math.isnan(number) else struct.pack(">d", number).hex()


def unescaped(printed):
    """A string as Rust's `{:?}` writes it."""
    body = printed[len('string "'):-1]
    plain = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", '"': '"', "'": "'", "\\": "\\"}
    body = re.sub(r"\\(?:u\{([0-9a-f]+)\}|(.))",
                  lambda found: chr(int(found[1], 16)) if found[1] else plain[found[2]], body)
    return "string " + body


def libxml2_value(expression, element, namespaces):
    try:
        value = etree.XPath(expression, namespaces=namespaces)(element)
    except etree.XPathError as error:
        return f"error {error}"
    if isinstance(value, bool):
        return f"boolean {'true' if value else 'false'}"
    if isinstance(value, float):
        return f"number {bits(value)}"
    if isinstance(value, str):
        return f"string {value}"
    return " ".join(["nodes", str(len(value)), *map(item_path, value)])


def our_value(printed):
    if printed.startswith("string "):
        return unescaped(printed)
    if printed.startswith("nodes "):
        kept = [path for path in printed.split(" ")[2:] if path not in ("", "/")]
        return " ".join(["nodes", str(len(kept)), *kept])
    return printed


NUMBER = re.compile(r"-?(?:\d+(?:\.\d+)?|\.\d+)(?:e[+-]?\d+)?")


def difference(ours, theirs, expression):
    """The class of a difference, or None where the values are the same."""
    if ours == theirs or (ours.startswith("error ") and theirs.startswith("error ")):
        return None
    if ours.startswith("error the evaluation was stopped"):
        return "exhausted"
    if ours.startswith("number ") and theirs.startswith("number ") and "NaN" not in ours + theirs:
        left, right = (struct.unpack(">d", bytes.fromhex(value[7:]))[0] for value in (ours, theirs))
        if left != 0 and abs(left - right) <= abs(left) * 2.0 ** -50:
            return "rounding"
    if ours.startswith("string ") and theirs.startswith("string "):
        if NUMBER.sub("#", ours) == NUMBER.sub("#", theirs):
            return "digits"
    # A quotient or a sum of long numbers seldom has few digits, and a string of it is easily made.
    if re.search(r"\b(?:div|sum)\b", expression) and re.search(r"string|concat|translate|contains|starts-with", expression):
        return "digits"
    if re.search(r"following\s*::", expression) and re.search(r"@|attribute\s*::", expression):
        return "following"
    return "unexplained"


def evaluate_ours(lines, namespaces, binary):
    arguments = [f"{prefix}={uri}" for prefix, uri in namespaces.items()]
    run = subprocess.run([str(binary), *arguments], input="\n".join(lines) + "\n", stdout=subprocess.PIPE, text=True,
                         check=True, encoding="utf-8")
    return run.stdout.split("\n")[:len(lines)]


def documents(arguments, folder):
    for name, text in SMALL.items():
        (Path(folder) / name).write_text(text, encoding="utf-8")
    small = [Path(folder) / name for name in SMALL]
    corpus = Path(os.environ.get("KIRJURI_CORPUS", ROOT / "target" / "corpus")) / "kanta" / "documents"
    real = [Path(argument) for argument in arguments] or sorted(corpus.glob("*.xml"))
    if not real:
        print("no documents of the corpus: the small ones alone")
    return [Document(path) for path in small], [Document(path) for path in real]


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--count", type=int, default=20_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--show", type=int, default=20, help="differences to print")
    options.add_argument("--binary", type=Path, help="the built example (default: build it)")
    options.add_argument("documents", nargs="*")
    options = options.parse_args()
    binary = options.binary
    if binary is None:
        subprocess.run(["cargo", "build", "--release", "-q", "-p", "kirjuri-xpath", "--example", "evaluate"], cwd=ROOT,
                       check=True)
        target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
        binary = target / "release" / "examples" / "evaluate"
    chance = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        small, real = documents(options.documents, folder)
        prefixes = {None: ""}
        for document in small + real:
            for name in document.names + document.attributes:
                namespace = etree.QName(name).namespace
                known = "xml" if namespace == "http://www.w3.org/XML/1998/namespace" else f"n{len(prefixes)}"
                prefixes.setdefault(namespace, known)
        namespaces = {prefix: uri for uri, prefix in prefixes.items() if uri and prefix != "xml"}
        cases = []
        while len(cases) < options.count:
            document = chance.choice(small if not real or chance.random() < 0.4 else real)
            generator = Generator(chance, document, prefixes)
            expression = generator.anything(chance.randrange(1, 5))
            element = chance.choice(document.elements)
            if len(expression) <= 400:
                cases.append((document, element, expression))
        lines = [f"{document.path}\t{document.numbers[element]}\t{expression}" for document, element, expression in cases]
        printed = evaluate_ours(lines, namespaces, binary)
        classes = Counter()
        kinds = Counter()
        for (document, element, expression), line in zip(cases, printed, strict=True):
            ours, theirs = our_value(line), libxml2_value(expression, element, namespaces)
            found = difference(ours, theirs, expression)
            kinds[theirs.split(" ")[0]] += 1
            classes[found or "same"] += 1
            if found == "unexplained" and classes[found] <= options.show:
                print(f"{Path(document.path).name} element {document.numbers[element]} <{element.tag}>\n  {expression}\n"
                      f"  ours:    {ours[:300]}\n  libxml2: {theirs[:300]}")
    print(f"seed {options.seed}: {len(cases)} expressions ({', '.join(f'{n} {k}' for k, n in kinds.most_common())})")
    for found, count in classes.most_common():
        print(f"  {count:7} {found}")
    return 1 if classes["unexplained"] else 0


if __name__ == "__main__":
    sys.exit(main())
