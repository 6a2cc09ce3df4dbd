"""Backfills over the real program, and what becomes of old runs."""
import datetime
import json

import pytest

DAGS = """
daily:
  schedule: "@daily"
  start_date: 2099-01-01
  max_active_runs: 1
  tasks:
    - {task_id: work, operator: bash, bash_command: "sleep 0.3; echo {{ ds }}"}
    - {task_id: after, operator: bash, dependencies: [work], bash_command: "echo done"}
flaky:
  schedule: "@daily"
  start_date: 2099-01-01
  params: {flag: /nonexistent}
  tasks:
    - {task_id: work, operator: bash, bash_command: "test -e {{ params.flag }}"}
slow:
  schedule: "@daily"
  start_date: 2099-01-01
  tasks:
    - {task_id: work, operator: bash, bash_command: "sleep 2"}
by_hand:
  schedule: none
  tasks:
    - {task_id: work, operator: bash, bash_command: "echo hello"}
"""


@pytest.fixture(scope="module")
def server(make_server, tmp_path_factory):
    folder = tmp_path_factory.mktemp("dags")
    (folder / "backfill.yaml").write_text(DAGS)
    server = make_server("backfill", folder)
    server.start()
    return server


def create(server, dag_id, first, last, *flags):
    words = ["backfill", "create", "--dag-id", dag_id, "--from-date", first, "--to-date", last, *flags]
    return server.json(*words)


def backfill(server, dag_id, number):
    return next(row for row in server.json("backfill", "list", dag_id) if row["id"] == number)


def runs(server, dag_id):
    return server.json("dags", "list-runs", dag_id)


def complete(server, dag_id, number):
    server.wait_until(lambda: backfill(server, dag_id, number)["completed_at"], 60, "the backfill completes")


def most_at_once(rows):
    moments = sorted([(row["start_date"], 1) for row in rows] + [(row["end_date"], -1) for row in rows])
    active = most = 0
    for _, change in moments:
        active += change
        most = max(most, active)
    return most


def test_a_backfill_survives_a_killed_server_and_runs_each_day_once(server):
    dates = create(server, "daily", "2026-01-01", "2026-01-10", "--dry-run")
    assert [row["logical_date"][:10] for row in dates] == [f"2026-01-{day:02}" for day in range(1, 11)]
    assert runs(server, "daily") == []
    made = create(server, "daily", "2026-01-01", "2026-01-10", "--max-active-runs", "2")[0]
    server.wait_until(
        lambda: sum(row["state"] == "success" for row in runs(server, "daily")) >= 3, 60, "some runs have ended"
    )
    server.kill()
    server.start()
    complete(server, "daily", made["id"])
    ended = runs(server, "daily")
    assert sorted(row["dag_run_id"] for row in ended) == [
        f"backfill__2026-01-{day:02}T00:00:00+00:00" for day in range(1, 11)
    ]
    assert {row["state"] for row in ended} == {"success"}
    assert {row["run_type"] for row in ended} == {"backfill"}
    assert most_at_once(ended) == 2
    tries = [row["try_number"] for row in server.json("tasks", "states-for-dag-run", "daily", ended[0]["dag_run_id"])]
    assert set(tries) == {1}
    log = server.task_log("daily", "backfill__2026-01-04T00:00:00+00:00", "work")
    assert "2026-01-04" in log
    fires = server.psql("select count(*), count(run_id) from reel.backfill_dag_run", "metadata")
    assert fires == [["10", "10"]]


def test_runs_that_are_there_are_left_alone_unless_they_are_meant(server, tmp_path):
    flag = tmp_path / "flag"
    tmp_path.chmod(0o755)
    conf = ["--dag-run-conf", json.dumps({"flag": str(flag)})]
    complete(server, "flaky", create(server, "flaky", "2026-02-01", "2026-02-02", *conf)[0]["id"])
    assert {row["state"] for row in runs(server, "flaky")} == {"failed"}
    flag.touch()
    assert create(server, "flaky", "2026-02-01", "2026-02-02", "--dry-run") == []
    complete(server, "flaky", create(server, "flaky", "2026-02-01", "2026-02-02", *conf)[0]["id"])
    assert {row["state"] for row in runs(server, "flaky")} == {"failed"}
    again = create(server, "flaky", "2026-02-01", "2026-02-03", "--reprocess-behavior", "failed", *conf)[0]
    complete(server, "flaky", again["id"])
    assert [row["state"] for row in runs(server, "flaky")] == ["success"] * 3


def test_a_backfill_is_paused_unpaused_and_cancelled(server):
    made = create(server, "slow", "2026-03-01", "2026-03-09", "--max-active-runs", "1", "--run-backwards")[0]
    again = server.cli(
        "backfill", "create", "--dag-id", "slow", "--from-date", "2026-03-01", "--to-date", "2026-03-02", check=False
    )
    assert again.returncode == 1 and "has not completed" in again.stderr
    server.wait_until(lambda: runs(server, "slow"), 30, "the first run begins")
    assert server.json("backfill", "pause", str(made["id"]))[0]["is_paused"] is True
    server.wait_until(lambda: runs(server, "slow")[0]["state"] == "success", 30, "it ends")
    assert [row["logical_date"][:10] for row in runs(server, "slow")] == ["2026-03-09"]
    assert server.json("backfill", "unpause", str(made["id"]))[0]["is_paused"] is False
    server.wait_until(lambda: len(runs(server, "slow")) == 2, 30, "it goes on")
    assert server.json("backfill", "cancel", str(made["id"]))[0]["completed_at"]
    late = server.cli("backfill", "unpause", str(made["id"]), check=False)
    assert late.returncode == 1 and "already completed" in late.stderr
    server.wait_until(lambda: {row["state"] for row in runs(server, "slow")} == {"success"}, 30, "what began ends")
    assert len(runs(server, "slow")) == 2


def test_what_cannot_be_backfilled_says_why(server):
    for dag_id, first, last, words in [
        ("by_hand", "2026-01-01", "2026-01-02", "has no schedule"),
        ("none", "2026-01-01", "2026-01-02", "Could not find dag none"),
        ("daily", "2026-01-02", "2026-01-01", "is before"),
        ("daily", "2098-01-01", "2098-01-02", "in the future"),
    ]:
        words_of = ["backfill", "create", "--dag-id", dag_id, "--from-date", first, "--to-date", last]
        refused = server.cli(*words_of, check=False)
        assert refused.returncode == 1 and words in refused.stderr, refused.stderr


def test_db_clean_tells_what_it_removes_and_removes_it(server):
    for name in ("one", "two"):
        server.trigger("by_hand", run_id=name)
    logs = server.home / "logs" / "dag_id=by_hand"
    assert (logs / "run_id=one").is_dir()
    tomorrow = (datetime.date.today() + datetime.timedelta(days=2)).isoformat()
    words = ["db", "clean", "--clean-before-timestamp", tomorrow, "--tables", "dag_run,xcom,backfill"]
    before = sum(len(runs(server, dag_id)) for dag_id in ("daily", "flaky", "slow", "by_hand"))
    counted = server.json(*words, "--dry-run")
    assert {row["table"]: row["removed"] for row in counted}["dag_run"] == before
    assert (logs / "run_id=one").is_dir() and len(runs(server, "by_hand")) == 2
    assert "may lose more" not in server.cli(*words, "--dry-run").stderr
    held = server.cli(*words[:-1], "dag_run,dag_version", "--dry-run").stderr
    assert "asset_event and dag_version may lose more" in held
    assert server.cli(*words, check=False).returncode == 1, "nobody can be asked"
    assert server.json(*words, "-y") == counted
    assert runs(server, "by_hand") == []
    assert not logs.exists()
    assert server.json("backfill", "list", "daily") == []
    server.trigger("by_hand", run_id="one")
    assert len(runs(server, "by_hand")) == 1, "the server goes on"


def test_the_server_removes_old_runs_by_itself(make_server, tmp_path_factory):
    folder = tmp_path_factory.mktemp("dags")
    (folder / "by_hand.yaml").write_text("by_hand: {schedule: none, tasks: [{task_id: work, operator: bash, bash_command: echo}]}")
    server = make_server("retention", folder, REEL__CORE__RETENTION_RUNS="1s")
    server.start()
    server.trigger("by_hand", run_id="old")
    server.wait_until(lambda: runs(server, "by_hand") == [], 90, "the run is removed")
    assert not (server.home / "logs" / "dag_id=by_hand").exists()
