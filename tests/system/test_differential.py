"""Reel's readers beside others': Python's csv and ast.literal_eval, and the COPY of Postgres, on records made to be misread.

A few hundred thousand as a rule; REEL_NASTY_RECORDS=5000000 makes so many of each kind."""
import ast
import csv
import io
import os
import pathlib
import subprocess
import warnings

import pytest

import nasty_records as nasty
from cluster import BINARIES, Cluster
from conftest import ROOT

BIN = pathlib.Path(os.environ.get("REEL_TEST_BIN", ROOT / "build/release/bin"))
RECORDS = int(os.environ.get("REEL_NASTY_RECORDS", "0"))
AT_ONCE = 100_000  # what a process holds


def amount(usual):
    return RECORDS or usual


def portions(total):
    for first in range(0, total, AT_ONCE):
        yield first, min(AT_ONCE, total - first)


def read_by_reel(file, options, *blocks):
    command = [BIN / "reel-records", "csv", options, file, *map(str, blocks)]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def without_reasons(told):
    """A problem's words are Reel's own."""
    return b"\n".join(line[: line.index(b" !") + 2] if b" !" in line and is_problem(line) else line for line in told.split(b"\n"))


def is_problem(line):
    head = line.split(b" ", 3)
    return len(head) == 4 and head[3].startswith(b"!") and all(part.isdigit() for part in head[:3])


def first_difference(ours, theirs):
    at = next((i for i, (a, b) in enumerate(zip(ours, theirs)) if a != b), min(len(ours), len(theirs)))
    return f"at byte {at}:\nreel:   {ours[max(0, at - 80):at + 80]!r}\noracle: {theirs[max(0, at - 80):at + 80]!r}"


def assert_same(ours, theirs):
    if ours != theirs:
        pytest.fail(first_difference(ours, theirs))


def read_by_python(data, columns):
    csv.field_size_limit(1 << 30)
    rows = csv.reader(io.StringIO(data.decode("utf-8", "surrogateescape"), newline=""))
    return [row for row in rows if row or columns == 1][1:]


def assert_python_agrees(maker):
    """That the generator knows what it made."""
    rows = read_by_python(bytes(maker.bytes), maker.columns)
    assert len(rows) == len(maker.records)
    for row, (number, _, _, cells) in zip(rows, maker.records):
        if cells is not None:
            assert row == [text for text, _ in cells], f"record {number}"


@pytest.mark.parametrize("columns", [1, 2, 4, 9])
def test_csv_is_what_python_reads(tmp_path, columns):
    file = tmp_path / "nasty.csv"
    for first, count in portions(amount(120_000) // 4):
        maker = nasty.CsvMaker(first * 10 + columns, columns).fill(count)
        assert_python_agrees(maker)
        file.write_bytes(maker.bytes)
        told = read_by_reel(file, ',"--', 64, 97, 4096, 1 << 20)
        assert_same(without_reasons(told), nasty.canonical(maker.records))


def test_every_trap_lies_at_every_border_of_blocks(tmp_path):
    """All sizes of blocks up to some records' size move each trap over every border."""
    file = tmp_path / "nasty.csv"
    maker = nasty.CsvMaker(7, 3, bad=0.2, blank=0.1).fill(max(1_500, amount(0) // 1000))
    assert_python_agrees(maker)
    file.write_bytes(maker.bytes)
    told = read_by_reel(file, ',"--', *range(1, 260))
    assert_same(without_reasons(told), nasty.canonical(maker.records))


def test_a_quote_that_never_closes_takes_the_rest_and_nothing_before(tmp_path):
    file = tmp_path / "nasty.csv"
    for seed in range(60):
        maker = nasty.CsvMaker(seed, 3, bad=0.05).fill(200)
        maker.records.append((201, maker.line, len(maker.bytes), None))
        maker.bytes += b'a,"never closed,\n1,2,3\n4,5,6'
        file.write_bytes(maker.bytes)
        told = read_by_reel(file, ',"--', 64, 100, 1000, 1 << 20)
        assert_same(without_reasons(told), nasty.canonical(maker.records))


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_the_last_line_needs_no_end(tmp_path, end):
    file = tmp_path / "nasty.csv"
    for seed in range(40):
        maker = nasty.CsvMaker(seed, 3, ends=[end], blank=0).fill(50)
        file.write_bytes(maker.bytes[: -len(end)])
        assert_same(without_reasons(read_by_reel(file, ',"--', 64, 1 << 20)), nasty.canonical(maker.records))


@pytest.mark.parametrize("more", [0, 1])
def test_a_cell_may_have_16_mebibytes_and_not_one_byte_more(tmp_path, more):
    file = tmp_path / "nasty.csv"
    size = (16 << 20) + more
    file.write_bytes(b"c0,c1\n1,2\n3," + b"x" * size + b"\n5,6\n")
    told = read_by_reel(file, ',"--', 1 << 20, 64 << 10)
    middle = b"2 3 10 !" if more else b"2 3 10 1:3,%d:x" % size
    assert told.startswith(b"1 2 6 1:1,1:2,\n" + middle)
    assert told.endswith(b"3 4 %d 1:5,1:6,\n" % (13 + size))


def read_literals(texts, file):
    with open(file, "wb") as out:
        for text in texts:
            raw = text.encode("utf-8", "surrogatepass")
            out.write(len(raw).to_bytes(4, "little") + raw)
    done = subprocess.run([BIN / "reel-records", "literals", file], capture_output=True, check=True)
    return done.stdout


def literal_by_python(text):
    try:
        return nasty.canonical_literal(ast.literal_eval(text))
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError, UnicodeEncodeError):
        return b"!"


def split_literals(told):
    """Strings hold line breaks, so sizes have to be followed."""
    out, at, begin = [], 0, 0
    while at < len(told):
        mark = told[at:at + 1]
        if mark in (b"s", b"b"):
            colon = told.index(b":", at)
            at = colon + 1 + int(told[at + 1:colon])
        elif mark == b"d":
            at += 17
        elif mark == b"\n":
            out.append(told[begin:at])
            at += 1
            begin = at
        else:
            at += 1
    return out


def is_known_difference(text, ours, theirs):
    """What the documentation says of the two: complex numbers, names of characters, surrogates, bare nan and inf, sets."""
    if ours == b"!":
        return "j" in text.lower() or "\\N{" in text or "\\ud" in text.lower() or has_surrogate(text)
    return theirs == b"!" and ("nan" in text or "inf" in text)


def has_surrogate(text):
    return any(0xD800 <= ord(c) < 0xE000 for c in text)


def test_literals_are_what_python_evaluates(tmp_path):
    for first, count in portions(amount(150_000)):
        maker = nasty.LiteralMaker(first + 1)
        texts = [maker.text() for _ in range(count)]
        ours = split_literals(read_literals(texts, tmp_path / "literals"))
        assert len(ours) == len(texts)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs = [literal_by_python(text) for text in texts]
        wrong = [
            (text, mine, other)
            for text, mine, other in zip(texts, ours, theirs)
            if mine != other and not is_known_difference(text, mine, other)
        ]
        assert not wrong, f"{len(wrong)} of {count}, such as {wrong[:5]}"


@pytest.fixture(scope="module")
def database():
    cluster = Cluster()
    yield cluster
    cluster.destroy()


def psql(cluster, sql, stdin=None):
    command = [BINARIES / "psql", "-XAtq", "-v", "ON_ERROR_STOP=1", cluster.uri("warehouse"), "-c", sql]
    done = subprocess.run(command, input=stdin, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().strip()


SPEC = """
source: {{path: {file}, header: false, columns: [c0, c1, c2]}}
into: nasty.{table}
mode: replace
columns:
  c0: {{type: text}}
  c1: {{type: text}}
  c2: {{type: text}}
"""


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_rows_are_what_copy_loads(tmp_path, database, end):
    """COPY stops at the first record that it cannot read, so these are all sound; it knows one kind of line end per file."""
    table = {b"\n": "lf", b"\r\n": "crlf", b"\r": "cr"}[end]
    file = tmp_path / "nasty.csv"
    spec = tmp_path / "spec.yaml"
    spec.write_text(SPEC.format(file=file, table=table))
    environment = {**os.environ, "REEL_HOME": str(tmp_path / "home"), "REEL_CONN_WAREHOUSE": database.uri("warehouse")}
    psql(database, "CREATE SCHEMA IF NOT EXISTS nasty; DROP TABLE IF EXISTS nasty.copied; CREATE TABLE nasty.copied (c0 text, c1 text, c2 text)")
    total = 0
    for first, count in portions(amount(45_000) // 3):
        maker = nasty.CsvMaker(first + len(end), 3, bad=0, ends=[end], blank=0).fill(count)
        # The first line is plain: a byte order mark there would be one.
        body = b"first,second,third" + end + bytes(maker.bytes[maker.bytes.index(b"\n") + 1:])
        file.write_bytes(body)
        psql(database, "TRUNCATE nasty.copied")
        psql(database, "COPY nasty.copied FROM STDIN (FORMAT csv, FORCE_NULL (c0, c1, c2))", body)
        done = subprocess.run([BIN / "reel", "load", "--spec", spec], env=environment, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
        difference = psql(
            database,
            f"""SELECT (SELECT count(*) FROM (TABLE nasty.copied EXCEPT ALL TABLE nasty.{table}) AS a),
                       (SELECT count(*) FROM (TABLE nasty.{table} EXCEPT ALL TABLE nasty.copied) AS b), (SELECT count(*) FROM nasty.copied)""",
        )
        assert difference == f"0|0|{count + 1}"
        total += count
    assert total == amount(45_000) // 3
