#!/usr/bin/env python3
"""Compares kirjuri's identifier checks with implementations that others wrote.

The references: python-stdnum (`fi.hetu`, `fi.ytunnus`) for personal identity codes and business identity codes, the
OID type of the `cryptography` package when it is installed and else the pattern of ITU-T X.660, `datetime` for points
in time, and the IANA time zone data (`zoneinfo`) for the Finnish offset.

Candidates are made with a fixed seed: valid ones, mutated ones, and forms people write. Every personal identity code
that could be valid is a temporary one (individual number 900-999); a mutation that happens to make another is dropped.

    cargo build --release -p kirjuri --example identify
    python3 scripts/compare-identifiers.py [--binary target/release/examples/identify] [--seed 20260101] [--count 20000]

Prints a table of figures. A difference is explained by a reason the script can check itself, or printed; exit status 1
when there is one without an explanation. Written against python-stdnum 2.2; a release that does not know the signs of
2023 shows unexplained differences.
"""

import argparse
import collections
import datetime
import random
import re
import subprocess
import sys
import zoneinfo

import stdnum
from stdnum.fi import hetu, ytunnus

try:
    from cryptography.x509 import ObjectIdentifier
except ImportError:
    ObjectIdentifier = None

SIGNS = {"+": 1800, **dict.fromkeys("-YXWVU", 1900), **dict.fromkeys("ABCDEF", 2000)}
CHECK_CHARACTERS = "0123456789ABCDEFHJKLMNPRSTUVWXY"
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcxy-+. \u2013\u0660\uff11é"
HELSINKI = zoneinfo.ZoneInfo("Europe/Helsinki")


def mutate(random_source, text):
    """One small change: another character, one more, one less, or two neighbours swapped."""
    at = random_source.randrange(len(text))
    kind = random_source.randrange(4)
    if kind == 0:
        return text[:at] + random_source.choice(ALPHABET) + text[at + 1:]
    if kind == 1:
        return text[:at] + random_source.choice(ALPHABET) + text[at:]
    if kind == 2:
        return text[:at] + text[at + 1:]
    return text[:at] + text[at + 1:at + 2] + text[at:at + 1] + text[at + 2:]


def respell(random_source, text):
    """A spelling that a lenient reader may take for the same."""
    return random_source.choice(
        [text.lower(), f" {text}", f"{text} ", text.replace("-", ""), text.replace("-", "\u2013"), f"FI{text}",
         f"FI {text}", text.replace("-", " ")]
    )


# --- Candidates -------------------------------------------------------------------------------------------------


def is_ordinary_code(text):
    """Whether the text could be the code of a person in the population register."""
    return hetu.is_valid(text, allow_temporary=True) and not 900 <= int(hetu.compact(text)[7:10]) <= 999


def hetu_candidates(random_source, count):
    signs = list(SIGNS)
    for index in range(count):
        sign = signs[index % len(signs)]
        # Some days do not exist, so that both sides must know the calendar.
        day, month = random_source.randint(1, 31), random_source.randint(1, 12)
        if index % 50 == 0:
            day, month = random_source.choice([(29, 2), (30, 2), (31, 4), (0, 1), (1, 0), (1, 13), (32, 1)])
        year = random_source.randrange(100)
        number = random_source.randint(900, 999)
        if index % 40 == 1:
            number = random_source.choice([0, 1])
        digits = f"{day:02}{month:02}{year:02}{number:03}"
        right = CHECK_CHARACTERS[int(digits) % 31]
        code = f"{digits[:6]}{sign}{digits[6:]}{right}"
        yield code
        wrong = random_source.choice(CHECK_CHARACTERS.replace(right, ""))
        yield code[:-1] + wrong
        ordinary = f"{digits[:6]}{random_source.randint(2, 899):03}"
        wrong = random_source.choice(CHECK_CHARACTERS.replace(CHECK_CHARACTERS[int(ordinary) % 31], ""))
        yield f"{ordinary[:6]}{sign}{ordinary[6:]}{wrong}"
        yield mutate(random_source, code)
        if index % 10 == 0:
            yield respell(random_source, code)


def business_id_candidates(random_source, count):
    for index in range(count):
        number = f"{random_source.randrange(10_000_000):07}"
        for check in range(10) if index % 20 == 0 else random_source.sample(range(10), 2):
            code = f"{number}-{check}"
            yield code
        yield mutate(random_source, code)
        if index % 10 == 0:
            yield respell(random_source, code)


def oid_candidates(random_source, count):
    roots = ["0", "1", "2", "3", "1.2.246.10.99999984", "1.2.246.537", "2.16.840.1.113883", "2.25"]
    for index in range(count):
        arcs = [random_source.choice(roots)]
        for _ in range(random_source.randint(0, 6)):
            arcs.append(str(random_source.choice([0, 1, 39, 40, 99, 2024, random_source.randrange(10**9)])))
        oid = ".".join(arcs)
        yield oid
        yield mutate(random_source, oid)
        if index % 10 == 0:
            yield random_source.choice([f"urn:oid:{oid}", f"OID{oid}", f"0{oid}", f"{oid}.", oid.replace(".", "..", 1)])


def timestamp_candidates(random_source, count):
    for index in range(count):
        digits = (
            f"{random_source.choice([0, 1, 1899, 1995, 1996, 2024, 9999, random_source.randint(1, 9999)]):04}"
            f"{random_source.randint(0, 13):02}{random_source.randint(0, 32):02}"
            f"{random_source.randint(0, 25):02}{random_source.randint(0, 61):02}{random_source.randint(0, 61):02}"
        )
        if index % 2:
            moment = datetime.datetime(1, 1, 1) + datetime.timedelta(seconds=random_source.randrange(9999 * 31_556_000))
            digits = moment.strftime("%m%d%H%M%S")
            digits = f"{moment.year:04}{digits}"
        digits = digits[:random_source.choice([4, 6, 8, 10, 12, 14, 14, 14])]
        if len(digits) == 14 and index % 5 == 0:
            digits += "." + str(random_source.randrange(10 ** random_source.randint(1, 12)))
        offset = random_source.choice(["", "", "+0200", "+0300", "-0500", "+1400", "-1200", "+1401", "-1201", "+0260"])
        yield digits + offset
        yield mutate(random_source, digits + offset)


def offset_candidates(random_source, count):
    def changes(year):
        for month in (3, 10):
            day = datetime.date(year, month, 31)
            yield day - datetime.timedelta(days=(day.weekday() + 1) % 7)

    for index in range(count):
        if index % 2:
            day = random_source.choice(list(changes(random_source.randint(1996, 2037))))
            moment = datetime.datetime(day.year, day.month, day.day, 2) + datetime.timedelta(
                seconds=random_source.randrange(3 * 3600))
        else:
            start = datetime.datetime(1996, 1, 1)
            moment = start + datetime.timedelta(seconds=random_source.randrange(42 * 365 * 86_400))
        yield moment.strftime("%Y%m%d%H%M%S") + random_source.choice(["+0200", "+0300"])


# --- References: what each says, and why kirjuri may say otherwise ------------------------------------------------


def hetu_reference(text):
    return hetu.is_valid(text, allow_temporary=True)


def business_id_reference(text):
    return ytunnus.is_valid(text)


X660 = re.compile(r"(?:[01]\.(?:[0-9]|[1-3][0-9])|2\.(?:0|[1-9][0-9]*))(?:\.(?:0|[1-9][0-9]*))*")


def oid_reference(text):
    if ObjectIdentifier is None:
        return X660.fullmatch(text) is not None
    try:
        ObjectIdentifier(text)
        return True
    except ValueError:
        return False


def timestamp_reference(text):
    match = re.fullmatch(r"([0-9]+)(\.[0-9]+)?([+-][0-9]{4})?", text)
    if match is None or len(match[1]) not in (4, 6, 8, 10, 12, 14) or (match[2] and len(match[1]) != 14):
        return False
    digits, _, offset = match.groups()
    try:
        # `datetime` fills the missing parts; its own parser is too lenient about how many digits a part has.
        parts = [int(digits[:4])] + [int(digits[at:at + 2]) for at in range(4, len(digits), 2)]
        datetime.datetime(*parts[:3], *([1] * (3 - len(parts))), *parts[3:])
    except ValueError:
        return False
    if offset is None:
        return True
    minutes = int(offset[1:3]) * 60 + int(offset[3:])
    return int(offset[3:]) < 60 and (minutes <= 14 * 60 if offset[0] == "+" else minutes <= 12 * 60)


def offset_reference(text):
    moment = datetime.datetime.strptime(text[:14], "%Y%m%d%H%M%S")
    written = datetime.timedelta(hours=int(text[15:17]))
    first, second = (moment.replace(tzinfo=HELSINKI, fold=fold).utcoffset() for fold in (0, 1))
    # An hour that comes twice or not at all has two answers; kirjuri then gives none.
    return first == second == written


def explain_hetu(text):
    if hetu.compact(text) != text:
        return "stdnum reads lower case, white space and look-alike characters"
    if not text.isascii():
        return "stdnum reads digits of other scripts"
    return None


def explain_business_id(text):
    compact = ytunnus.compact(text)
    if f"{compact[:7]}-{compact[7:]}" != text:
        return "stdnum reads codes without the hyphen, with spaces, FI or look-alike characters"
    if not text.isascii():
        return "stdnum reads digits of other scripts"
    return None


def explain_oid(text):
    try:
        canonical = all(arc == str(int(arc)) for arc in text.split("."))
    except ValueError:
        return None
    if not canonical:
        return "cryptography reads leading zeros, signs and white space in an arc"
    return None


KINDS = {
    "hetu": (hetu_candidates, hetu_reference, explain_hetu),
    "business-id": (business_id_candidates, business_id_reference, explain_business_id),
    "oid": (oid_candidates, oid_reference, explain_oid),
    "timestamp": (timestamp_candidates, timestamp_reference, lambda text: None),
    "finnish-offset": (offset_candidates, offset_reference, lambda text: None),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default="target/release/examples/identify")
    parser.add_argument("--seed", type=int, default=20260101)
    parser.add_argument("--count", type=int, default=20_000, help="rounds for each kind; a round makes some candidates")
    arguments = parser.parse_args()

    print(f"python-stdnum {stdnum.__version__}, seed {arguments.seed}, {arguments.count} rounds for each kind")
    print(f"OID reference: {'cryptography' if ObjectIdentifier else 'pattern of ITU-T X.660'}")
    unexplained = 0
    for kind, (candidates, reference, explain) in KINDS.items():
        made = dict.fromkeys(candidates(random.Random(f"{arguments.seed} {kind}"), arguments.count))
        values = [value for value in made if value and not (kind == "hetu" and is_ordinary_code(value))]
        lines = "".join(f"{kind}\t{value}\n" for value in values)
        run = subprocess.run([arguments.binary], input=lines.encode(), stdout=subprocess.PIPE, check=True)
        answers = [line == "true" for line in run.stdout.decode().splitlines()]
        if len(answers) != len(values):
            sys.exit(f"{kind}: {len(values)} candidates, {len(answers)} answers")
        expected = [reference(value) for value in values]
        differences = collections.Counter()
        for value, answer, reference_answer in zip(values, answers, expected):
            if answer == reference_answer:
                continue
            # Every explanation is that the reference reads more spellings, so kirjuri must be the one that refuses.
            reason = explain(value)
            if reason is None or answer:
                unexplained += 1
                print(f"UNEXPLAINED {kind} {value!r}: kirjuri {answer}, reference {reference_answer}")
            else:
                differences[reason] += 1
        print(
            f"{kind}: {len(values)} candidates, dropped {len(made) - len(values)}; kirjuri accepts {sum(answers)}, "
            f"the reference {sum(expected)}; differences {sum(differences.values())} explained"
        )
        for reason, number in differences.most_common():
            print(f"    {number} {reason}")
    print(f"{unexplained} unexplained differences")
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
