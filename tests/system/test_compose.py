"""docker-compose brings up Postgres and Reel, and the movies DAG runs there. Runs where a Docker engine answers."""
import json
import pathlib
import shutil
import subprocess
import time

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROJECT = "reel-system-test"


def engine_answers():
    return shutil.which("docker-compose") and subprocess.run(["docker", "info"], capture_output=True).returncode == 0


pytestmark = pytest.mark.skipif(not engine_answers(), reason="no Docker engine here")


def compose(*arguments, check=True, timeout=1800):
    result = subprocess.run(
        ["docker-compose", "-p", PROJECT, *arguments], cwd=ROOT, text=True, capture_output=True, timeout=timeout
    )
    assert not check or result.returncode == 0, result.stdout[-4000:] + result.stderr[-4000:]
    return result


@pytest.fixture(scope="module")
def composed():
    compose("up", "-d", "--build")
    yield
    compose("down", "-v", check=False)


def reel(*arguments, **options):
    return compose("exec", "-T", "reel", "reel", *arguments, **options)


def test_the_movies_pipeline_runs(composed):
    reel("dags", "trigger", "movies", "--wait", "--run-id", "composed")
    assert "Highest rated movies" in reel("tasks", "logs", "movies", "composed", "report").stdout


def test_a_restart_of_the_containers_keeps_the_runs(composed):
    compose("restart")
    deadline = time.monotonic() + 60
    while reel("dags", "list", check=False).returncode != 0:
        assert time.monotonic() < deadline, "the server answers again"
        time.sleep(0.5)
    runs = json.loads(reel("dags", "list-runs", "movies", "-o", "json").stdout)
    assert ("composed", "success") in {(run["dag_run_id"], run["state"]) for run in runs}


def test_the_container_runs_as_a_user_without_rights(composed):
    assert compose("exec", "-T", "reel", "id", "-u").stdout.strip() == "10001"
