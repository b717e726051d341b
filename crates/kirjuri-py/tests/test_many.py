"""Many documents: in their order, in threads, without holding up Python, and stopped when Python wants to."""

from __future__ import annotations

import itertools
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import FIXTURES, documents

import kirjuri

ALL = documents("documents") + documents("social") + documents("unreadable") + documents("foreign")
FAULTY = FIXTURES / "documents/archive-future-faults.xml"


def test_one_thread_and_many_say_the_same_of_paths_and_bytes(rules: kirjuri.RuleSet) -> None:
    expected = [report.to_json() for report in rules.check_many(ALL, threads=1)]
    assert len(expected) == len(ALL)
    assert [report.to_json() for report in rules.check_many(ALL, threads=4)] == expected
    named = ((str(path), path.read_bytes()) for path in ALL)
    assert [report.to_json() for report in rules.check_many(named)] == expected
    renamed: list[tuple[str, Any]] = [("a", FAULTY), ("b", bytearray(b"<a/>"))]
    assert [report.name for report in rules.check_many(renamed)] == ["a", "b"]
    assert [report.name for report in rules.check_many([b"<a/>", memoryview(b"<b/>")])] == [None, None]


def test_a_document_among_others_is_judged_as_alone(rules: kirjuri.RuleSet) -> None:
    path = FIXTURES / "social/duplicate-note.xml"
    reports = list(rules.check_many(documents("social"), threads=4))
    found = {finding.rule for report in reports if report.name == str(path) for finding in report.findings}
    # Rules on series, which ask over all documents, are asked by the command alone.
    assert found == {finding.rule for finding in rules.check(path.read_bytes()).findings}


def test_an_iterable_is_read_as_reports_are_asked_for(rules: kirjuri.RuleSet) -> None:
    taken = 0

    def endless() -> Iterator[bytes]:
        nonlocal taken
        while True:
            taken += 1
            yield b"<a/>"

    reports = rules.check_many(endless(), threads=2)
    assert taken == 0
    for number in range(1, 2000):
        assert next(reports).status == "skipped"
        assert number <= taken <= number + 256
    assert iter(reports) is reports


def test_what_an_iterable_raises_comes_behind_the_reports_before_it(rules: kirjuri.RuleSet) -> None:
    def failing() -> Iterator[bytes]:
        yield from [b"<a/>"] * 11
        raise OSError("the export ended")

    reports, seen = rules.check_many(failing()), 0
    with pytest.raises(OSError, match="the export ended"):
        for report in reports:
            seen += report.status == "skipped"
    assert seen == 11
    assert list(reports) == []


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ("a.xml", "document 2 of the iterable is a str, which may be a path or a text"),
        (5, "of type int"),
        (("a", "b", "c"), "a tuple that is no (name, document)"),
        ((b"a", b"<a/>"), "a tuple that is no (name, document)"),
        (("a", None), "of type NoneType"),
    ],
)
def test_what_is_no_document_is_told_with_its_number(rules: kirjuri.RuleSet, document: Any, says: str) -> None:
    seen = 0
    with pytest.raises(TypeError) as caught:
        for _ in rules.check_many([b"<a/>", b"<a/>", document, b"<a/>"]):
            seen += 1
    assert says in str(caught.value) and seen == 2


@pytest.mark.parametrize("given", [b"<a/>", bytearray(b"<a/>"), "<a/>", FIXTURES, 5])
def test_one_document_or_a_folder_is_not_many(rules: kirjuri.RuleSet, given: Any) -> None:
    with pytest.raises(TypeError):
        rules.check_many(given)


@pytest.mark.parametrize("threads", [0, -1, 100_000])
def test_threads_are_counted_from_one(rules: kirjuri.RuleSet, threads: int) -> None:
    with pytest.raises(ValueError, match="threads is from 1 to"):
        rules.check_many([], threads=threads)


def test_other_threads_of_python_run_meanwhile(rules: kirjuri.RuleSet) -> None:
    turns, done = 0, threading.Event()

    def count() -> None:
        nonlocal turns
        while not done.wait(0.001):
            turns += 1

    thread = threading.Thread(target=count)
    thread.start()
    start = time.monotonic()
    # A single call: were Python held up, the other thread would have no turn.
    tables = rules.check_table([FAULTY.read_bytes()] * 300, threads=1)
    took = time.monotonic() - start
    seen = turns
    done.set()
    thread.join()
    assert len(tables.documents) == 300
    assert seen >= took / 0.001 / 50, f"{seen} turns in {took} s"


def test_many_threads_of_python_share_one_rule_set(rules: kirjuri.RuleSet) -> None:
    data = FAULTY.read_bytes()
    expected, wrong = rules.check(data).to_json(), []

    def check() -> None:
        for _ in range(5):
            if rules.check(data).to_json() != expected:
                wrong.append(1)

    threads = [threading.Thread(target=check) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_reports_that_are_being_read_are_not_read_twice(rules: kirjuri.RuleSet) -> None:
    reports: list[kirjuri.Reports] = []

    def selfish() -> Iterator[bytes]:
        yield b"<a/>"
        next(reports[0])

    reports.append(rules.check_many(selfish(), threads=1))
    assert next(reports[0]).status == "skipped"
    with pytest.raises(ValueError, match="already being read"):
        next(reports[0])


@pytest.mark.skipif(os.name == "nt", reason="signals of a process to itself are POSIX")
@pytest.mark.parametrize("threads", [1, 4])
def test_an_interrupt_from_the_keyboard_stops_it(rules: kirjuri.RuleSet, threads: int) -> None:
    data = FAULTY.read_bytes()
    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        # It never ends, and runs no code of Python.
        rules.check_table(itertools.repeat(data), threads=threads)
    assert time.monotonic() - start < 20
    timer.join()
    # What was stopped has stopped, and nothing else.
    assert rules.check(data).findings


def test_a_file_may_be_anything(rules: kirjuri.RuleSet, tmp_path: Path) -> None:
    (tmp_path / "empty.xml").touch()
    paths = [tmp_path, tmp_path / "gone.xml", tmp_path / "empty.xml"]
    reports = list(rules.check_many(paths))
    assert [report.status for report in reports] == ["unreadable"] * 3
    kinds = [report.error.kind for report in reports if report.error is not None]
    assert kinds[:2] == ["unreadable-file", "not-found"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
def test_a_pipe_is_not_waited_for(rules: kirjuri.RuleSet, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.xml")
    (report,) = rules.check_many([tmp_path / "pipe.xml"])
    assert report.error is not None and report.error.kind == "unreadable-file"
