#!/usr/bin/env python3
"""Measures kirjuri on a Schematron schema beside those who parse the documents, and those who run the schema.

    python3 benches/schematron.py SCHEMA DOCUMENTS_FOLDER [--schxslt FOLDER] [--kirjuri BINARY]
        [--saxon-jar JAR] [--schematron-crate BINARY] [--rounds N] [--only NAME]...

All run in one go, on the same documents (the distinct, well-formed .xml files of the folder), in turns, one thread
each, every one in a process of its own. The figures are medians of the rounds. A peer that is missing, refuses the
schema or takes too long is a row that says so. On a machine that others use too, `--clock cpu` counts the processors'
time instead of the wall's.

xmllint           `xmllint --noout`, which only parses; one process over all documents
kirjuri           `kirjuri check --pack SCHEMA FOLDER --jobs 1`; one process over all documents
saxonche          Saxon as a Python package (pip install saxonche), with the stylesheet that SchXslt 1.x makes of the
                  schema; `--schxslt` is SchXslt's folder, in which `xslt/2.0/pipeline-for-svrl.xsl` is, at any depth
saxon             the same stylesheet in Saxon's Java edition, with `--saxon-jar` (and a JDK)
lxml              `lxml.isoschematron` (pip install lxml), which is libxslt with the ISO skeleton
schematron        the crate `schematron`, by a small driver of one's own that speaks as the workers here do (below)

xmllint and kirjuri start anew in each round, and their time holds the start, which for kirjuri is reading and compiling
the schema; they get the documents so often (`--repeat`) that it weighs little. The others compile the schema once, are
warmed up (`--warm-up` seconds), and only then measured; a pass over the documents is cut short after `--budget` seconds,
and its documents/s are then those of documents of the average size. `start` is what comes before the first document.

Saxon and a schema in XPath 1.0: SchXslt has a transpiler for XSLT 1.0, and one for 2.0 that refuses such a schema. Both
are rows: `1.0`, and `2.0`, where the schema is told to be xslt2 and the stylesheet that comes out to be version 1.0,
so that Saxon runs it with the rules of XPath 1.0. Ratios are taken to the fastest Saxon there is.

The column of findings (failed assertions and successful reports over all documents) tells whether the peers did the same
work; it is left empty where a pass was cut short.

A worker is started with its arguments (the crate's driver: SCHEMA LIST, LIST being a file of document paths, one a
line), writes one line of JSON, {"ready": true, "prepare": SECONDS, "version": TEXT} or {"refused": REASON}, and then
for each line it reads, which holds the budget in seconds, makes a pass and writes {"seconds", "documents", "bytes",
"findings", "error"}.
"""

import argparse
import hashlib
import json
import os
import re
import select
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from xml.parsers import expat

ISO = "http://purl.oclc.org/dsdl/schematron"
# How kirjuri is called: what is timed, and what tells its findings.
KIRJURI = ["check", "--pack", "{schema}", "{folder}", "--jobs", "1"]
KIRJURI_FINDINGS = ["check", "--pack", "{schema}", "{folder}", "--jobs", "1", "--format", "json"]

JAVA = r"""
import java.io.*; import java.nio.charset.StandardCharsets; import java.nio.file.*; import java.util.*;
import javax.xml.transform.stream.StreamSource; import net.sf.saxon.s9api.*;
public class Hot {
  public static void main(String[] a) throws Exception {
    PrintStream out = System.out; XsltExecutable sheet; long t = System.nanoTime();
    Processor p = new Processor(false);
    try { sheet = p.newXsltCompiler().compile(new StreamSource(new File(a[0]))); }
    catch (SaxonApiException e) { out.println("{\"refused\": " + quote(e.getMessage()) + "}"); return; }
    out.println("{\"ready\": true, \"prepare\": " + (System.nanoTime() - t) / 1e9 + ", \"version\": "
      + quote("Saxon-HE " + p.getSaxonProductVersion() + ", Java " + System.getProperty("java.version")) + "}");
    List<String> documents = Files.readAllLines(Paths.get(a[1]), StandardCharsets.UTF_8);
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in)); String line;
    while ((line = in.readLine()) != null) {
      double budget = Double.parseDouble(line); long start = System.nanoTime();
      long n = 0, bytes = 0, findings = 0; String error = "";
      for (String d : documents) {
        try {
          Xslt30Transformer x = sheet.load30(); StringWriter w = new StringWriter();
          x.applyTemplates(new StreamSource(new File(d)), p.newSerializer(w));
          String s = w.toString(); findings += count(s, "<svrl:failed-assert") + count(s, "<svrl:successful-report");
        } catch (SaxonApiException e) { if (error.isEmpty()) error = e.getMessage(); }
        n++; bytes += new File(d).length();
        if ((System.nanoTime() - start) / 1e9 > budget) break;
      }
      out.println("{\"seconds\": " + (System.nanoTime() - start) / 1e9 + ", \"documents\": " + n + ", \"bytes\": "
        + bytes + ", \"findings\": " + findings + ", \"error\": " + quote(error) + "}");
    }
  }
  static long count(String s, String part) { long n = 0; int i = -1; while ((i = s.indexOf(part, i + 1)) >= 0) n++; return n; }
  static String quote(String s) { return "\"" + String.valueOf(s).replaceAll("[\\p{Cntrl}\"\\\\]", " ") + "\""; }
}
"""


class Refused(Exception):
    """A peer cannot run here, or not this schema."""


def shorten(reason, length=150):
    """One line of a reason, without the middle where it is long."""
    lines = [line.strip() for line in str(reason).splitlines() if line.strip()] or ["no reason given"]
    text = lines[0].replace("|", "\\|")
    return text if len(text) <= length else text[:50] + " … " + text[-(length - 53):]


# --- Workers: this script with --worker NAME ARGUMENT... ---

def passes(check, documents):
    """Makes a pass over the documents for each line read."""
    for line in sys.stdin:
        budget, start, done, size, findings, error = float(line), time.perf_counter(), 0, 0, 0, ""
        for document in documents:
            try:
                findings += check(document)
            except Exception as failure:
                error = error or str(failure)
            done += 1
            size += os.path.getsize(document)
            if time.perf_counter() - start > budget:
                break
        say(seconds=time.perf_counter() - start, documents=done, bytes=size, findings=findings, error=error)


def say(**fields):
    print(json.dumps(fields), flush=True)


def worker_transpile(schxslt, schema, mode, target):
    """Writes the stylesheet that SchXslt makes of the schema."""
    from saxonche import PySaxonProcessor
    start = time.perf_counter()
    with PySaxonProcessor(license=False) as saxon:
        xslt = saxon.new_xslt30_processor()
        text = Path(schema).read_text("utf-8-sig")
        if mode == "2.0 as 1.0":
            text = re.sub(r'(<(?:[\w.-]+:)?schema\b[^>]*?)\squeryBinding\s*=\s*("[^"]*"|\'[^\']*\')', r"\1", text, count=1)
            text = re.sub(r"(<(?:[\w.-]+:)?schema\b)", r'\1 queryBinding="xslt2"', text, count=1)
        # A schema by another name in the same folder, so that what it includes is found.
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".sch", dir=Path(schema).parent) as copy:
            copy.write(text)
            copy.flush()
            node = saxon.parse_xml(xml_file_name=copy.name)
            steps = ["1.0/include", "1.0/expand", "1.0/compile-for-svrl"] if mode == "1.0" else ["2.0/pipeline-for-svrl"]
            for step in steps:
                result = xslt.compile_stylesheet(stylesheet_file=f"{schxslt}/{step}.xsl").transform_to_string(xdm_node=node)
                node = saxon.parse_xml(xml_text=result) if step != steps[-1] else None
    if mode == "2.0 as 1.0":
        result = re.sub(r'(<xsl:transform\b[^>]*?\sversion=)"[^"]*"', r'\1"1.0"', result, count=1)
    # document('x.xml') is looked for beside the schema, though the stylesheet stands elsewhere.
    base = (Path(schema).parent / "x.xsl").as_uri()
    result = re.sub(r"<xsl:transform\b", f'<xsl:transform xml:base="{base}"', result, count=1)
    Path(target).write_text(result, "utf-8")
    say(ready=True, prepare=time.perf_counter() - start, version="")


def worker_saxonche(stylesheet, documents):
    from saxonche import PySaxonProcessor
    start = time.perf_counter()
    with PySaxonProcessor(license=False) as saxon:
        sheet = saxon.new_xslt30_processor().compile_stylesheet(stylesheet_file=stylesheet)
        say(ready=True, prepare=time.perf_counter() - start, version=saxon.version)

        def check(document):
            svrl = sheet.transform_to_string(source_file=document)
            return svrl.count("<svrl:failed-assert") + svrl.count("<svrl:successful-report")

        passes(check, documents)


def worker_lxml(schema, documents):
    from lxml import etree, isoschematron
    start = time.perf_counter()
    parser = etree.XMLParser(huge_tree=True, resolve_entities=False)
    version = "lxml " + etree.__version__ + ", libxslt " + ".".join(map(str, etree.LIBXSLT_VERSION))
    tree = etree.parse(schema, parser)
    try:
        rules = isoschematron.Schematron(tree, store_report=True)
    except etree.SchematronParseError:
        rules = isoschematron.Schematron(tree, store_report=True, validate_schema=False)
        version += "; the schema is not valid by its grammar of Schematron"
    say(ready=True, prepare=time.perf_counter() - start, version=version)
    svrl = "{http://purl.oclc.org/dsdl/svrl}"

    def check(document):
        rules.validate(etree.parse(document, parser))
        root = rules.validation_report.getroot()
        return len(root.findall(svrl + "failed-assert")) + len(root.findall(svrl + "successful-report"))

    passes(check, documents)


def work(name, arguments):
    """Runs as a worker: says why where it cannot."""
    try:
        if name == "transpile":
            worker_transpile(*arguments)
        else:
            documents = Path(arguments[1]).read_text("utf-8").splitlines()
            {"saxonche": worker_saxonche, "lxml": worker_lxml}[name](arguments[0], documents)
    except Exception as failure:
        say(refused=f"{type(failure).__name__}: {failure}")


# --- Peers ---

class Peer:
    """A row: what it is called, how long its start took, and its rounds."""

    def __init__(self, name):
        self.name, self.version, self.start, self.memory, self.findings = name, "", None, 0, None
        self.rates, self.remark = [], ""

    def prepare(self, bench):
        """Gets ready. Refused: the peer cannot run."""

    def measure(self, bench):
        """One round."""

    def close(self):
        pass


class Command(Peer):
    """A program that is started anew in each round."""

    def __init__(self, name, program, arguments, findings=None, version=None):
        super().__init__(name)
        self.program, self.arguments, self.count, self.ask_version = program, arguments, findings, version

    def prepare(self, bench):
        if not self.program or not shutil.which(self.program):
            raise Refused(f"not here: {self.program or 'no program given'}")
        if self.ask_version:
            told = subprocess.run([self.program, "--version"], capture_output=True, text=True)
            self.version = (told.stdout or told.stderr).split("\n")[0].replace(self.program + ": ", "")
        if self.count:
            self.findings = self.count(bench, self)
        self.start = statistics.median(self.run(bench, bench.smallest) for _ in range(3))
        self.run(bench, bench.documents)

    def command(self, bench, folder, arguments):
        fill = {"{schema}": [str(bench.schema)], "{folder}": [str(folder)], "{files}": sorted(map(str, folder.iterdir()))}
        return [self.program] + [part for argument in arguments for part in fill.get(argument, [argument])]

    def run(self, bench, folder):
        command = self.command(bench, folder, self.arguments)
        with tempfile.TemporaryFile() as errors:
            start = time.perf_counter()
            child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors)
            _, status, used = os.wait4(child.pid, 0)
            seconds = used.ru_utime + used.ru_stime if bench.cpu else time.perf_counter() - start
            child.returncode = os.waitstatus_to_exitcode(status)
            if child.returncode not in (0, 1):
                errors.seek(0)
                reason = shorten(errors.read().decode("utf-8", "replace"))
                # Status 2 is also said where all was checked and something could not be evaluated.
                if child.returncode != 2 or not self.count:
                    raise Refused(f"exit status {child.returncode}: {reason}")
                self.remark = "exit status 2"
        self.memory = max(self.memory, used.ru_maxrss / 1024)
        return seconds

    def measure(self, bench):
        self.rates.append(bench.repeat * bench.count / self.run(bench, bench.repeated))


class Worker(Peer):
    """A process that compiles the schema once and makes a pass over the documents when told."""

    def __init__(self, name, command):
        super().__init__(name)
        self.command, self.child = command, None

    def prepare(self, bench):
        self.child = subprocess.Popen(self.command(bench), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                      stderr=subprocess.DEVNULL, text=True, bufsize=1)
        told = self.listen(bench.patience)
        self.start, self.version = told["prepare"], told.get("version", "")
        until = time.perf_counter() + bench.warm_up
        while time.perf_counter() < until:
            self.one_pass(bench, max(0.01, until - time.perf_counter()))

    def listen(self, seconds):
        ready, _, _ = select.select([self.child.stdout], [], [], seconds)
        if not ready:
            raise Refused(f"no answer within {seconds:.0f} s")
        line = self.child.stdout.readline()
        while line and not line.startswith("{"):
            line = self.child.stdout.readline()
        if not line:
            raise Refused(f"ended, exit status {self.child.wait()}")
        told = json.loads(line)
        if "refused" in told:
            raise Refused(told["refused"])
        return told

    def one_pass(self, bench, budget):
        before = processor_time(self.child.pid)
        self.child.stdin.write(f"{budget}\n")
        told = self.listen(bench.patience)
        if bench.cpu:
            told["seconds"] = max(0.01, processor_time(self.child.pid) - before)
        self.memory = max(self.memory, peak(self.child.pid))
        if told.get("error"):
            raise Refused(told["error"])
        return told

    def measure(self, bench):
        told = self.one_pass(bench, bench.budget)
        whole = told["documents"] == bench.count
        self.findings = told["findings"] if whole else self.findings
        self.remark = "" if whole else f"cut short after {told['documents']} documents"
        self.rates.append(told["bytes"] / bench.average / told["seconds"])

    def close(self):
        if self.child and self.child.poll() is None:
            self.child.kill()
            self.child.wait()


def peak(process):
    """The peak memory of a process in MB, as the kernel has it."""
    try:
        return int(re.search(r"VmHWM:\s*(\d+)", Path(f"/proc/{process}/status").read_text())[1]) / 1024
    except (OSError, TypeError):
        return 0


def processor_time(process):
    """The seconds a process has had on the processors, all its threads together."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def saxon_row(name, mode, java):
    """A Saxon row; the stylesheet is made once for each mode."""

    def command(bench):
        stylesheet = bench.stylesheet(mode)
        if not java:
            return bench.worker("saxonche", stylesheet, bench.list)
        driver = bench.work / "Hot.java"
        driver.write_text(JAVA)
        return ["java", "-XX:+UseSerialGC", "-Xmx1g", "-cp", str(java), str(driver), str(stylesheet), str(bench.list)]

    return Worker(name, command)


def count_kirjuri(bench, peer):
    """The findings that kirjuri reports, as objects with a rule and a severity anywhere in its JSON.

    Refused: there is no report, or not on every document; without this a program that gives up at once would be fast.
    """
    command = peer.command(bench, bench.documents, KIRJURI_FINDINGS)
    told = subprocess.run(command, capture_output=True, text=True, timeout=bench.patience)
    try:
        report = json.loads(told.stdout)
    except ValueError:
        raise Refused(f"no report, exit status {told.returncode}: {told.stderr}") from None
    if not isinstance(report, dict) or len(report.get("documents", [])) != bench.count:
        raise Refused("the report does not tell of every document")
    waiting, found = [report["documents"]], 0
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            found += isinstance(item.get("rule"), str) and "severity" in item
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)
    return found


def well_formed(path):
    """Whether the document can be read at all; every peer would only say that it cannot."""
    try:
        expat.ParserCreate().Parse(path.read_bytes(), True)
    except expat.ExpatError:
        return False
    return True


class Bench:
    """The documents, laid out, and what the rows share."""

    def __init__(self, options, work):
        self.schema, self.work = Path(options.schema).resolve(), Path(work)
        self.warm_up, self.budget, self.patience = options.warm_up, options.budget, options.patience
        self.schxslt, self.sheets, self.cpu = None, {}, options.clock == "cpu"
        distinct = {}
        for path in sorted(Path(options.documents).rglob("*.xml")):
            distinct.setdefault(hashlib.sha256(path.read_bytes()).hexdigest(), path)
        chosen = [path for path in distinct.values() if well_formed(path)]
        self.left_out = len(distinct) - len(chosen)
        chosen = chosen[: options.limit]
        if not chosen:
            raise SystemExit(f"no .xml files in {options.documents}")
        self.count, self.bytes = len(chosen), sum(path.stat().st_size for path in chosen)
        self.average = self.bytes / self.count
        self.repeat = options.repeat or max(1, round(20e6 / self.bytes))
        self.documents, self.repeated, self.smallest = (self.work / name for name in ("once", "repeated", "smallest"))
        for folder in (self.documents, self.repeated, self.smallest):
            folder.mkdir()
        for number, path in enumerate(chosen):
            shutil.copy(path, self.documents / f"{number:04}.xml")
            for turn in range(self.repeat):
                shutil.copy(path, self.repeated / f"{turn:03}-{number:04}.xml")
        (self.smallest / "x.xml").write_text("<x/>")
        self.list = self.work / "list"
        self.list.write_text("".join(f"{path}\n" for path in sorted(self.documents.iterdir())))
        if options.schxslt:
            self.schxslt = next((str(p.parent.parent) for p in Path(options.schxslt).rglob("2.0/pipeline-for-svrl.xsl")), None)
        binding = re.search(r"queryBinding\s*=\s*[\"']([^\"']*)", self.schema.read_text("utf-8-sig"))
        self.first = not binding or binding[1].lower() in ("xslt", "xslt1", "xpath", "xpath1")

    def worker(self, name, *arguments):
        return [sys.executable, __file__, "--worker", name, *map(str, arguments)]

    def stylesheet(self, mode):
        """The stylesheet for a mode; made by a process of its own."""
        if not self.schxslt:
            raise Refused("needs --schxslt, the folder of SchXslt 1.x")
        if mode not in self.sheets:
            target = self.work / f"{mode}.xsl"
            made = subprocess.run(self.worker("transpile", self.schxslt, self.schema, mode, target), capture_output=True,
                                  text=True, timeout=self.patience)
            told = json.loads((made.stdout.strip().splitlines() or ['{"refused": "SchXslt failed"}'])[-1])
            self.sheets[mode] = (target, told.get("refused"))
        target, refused = self.sheets[mode]
        if refused:
            raise Refused(refused)
        return target


def rows(options, bench):
    """The peers, in the order of the table."""
    yield Command("xmllint", "xmllint", ["--noout", "{files}"], version=True)
    yield Command("kirjuri", options.kirjuri, KIRJURI, findings=count_kirjuri, version=True)
    for mode in ["1.0", "2.0 as 1.0"] if bench.first else ["2.0"]:
        label = f", SchXslt {mode[:3]}"
        yield saxon_row("saxonche" + label, mode, None)
        if options.saxon_jar:
            yield saxon_row("saxon" + label, mode, options.saxon_jar)
    yield Worker("lxml", lambda bench: bench.worker("lxml", bench.schema, bench.list))
    driver = options.schematron_crate

    def command(bench):
        if not driver or not shutil.which(driver):
            raise Refused("needs --schematron-crate, a driver built for the crate")
        return [driver, str(bench.schema), str(bench.list)]

    yield Worker("schematron (crate)", command)


def run(options):
    with tempfile.TemporaryDirectory(prefix="kirjuri-bench-") as work:
        bench = Bench(options, work)
        peers = [peer for peer in rows(options, bench)
                 if not options.only or any(peer.name.startswith(name) for name in options.only)]
        refused = {}

        def attempt(peer, step):
            try:
                step(bench)
            except (Refused, OSError, subprocess.SubprocessError, ValueError, KeyError) as failure:
                refused[peer] = str(failure)
                peer.close()

        for peer in peers:
            note(f"{peer.name}: getting ready")
            attempt(peer, peer.prepare)
        for number in range(options.rounds):
            for peer in peers:
                if peer not in refused:
                    note(f"round {number + 1} of {options.rounds}: {peer.name}")
                    attempt(peer, peer.measure)
        for peer in peers:
            peer.close()
        table(options, bench, peers, refused)


def note(text):
    print(text, file=sys.stderr, flush=True)


def table(options, bench, peers, refused):
    """Prints what was measured."""
    rate = {peer: statistics.median(peer.rates) for peer in peers if peer not in refused and peer.rates}
    parse = next((rate[peer] for peer in rate if peer.name == "xmllint"), None)
    saxon = max((rate[peer] for peer in rate if peer.name.startswith("saxon")), default=None)

    def cell(value, form):
        return "–" if value is None else format(value, form)

    def ratio(value, to):
        return None if not to else value / to

    print(f"{bench.schema.name} on {bench.count} documents of {bench.average / 1e3:.0f} kB on average "
          f"({bench.bytes / 1e6:.1f} MB; {bench.repeat} times over for xmllint and kirjuri), one thread, "
          f"{options.clock} time, median of {options.rounds} rounds" + (f"; {bench.left_out} not well-formed left out" if bench.left_out else "")
          + "\n")
    print("| peer | documents/s | least to most | MB/s | ÷ xmllint | ÷ fastest Saxon | start, ms | peak memory, MB | findings | remark |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|---|")
    for peer in peers:
        if peer not in rate:
            print(f"| {peer.name} | – | – | – | – | – | – | – | – | {shorten(refused.get(peer, 'not measured'))} |")
            continue
        value = rate[peer]
        spread = f"{min(peer.rates):.3g} to {max(peer.rates):.3g}"
        remark = "; ".join(part for part in (peer.version, peer.remark) if part)
        print(f"| {peer.name} | {value:.3g} | {spread} | {value * bench.average / 1e6:.3g} | "
              f"{cell(ratio(value, parse), '.3g')} | {cell(ratio(value, saxon), '.3g')} | {cell(peer.start * 1e3, '.0f')} | "
              f"{peer.memory:.0f} | {cell(peer.findings, ',')} | {remark} |")


def main():
    if sys.argv[1:2] == ["--worker"]:
        return work(sys.argv[2], sys.argv[3:])
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("schema")
    parser.add_argument("documents", help="a folder; its .xml files at any depth")
    parser.add_argument("--schxslt", help="the folder of SchXslt 1.x")
    parser.add_argument("--kirjuri", default="target/release/kirjuri", help="the program [default: target/release/kirjuri]")
    parser.add_argument("--saxon-jar", help="Saxon's Java edition (a class path), for another row")
    parser.add_argument("--schematron-crate", help="a driver for the crate schematron")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--repeat", type=int, help="how often xmllint and kirjuri get the documents [default: for 20 MB]")
    parser.add_argument("--clock", choices=["wall", "cpu"], default="wall")
    parser.add_argument("--limit", type=int, help="only the first so many documents")
    parser.add_argument("--warm-up", type=float, default=15, help="seconds, for those that compile once [default: 15]")
    parser.add_argument("--budget", type=float, default=20, help="seconds a pass [default: 20]")
    parser.add_argument("--patience", type=float, default=120, help="seconds for one answer of a worker [default: 120]")
    parser.add_argument("--only", action="append", help="only rows whose name starts so; may be repeated")
    run(parser.parse_args())


if __name__ == "__main__":
    main()
