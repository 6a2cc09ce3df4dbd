"""What breaks at 3 a.m.: the server is killed, Postgres goes away, somebody pulls the plug politely."""
import os
import signal
import time

import pytest

import movies
from cluster import Cluster


@pytest.fixture(scope="module")
def undisturbed(movies_server, real_data, workspace):
    folder = movies.head3188(real_data, workspace / "head3188")
    conf = movies.conf(folder, real_data)
    movies_server.trigger("movies", conf, "undisturbed")
    return {"conf": conf, "checksums": movies.checksums(movies_server)}


def begin(server, conf, run_id):
    server.psql("drop schema if exists movies cascade")
    server.trigger("movies", conf, run_id, wait=False)


def wait_for_state(server, run_id, task_id, states):
    server.wait_until(lambda: server.states("movies", run_id).get(task_id) in states, 60, f"{task_id} is {states}")


def wait_for_success(server, run_id):
    def ended():
        state = server.cli("dags", "state", "movies", run_id).stdout.strip()
        assert "failed" not in state, server.cli("tasks", "states-for-dag-run", "movies", run_id).stdout
        return "success" in state

    server.wait_until(ended, 120, f"run {run_id} succeeds")


@pytest.mark.parametrize("task_id", ["download_movies", "stage_ratings", "upsert_ratings"])
def test_kill_9_in_the_middle_then_start_ends_in_success_with_the_same_tables(movies_server, undisturbed, task_id):
    run_id = f"killed-{task_id}"
    begin(movies_server, undisturbed["conf"], run_id)
    wait_for_state(movies_server, run_id, task_id, {"queued", "running", "success"})
    movies_server.kill()
    movies_server.start()
    wait_for_success(movies_server, run_id)
    assert movies.checksums(movies_server) == undisturbed["checksums"]


def test_a_task_goes_on_while_the_server_is_dead_and_is_not_run_again(dag_server, tmp_path):
    marks = tmp_path / "marks"
    server = dag_server(survivor=f"""
survivor:
  schedule: none
  tasks:
    - task_id: work
      operator: bash
      bash_command: "echo begun >> {marks}; sleep 3; echo done >> {marks}; echo result"
    - task_id: after
      operator: bash
      dependencies: [work]
      bash_command: "echo got {{{{ ti.xcom_pull('work') }}}}"
""")
    server.trigger("survivor", run_id="r", wait=False)
    server.wait_until(marks.exists, 30, "the task has begun")
    server.kill()
    server.start()
    server.wait_until(lambda: server.states("survivor", "r")["after"] == "success", 60, "the run ends")
    assert marks.read_text() == "begun\ndone\n"
    assert "got result" in server.task_log("survivor", "r", "after")
    tries = [row["try_number"] for row in server.json("tasks", "states-for-dag-run", "survivor", "r")]
    assert tries == [1, 1]


@pytest.fixture(scope="module")
def cluster():
    cluster = Cluster()
    yield cluster
    cluster.destroy()


@pytest.mark.parametrize("task_id", ["stage_ratings", "upsert_movies"])
def test_postgres_stopped_for_ten_seconds_ends_in_success_with_the_same_tables(
    make_server, cluster, undisturbed, task_id
):
    server = make_server(
        f"outage-{task_id}",
        REEL__DATABASE__URL=cluster.uri("reel"), REEL__WAREHOUSE__URL=cluster.uri("warehouse"),
    )
    server.start()
    begin(server, undisturbed["conf"], f"outage-{task_id}")
    wait_for_state(server, f"outage-{task_id}", task_id, {"queued", "running", "success"})
    cluster.stop("immediate" if task_id == "stage_ratings" else "fast")
    time.sleep(10)
    assert server.process.poll() is None, "the server waits"
    cluster.start()
    wait_for_success(server, f"outage-{task_id}")
    assert movies.checksums(server) == undisturbed["checksums"]
    server.stop()


def test_the_embedded_postgres_is_started_again_when_somebody_kills_it(movies_server, undisturbed):
    postmaster = int((movies_server.home / "pg" / "data" / "postmaster.pid").read_text().split()[0])
    os.kill(postmaster, signal.SIGKILL)
    # Where its recovery takes longer than a lease, somebody has to lead again first.
    is_well = lambda *words: movies_server.cli(*words, check=False).returncode == 0  # noqa: E731
    movies_server.wait_until(lambda: is_well("db", "check") and is_well("jobs", "check"), 60, "the database is back")
    begin(movies_server, undisturbed["conf"], "revived")
    wait_for_success(movies_server, "revived")
    assert movies.checksums(movies_server) == undisturbed["checksums"]


def test_a_second_server_on_the_same_home_is_refused(movies_server):
    result = movies_server.cli("standalone", check=False)
    assert result.returncode == 1
    assert "another Reel" in result.stderr and "hint:" in result.stderr
