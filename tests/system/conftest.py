"""The real program over real Postgres: one server per test module, in a home of its own."""
import os
import pathlib
import shutil
import tempfile

import pytest

from reel_server import Server

# Homes and clusters live in memory where there is room: nobody waits for a disk to write them, or to forget them.
if shutil.disk_usage("/dev/shm").free > 6 << 30:
    tempfile.tempdir = "/dev/shm"

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA = pathlib.Path(os.environ.get("REEL_TEST_DATA", ROOT.parent / "shared" / "data"))


@pytest.fixture(scope="module")
def workspace():
    """A folder that the database's user can reach, too."""
    path = pathlib.Path(tempfile.mkdtemp(prefix="reel-system-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="module")
def make_server(workspace):
    """Starts servers; every one of them is stopped at the end of the module."""
    servers = []

    def make(name="home", dags=None, program="standalone", **environment):
        server = Server(workspace / name, dags or ROOT / "dags", environment, program)
        servers.append(server)
        return server

    yield make
    for server in servers:
        server.destroy()


@pytest.fixture(scope="module")
def movies_server(make_server):
    server = make_server("movies")
    server.start()
    server.cli("dags", "unpause", "movies")
    return server


@pytest.fixture(scope="session")
def real_data():
    if not (DATA / "movies" / "links.csv").exists():
        pytest.skip(f"no real data at {DATA}; REEL_TEST_DATA names another place")
    return DATA


@pytest.fixture
def dag_server(make_server, tmp_path_factory, request):
    """A server over a DAG folder that the test fills: dag_server(name=text, …)."""

    def make(**files):
        folder = tmp_path_factory.mktemp("dags")
        for name, text in files.items():
            (folder / f"{name}.yaml").write_text(text)
        server = make_server(f"home-{request.node.name[:40]}", folder)
        server.start()
        return server

    return make
