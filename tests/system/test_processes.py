"""Reel in several processes over one Postgres: a leader, standbys and an API server, and what happens when one is lost."""
import json
import os
import re
import signal
import subprocess
import time
import urllib.error
import urllib.request

import pytest

from cluster import Cluster

LEASE = 2  # seconds

MANY = """
many:
  schedule: none
  tasks:
    - {{task_id: names, operator: bash, bash_command: "echo '[{numbers}]'", output_processor: json}}
    - task_id: work
      operator: bash
      partial: {{bash_command: "echo begin $NAME $$ >> {marks}; sleep 0.15; echo end $NAME $$ >> {marks}", append_env: true}}
      expand: {{env: +names}}
"""

# Deaf to SIGTERM where `first` says so.
LONG = """
long:
  schedule: none
  default_args: {{retries: 3, retry_delay: 1s}}
  tasks:
    - task_id: work
      operator: bash
      bash_command: >-
        {first}for other in $(cat {marks}.pids 2>/dev/null); do kill -0 $other 2>/dev/null && echo overlap >> {marks}; done;
        echo $$ >> {marks}.pids; echo begin $$ >> {marks}; sleep {seconds}; echo end $$ >> {marks}
"""


@pytest.fixture
def cluster():
    cluster = Cluster()
    yield cluster
    cluster.destroy()


@pytest.fixture
def apart(make_server, cluster, tmp_path_factory, request):
    """apart(dag) gives a function that makes the programs of one installation."""

    def prepare(dag, **settings):
        folder = tmp_path_factory.mktemp("dags")
        (folder / "dag.yaml").write_text(dag)
        prefix = re.sub(r"\W", "_", request.node.name)[:40]

        def make(program, home="home", **more):
            server = make_server(
                f"{prefix}-{home}", folder, program,
                **({"REEL__SCHEDULER__LEASE": f"{LEASE}s"} | settings | more),
                REEL__DATABASE__URL=cluster.uri("reel"), REEL__API__JWT_SECRET="a key of all of them",
            )
            server.start()
            return server

        return make

    return prepare


def names(count):
    return ", ".join(json.dumps({"NAME": f"n{i}"}) for i in range(count)).replace('"', '\\"')


def many(marks, count):
    return MANY.format(numbers=names(count), marks=marks)


def run_state(server, dag_id, run_id):
    return server.cli("dags", "state", dag_id, run_id, check=False).stdout.strip()


def wait_for_success(server, dag_id, run_id, timeout=90):
    def ended():
        state = run_state(server, dag_id, run_id)
        assert "failed" not in state, server.cli("tasks", "states-for-dag-run", dag_id, run_id).stdout
        return "success" in state

    server.wait_until(ended, timeout, f"run {run_id} succeeds")


def check_marks(marks, expected):
    """Every name began and ended as often as expected, and never a second time before the first one's end."""
    live, begun = {}, {}
    for line in marks.read_text().splitlines():
        word, name, pid = line.split()
        if word == "begin":
            assert name not in live, f"{name} ran twice at once"
            live[name] = pid
            begun[name] = begun.get(name, 0) + 1
        else:
            assert live.pop(name) == pid
    assert not live, "these were cut off"
    assert len(begun) == expected
    return begun


def term(cluster):
    return int(query(cluster, "select epoch from reel.lease"))


def query(cluster, sql):
    done = subprocess.run(["psql", "-XAt", cluster.uri("reel"), "-c", sql], text=True, capture_output=True, check=True)
    return done.stdout.strip()


def call(server, method, path, body=None):
    """Status, headers and body of a request with a token of the home."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.port}{path}", method=method, data=json.dumps(body).encode() if body is not None else None,
        headers={
            "Authorization": f"Bearer {(server.home / 'run' / 'token').read_text().strip()}",
            "Content-Type": "application/json",
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=70) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


def test_kill_9_of_the_leader_under_load_and_the_standby_goes_on(apart, tmp_path):
    marks = tmp_path / "marks"
    make = apart(many(marks, 120))
    leader, standby, api = make("scheduler"), make("scheduler"), make("api-server")
    assert leader.says("leading") and standby.says("standing by")
    api.cli("dags", "unpause", "many")
    api.trigger("many", run_id="r", wait=False)
    api.wait_until(lambda: marks.exists() and marks.read_text().count("end") > 20, 60, "a part of it is done")
    leader.kill()
    standby.wait_until(lambda: standby.says("leading"), 3 * LEASE, "the standby leads")
    wait_for_success(api, "many", "r")
    assert set(check_marks(marks, 120).values()) == {1}, "the runner of the home kept what ran"
    states = api.json("tasks", "states-for-dag-run", "many", "r")
    assert {row["state"] for row in states} == {"success"} and len(states) == 121
    assert {row["try_number"] for row in states} == {1}


def test_a_leader_that_hung_past_its_lease_writes_nothing_and_stands_by(apart, cluster, tmp_path):
    marks = tmp_path / "marks"
    make = apart(many(marks, 80))
    old, new, api = make("scheduler"), make("scheduler"), make("api-server")
    assert old.says("leading")
    api.trigger("many", run_id="r", wait=False)
    api.wait_until(lambda: marks.exists() and marks.read_text().count("end") > 10, 60, "a part of it is done")
    old.signal(signal.SIGSTOP)
    new.wait_until(lambda: new.says("leading"), 3 * LEASE + 3, "the standby leads")
    assert term(cluster) == 2
    old.signal(signal.SIGCONT)
    old.wait_until(lambda: old.says("the lease is lost"), 20, "the old leader finds out")
    old.wait_until(lambda: old.says("standing by"), 20, "the old leader stands by")
    wait_for_success(api, "many", "r")
    assert set(check_marks(marks, 80).values()) == {1}
    assert old.process.poll() is None and term(cluster) == 2
    # It is a standby like any other.
    new.kill()
    old.wait_until(lambda: old.log.read_text().count("leading, term=") == 2, 3 * LEASE + 3, "it leads again")
    api.trigger("many", run_id="again", wait=False)
    wait_for_success(api, "many", "again")
    assert term(cluster) == 3


def long_on_two_hosts(apart, marks, seconds, heartbeat, first=""):
    """The task runs on host one, which leads; two stands by."""
    make = apart(
        LONG.format(marks=marks, seconds=seconds, first=first), REEL__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT=heartbeat,
        REEL__CORE__DAGS_ARE_PAUSED_AT_CREATION="false",
    )
    one, two = make("scheduler", home="one"), make("scheduler", home="two")
    api = make("api-server", home="one")
    assert one.says("leading") and two.says("standing by")
    api.trigger("long", run_id="r", wait=False)
    api.wait_until(marks.exists, 30, "the task has begun")
    return one, two, api


def lose(one, two):
    one.kill()
    two.wait_until(lambda: two.says("leading"), 3 * LEASE + 3, "the other host leads")


def test_the_tasks_of_a_lost_host_are_tried_again_once_they_must_be_dead(apart, tmp_path):
    marks = tmp_path / "marks"
    one, two, api = long_on_two_hosts(apart, marks, seconds=6, heartbeat="3s")
    lose(one, two)
    wait_for_success(api, "long", "r", timeout=60)
    words = [line.split()[0] for line in marks.read_text().splitlines()]
    assert words == ["begin", "begin", "end"], "its runner ended the first, then it was tried again"


def test_what_was_marked_and_still_runs_on_a_lost_host_does_not_begin_anew_beside_itself(apart, cluster, tmp_path):
    marks = tmp_path / "marks"
    one, two, api = long_on_two_hosts(apart, marks, seconds=8, heartbeat="3s", first="trap '' TERM; ")
    api.cli("dags", "mark", "long", "r", "failed")
    assert query(cluster, "select count(*) from reel.lingering_attempt") == "1"
    lose(one, two)
    api.cli("tasks", "clear", "long", "--run-id", "r", "--yes")
    assert "still being ended" in api.cli("tasks", "why", "long", "r", "work").stdout
    wait_for_success(api, "long", "r", timeout=60)
    assert "overlap" not in marks.read_text()
    assert query(cluster, "select count(*) from reel.lingering_attempt") == "0"


def test_a_host_that_took_over_stops_without_waiting_for_what_it_cannot_end(apart, tmp_path):
    one, two, _ = long_on_two_hosts(apart, tmp_path / "marks", seconds=60, heartbeat="50s")
    lose(one, two)
    two.signal(signal.SIGTERM)
    assert two.process.wait(timeout=10) == 0


def test_a_database_that_is_away_for_long_costs_the_lead_but_no_task(apart, cluster, tmp_path):
    marks = tmp_path / "marks"
    make = apart(LONG.format(marks=marks, seconds=9, first=""))
    leader, api = make("scheduler"), make("api-server")
    api.trigger("long", run_id="r", wait=False)
    api.wait_until(marks.exists, 30, "the task has begun")
    cluster.stop()
    leader.wait_until(lambda: leader.says("the lease is lost"), 3 * LEASE + 5, "the lead is lost")
    assert leader.process.poll() is None
    cluster.start()
    leader.wait_until(lambda: leader.says("leading, term=2"), 20, "it leads again")
    wait_for_success(api, "long", "r")
    assert [line.split()[0] for line in marks.read_text().splitlines()] == ["begin", "end"]
    assert api.json("tasks", "states-for-dag-run", "long", "r")[0]["try_number"] == 1


def test_an_api_server_passes_on_what_changes_something_and_says_when_nobody_leads(apart, tmp_path):
    make = apart(many(tmp_path / "marks", 2))
    api = make("api-server")
    assert api.json("dags", "list") == [], "nobody has read the folder yet"
    path = "/api/v2/dags/many/dagRuns"
    status, headers, body = call(api, "POST", path, {"dag_run_id": "r", "logical_date": None})
    assert status == 503 and headers["Retry-After"] == "5" and "No scheduler leads" in body
    health = json.loads(call(api, "GET", "/api/v2/monitor/health")[2])
    assert health["metadatabase"]["status"] == "healthy" and health["scheduler"]["status"] == "unhealthy"
    alive = api.cli("jobs", "check", check=False)
    assert alive.returncode == 1 and "no scheduler is alive" in alive.stderr

    leader = make("scheduler", home="other", REEL__API__ADMIN_PASSWORD="pw")
    api.wait_until(lambda: api.json("dags", "list"), 20, "the leader has read the folder")
    status, headers, body = call(api, "POST", path, {"dag_run_id": "r", "logical_date": None})
    assert status == 200 and json.loads(body)["dag_run_id"] == "r", body
    assert headers["Content-Type"] == "application/json"
    assert call(api, "POST", path, {"dag_run_id": "r", "logical_date": None})[0] == 409
    assert call(api, "POST", path, {"dag_run_id": 7})[0] == 422
    wait_for_success(api, "many", "r")
    api.cli("tasks", "clear", "many", "--run-id", "r", "-y")
    wait_for_success(api, "many", "r")
    assert {row["try_number"] for row in api.json("tasks", "states-for-dag-run", "many", "r")} == {2}
    api.cli("variables", "set", "k", "v")
    assert api.cli("variables", "get", "k").stdout.strip() == "v"

    assert "leads" in api.cli("jobs", "check").stdout
    assert f"pid {leader.process.pid} on " in api.json("info")[0]["leader"]
    health = json.loads(call(api, "GET", "/api/v2/monitor/health")[2])
    assert health["scheduler"]["status"] == "healthy"
    leader.stop()
    assert call(api, "PATCH", "/api/v2/dags/many", {"is_paused": True})[0] == 503
    assert api.json("dags", "list")[0]["is_paused"] in (False, "False")


def test_a_standalone_that_was_killed_is_not_held_up_by_its_own_lease(apart, cluster, tmp_path):
    make = apart(many(tmp_path / "marks", 2), REEL__SCHEDULER__LEASE="600s")
    first = make("standalone")
    zombie = first.process  # in a container without an init nobody waits for it
    zombie.kill()
    os.waitid(os.P_PID, zombie.pid, os.WEXITED | os.WNOWAIT)
    first.start(timeout=8)
    assert term(cluster) == 2
    first.trigger("many", run_id="r")
    assert first.stop() == 0
    zombie.wait()
    assert query(cluster, "select expires_at <= now() from reel.lease") == "t", "a clean stop gives the lease back"


def test_a_second_standalone_stands_by_and_answers_for_the_first(apart, tmp_path):
    make = apart(many(tmp_path / "marks", 2))
    first, second = make("standalone", home="one"), make("standalone", home="two")
    assert first.says("leading") and second.says("standing by")
    second.trigger("many", run_id="r")
    assert "success" in run_state(first, "many", "r")
    assert first.stop() == 0
    second.wait_until(lambda: second.says("leading"), 5, "the second leads at once")
    second.trigger("many", run_id="s")
    time.sleep(LEASE * 1.5)
    assert second.says("leading") and not second.says("the lease is lost")
