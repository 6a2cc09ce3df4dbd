"""`reel load --memory-limit` holds, whatever the size of the file."""
import json
import os
import subprocess

import pytest

from cluster import Cluster
from conftest import ROOT

REEL = ROOT / "build/release/bin/reel"
SPEC = """
source: {{path: {file}}}
into: big.t
mode: append
columns:
  id: {{type: bigint}}
  name: {{type: text}}
  amount: {{type: "numeric(10,2)"}}
checks:
  - range: {{column: amount, min: 0}}
"""


@pytest.fixture(scope="module")
def database():
    cluster = Cluster()
    yield cluster
    cluster.destroy()


@pytest.fixture(scope="module")
def big_file(tmp_path_factory):
    """A hundred and some megabytes."""
    file = tmp_path_factory.mktemp("big") / "big.csv"
    piece = "".join(f'{i},"a name, quoted {i}",{i % 1000}.25\n' for i in range(50_000))
    with open(file, "w") as out:
        out.write("id,name,amount\n")
        for _ in range(70):
            out.write(piece)
    return file


def load(database, tmp_path, file, *options):
    spec = tmp_path / "spec.yaml"
    spec.write_text(SPEC.format(file=file))
    environment = {**os.environ, "REEL_HOME": str(tmp_path / "home"), "REEL_CONN_WAREHOUSE": database.uri("warehouse")}
    command = [REEL, "load", "--spec", spec, "-o", "json", *options]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_a_load_keeps_to_its_memory_limit(database, big_file, tmp_path):
    limit = 60_000_000
    assert big_file.stat().st_size > 2 * limit
    done = load(database, tmp_path, big_file, "--memory-limit", "60MB")
    assert done.returncode == 0, done.stderr
    (report,) = json.loads(done.stdout)
    assert report["inserted"] == 70 * 50_000
    assert 10_000_000 < report["peak_memory"] < limit
    assert "the limit is 60.0 MB, of which the program itself takes" in done.stderr


def test_a_limit_that_is_too_small_says_what_would_do(database, big_file, tmp_path):
    refused = load(database, tmp_path, big_file, "--memory-limit", "8MB")
    assert refused.returncode == 1
    assert "a memory limit of 8.0 MB is too small" in refused.stderr
    enough = refused.stderr.split("--memory-limit ")[-1].split(" ")[0]
    small = tmp_path / "small.csv"
    small.write_text("id,name,amount\n1,a,2\n")
    done = load(database, tmp_path, small, "--memory-limit", enough)
    assert done.returncode == 0, done.stderr
    (report,) = json.loads(done.stdout)
    assert report["peak_memory"] < float(enough.removesuffix("MB")) * 1e6


def test_a_record_that_the_limit_has_no_room_for_is_rejected_and_no_more(database, tmp_path):
    file = tmp_path / "huge.csv"
    with open(file, "w") as out:
        out.write("id,name,amount\n1,a,1\n2,")
        for _ in range(30):
            out.write("x" * 1_000_000)
        out.write(",2\n3,c,3\n")
    done = load(database, tmp_path, file, "--memory-limit", "60MB", "--rejects", "1")
    assert done.returncode == 0, done.stderr
    (report,) = json.loads(done.stdout)
    assert (report["inserted"], report["records_rejected"]) == (2, 1)
    assert report["peak_memory"] < 60_000_000
