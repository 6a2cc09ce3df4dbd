"""Two programs: `reel`, which people type, and `reel-server` beside it, which it becomes for what a client cannot do."""
import contextlib
import os
import pathlib
import shutil
import signal
import subprocess

import pytest

from reel_server import REEL, clean_environment

HEAVY = ("libcurl", "libarchive", "libpq", "libpqxx", "libssl", "libkrb5", "libldap", "libgnutls")
LATE = ("libcurl", "libarchive")


def run(program, *words, **environment):
    return subprocess.run([program, *words], env=clean_environment() | environment, text=True, capture_output=True, timeout=60)


def libraries(program):
    told = subprocess.run(["ldd", program], text=True, capture_output=True, check=True).stdout
    return [line.split()[0] for line in told.splitlines()]


def program_of(pid):
    return pathlib.Path(os.readlink(f"/proc/{pid}/exe")).name


def runners_of(server):
    words = [b"--directory", str(server.home / "run").encode()]
    found = []
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (process / "cmdline").read_bytes().split(b"\0")[1:3] == words:
                found.append(process.name)
    return found


@pytest.fixture
def alone(tmp_path):
    """`reel` in a folder of its own."""
    return pathlib.Path(shutil.copy(REEL, tmp_path))


def test_reel_loads_few_libraries():
    found = libraries(REEL)
    assert not [name for name in found if name.startswith(HEAVY)]
    assert len(found) <= 10, found


def test_reel_server_loads_the_rest_but_what_it_may_never_need():
    found = libraries(REEL.with_name("reel-server"))
    assert any(name.startswith("libssl.") for name in found)
    assert not [name for name in found if name.startswith((*LATE, "libpq.", "libgssapi", "libkrb5", "libldap", "libgnutls"))]


def test_reel_runner_loads_what_it_uses():
    found = libraries(REEL.with_name("reel-runner"))
    assert not [name for name in found if name.startswith((*HEAVY, "libcrypto", "libyaml", "libspdlog"))]


def test_reel_becomes_reel_server(make_server, tmp_path_factory):
    server = make_server("programs", tmp_path_factory.mktemp("dags"))
    server.start()
    assert program_of(server.process.pid) == "reel-server"
    command = pathlib.Path(f"/proc/{server.process.pid}/cmdline").read_bytes().split(b"\0")
    assert command == [str(REEL).encode(), b"standalone", b""]
    server.wait_until(lambda: runners_of(server), 10, "a runner is there")
    assert [program_of(pid) for pid in runners_of(server)] == ["reel-runner"]
    maps = pathlib.Path(f"/proc/{server.process.pid}/maps").read_text()
    assert not any(name in maps for name in LATE)
    assert server.stop() == 0


def test_a_link_to_reel_finds_reel_server(tmp_path):
    link = tmp_path / "reel"
    link.symlink_to(REEL)
    (tmp_path / "d.yaml").write_text("d: {schedule: none, tasks: [{task_id: a, operator: empty}]}\n")
    told = run(link, "dags", "validate", str(tmp_path), REEL_HOME=str(tmp_path / "home"))
    assert (told.returncode, told.stdout) == (0, "1 file, 1 DAG, 0 errors\n"), told.stderr


def test_status_and_streams_pass_through(tmp_path):
    (tmp_path / "d.yaml").write_text("d: {schedule: none, tasks: [{task_id: a, operator: none_such}]}\n")
    told = run(REEL, "dags", "validate", str(tmp_path), REEL_HOME=str(tmp_path / "home"))
    assert told.returncode == 1 and "none_such" in told.stdout and told.stderr == ""
    told = run(REEL, "api-server", REEL_HOME=str(tmp_path / "home"))
    assert told.returncode == 1 and "database.url is not set" in told.stderr


def test_ctrl_c_reaches_what_reel_has_become(make_server, tmp_path_factory):
    server = make_server("interrupted", tmp_path_factory.mktemp("dags"))
    server.start()
    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(60) == 0


def test_without_reel_server_the_error_says_so(alone, tmp_path):
    for words in (["standalone"], ["db", "check"], ["jobs", "check"], ["dags", "test", "d"]):
        told = run(alone, *words, REEL_HOME=str(tmp_path / "home"))
        assert told.returncode == 1, words
        assert told.stderr == (
            f"error: {tmp_path}/reel-server: this command is carried out by reel-server, which is missing\n"
            "hint: install reel, reel-server and reel-runner of one version in one folder\n"
        )


def test_without_reel_server_a_client_works(alone, tmp_path):
    home = {"REEL_HOME": str(tmp_path / "home")}
    for words in (["version"], ["--help"], ["db", "--help"], ["completion", "bash"], ["config", "list"], ["cron", "next", "@daily"]):
        assert run(alone, *words, **home).returncode == 0, words
    assert run(alone, "db", "url", "other", **home).returncode == 2
    assert "no Reel server answers" in run(alone, "dags", "list", REEL__API__PORT="1", **home).stderr


@pytest.mark.parametrize("words", [["--help"], ["db", "clean", "--help"], ["worker", "--help"], ["completion", "zsh"], ["dgas"], ["version"]])
def test_both_programs_say_the_same(words):
    client, server = run(REEL, *words), run(REEL.with_name("reel-server"), *words)
    assert (client.returncode, client.stdout, client.stderr) == (server.returncode, server.stdout, server.stderr)
    assert client.returncode == (2 if words == ["dgas"] else 0)
