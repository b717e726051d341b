#!/usr/bin/env python3
"""How many documents a second `check_many` checks, beside the command on the same files in the same run.

    throughput.py COMMAND [FOLDER] [--documents N] [--rounds N] [--threads N] [--goal RATIO]

COMMAND is a release build of `kirjuri`; the package is one as well (`scripts/test-python --release` makes both, and leaves
the package in `target/python/fresh`). Without FOLDER, N documents (10,000) are made of the fixtures, in a folder of its own.
In every round the command and each way to use the package take their turn, so that what else the machine does meets all. A
turn of the command is its whole process; a turn of the package opens its rule set anew. The ratios are of the medians.
With a goal, the exit status is 1 if `check_many` of paths does not reach it.
"""

from __future__ import annotations

import argparse
import datetime
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import kirjuri

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", type=Path)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--documents", type=int, default=10_000, metavar="N")
    parser.add_argument("--rounds", type=int, default=5, metavar="N")
    parser.add_argument("--threads", type=int, metavar="N")
    parser.add_argument("--goal", type=float, metavar="RATIO")
    arguments = parser.parse_args()
    if arguments.folder is not None:
        return measure(arguments, arguments.folder)
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder), arguments.documents)
        return measure(arguments, Path(folder))


def make(folder: Path, documents: int) -> None:
    """Makes documents of the fixtures, round and round."""
    sources = sorted(FIXTURES.glob("documents/*.xml")) + sorted(FIXTURES.glob("social/*.xml"))
    texts = [path.read_bytes() for path in sources]
    for number in range(documents):
        (folder / f"{number:06}.xml").write_bytes(texts[number % len(texts)])


def measure(arguments: argparse.Namespace, folder: Path) -> int:
    paths = sorted(path for path in folder.rglob("*") if path.suffix in (".xml", ".json") and path.is_file())
    size = sum(path.stat().st_size for path in paths)
    print(f"{len(paths)} documents, {size / 1e6:.1f} MB, {arguments.rounds} rounds")
    today = datetime.date.today()
    jobs = [] if arguments.threads is None else ["--jobs", str(arguments.threads)]

    def command() -> int:
        line = [arguments.command, "check", folder, "--format", "json", "--fail-on", "never", "--as-of", today.isoformat()]
        subprocess.run([*line, *jobs], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        return len(paths)

    def of_paths() -> int:
        return sum(1 for _ in kirjuri.RuleSet().check_many(paths, threads=arguments.threads, as_of=today))

    def of_bytes() -> int:
        def read() -> Iterator[tuple[str, bytes]]:
            for path in paths:
                yield str(path), path.read_bytes()

        return sum(1 for _ in kirjuri.RuleSet().check_many(read(), threads=arguments.threads, as_of=today))

    def to_table() -> int:
        return len(kirjuri.RuleSet().check_table(paths, threads=arguments.threads, as_of=today).documents)

    ways: dict[str, Callable[[], int]] = {
        "kirjuri check --format json": command,
        "check_many of paths": of_paths,
        "check_many of bytes": of_bytes,
        "check_table of paths": to_table,
    }
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(arguments.rounds):
        for name, way in ways.items():
            start = time.perf_counter()
            checked = way()
            taken[name].append(time.perf_counter() - start)
            assert checked == len(paths), f"{name}: {checked}"
    medians = {name: statistics.median(times) for name, times in taken.items()}
    (base, *_) = medians.values()
    for name, median in medians.items():
        print(f"{name:28} {len(paths) / median:9.0f} documents/s   ratio {base / median:.2f}")
    return int(arguments.goal is not None and base / medians["check_many of paths"] < arguments.goal)


if __name__ == "__main__":
    sys.exit(main())
