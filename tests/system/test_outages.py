"""The world around the program fails while it is busy, comes back, and nothing is lost, repeated or left over.

docs/architecture/crash-safety.md has the whole list; what restarts and freezes do to several processes is in
test_processes.py, test_workers.py and test_faults.py.
"""
import pathlib
import subprocess
import time

import pytest

from busy_world import DAGS, BusyWorld
from cluster import Cluster
from database_proxy import DatabaseProxy

# What fails for seconds makes tasks fail, too.
PATIENT = DAGS.replace("retries: 3, retry_delay: 0.1s", "retries: 200, retry_delay: 0.2s")


@pytest.fixture(scope="module")
def cluster():
    cluster = Cluster()
    yield cluster
    cluster.destroy()


@pytest.fixture
def proxy(cluster):
    proxy = DatabaseProxy(cluster)
    yield proxy
    proxy.destroy()


@pytest.fixture(scope="module")
def shim(tmp_path_factory):
    library = tmp_path_factory.mktemp("shim") / "faults.so"
    source = pathlib.Path(__file__).with_name("faults.c")
    subprocess.run(["clang-19", "-shared", "-fPIC", "-O1", "-o", library, source], check=True)
    return library


class Faults:
    """What the preloaded library reads at each call."""

    def __init__(self, folder, library):
        self.folder = folder
        self.environment = {"LD_PRELOAD": str(library), "LD_FAULTS": str(folder)}

    def begin(self, name, text):
        part = self.folder / f"{name}.part"
        part.write_text(str(text))
        part.rename(self.folder / name)

    def end(self, name):
        (self.folder / name).unlink()


@pytest.fixture
def faults(shim, tmp_path):
    return Faults(tmp_path, shim)


@pytest.fixture
def world(request):
    """world(uri) starts one and waits until somebody leads; the test itself asks the database under `direct`."""
    worlds = []

    def make(uri, direct=None, **settings):
        worlds.append(BusyWorld(uri, **settings))
        worlds[-1].uri = direct or uri
        worlds[-1].start_all()
        worlds[-1].until(worlds[-1].is_ready, "somebody leads")
        return worlds[-1]

    yield make
    for each in worlds:
        each.destroy()


def begin(world):
    world.settings()
    world.trigger_all()
    world.until(lambda: world.lines("begun"), "the first task has begun")


def end(world):
    world.end_the_endless()
    world.until_all_has_ended()
    world.check()
    world.stop()
    world.leftovers()


def database(cluster, request):
    return request.node.name.split("[")[0][5:55] + str(abs(hash(request.node.name)) % 1000)


def test_the_answer_to_every_ninth_transaction_is_lost(cluster, proxy, world, request):
    name = database(cluster, request)
    # A load needs about as many answers in a row.
    busy = world(proxy.uri(name), direct=cluster.create(name), dags=PATIENT)
    proxy.swallow_each = 9
    begin(busy)
    busy.end_the_endless()
    busy.until_all_has_ended()
    assert proxy.swallowed > 5
    proxy.swallow_each = 0
    end(busy)


def test_connections_are_cut_and_refused_past_the_lease(cluster, proxy, world, request):
    name = database(cluster, request)
    busy = world(proxy.uri(name), direct=cluster.create(name))
    begin(busy)
    proxy.refuse()
    time.sleep(3)
    proxy.open()
    end(busy)


@pytest.mark.parametrize("fault", ["enospc", "eio"])
@pytest.mark.parametrize("where", ["/journal/", "/home/logs/"])
def test_writing_fails(cluster, world, faults, request, where, fault):
    busy = world(cluster.create(database(cluster, request)), dags=PATIENT, environment=faults.environment)
    begin(busy)
    faults.begin(fault, where)
    time.sleep(2)
    faults.end(fault)
    end(busy)


@pytest.mark.parametrize("by", [3600, -3600])
def test_the_clock_is_stepped_by_an_hour_and_back(cluster, world, faults, request, by):
    busy = world(cluster.create(database(cluster, request)), environment=faults.environment)
    begin(busy)
    faults.begin("clock", by)
    time.sleep(1.5)
    faults.end("clock")
    end(busy)
