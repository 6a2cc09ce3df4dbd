"""Tasks that wait without a process: for files, times, rows, answers and other DAGs; and runs that trigger runs."""
import http.server
import threading
import time

import pytest


@pytest.fixture(scope="module")
def inbox(tmp_path_factory):
    folder = tmp_path_factory.mktemp("inbox")
    folder.chmod(0o755)
    return folder


@pytest.fixture(scope="module")
def service():
    """An HTTP service that is not ready until its answer is set."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = self.server.answer
            self.send_response(200 if body else 404)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.answer = b""
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()


DAGS = """
default: {{schedule: none, catchup: false, default_args: {{poke_interval: 0.2}}}}
files:
  tasks:
    - {{task_id: wait, operator: airflow.providers.standard.sensors.filesystem.FileSensor, filepath: "{inbox}/{{{{ run_id }}}}*.csv"}}
    - {{task_id: work, operator: bash, dependencies: [wait], bash_command: "echo got {{{{ ti.xcom_pull('wait') }}}}"}}
single:
  tasks:
    - {{task_id: wait, operator: sensor.file, filepath: "{inbox}/single", timeout: 1m}}
timed:
  tasks:
    - {{task_id: soft, operator: sensor.file, filepath: "{inbox}/never", timeout: 1, soft_fail: true}}
    - {{task_id: behind, operator: empty, dependencies: [soft]}}
    - {{task_id: hard, operator: sensor.file, filepath: "{inbox}/never", timeout: 1, retries: 3}}
    - {{task_id: delta, operator: sensor.delta, delta: 1s}}
    - {{task_id: moment, operator: sensor.time, target_time: "{{{{ dag_run.run_after }}}}"}}
long:
  tasks:
    - {{task_id: wait, operator: sensor.file, filepath: "{inbox}/long", timeout: 12}}
producer:
  tasks:
    - {{task_id: first, operator: bash, bash_command: sleep 1}}
    - {{task_id: second, operator: bash, bash_command: sleep 3, dependencies: [first]}}
consumer:
  default_args: {{poke_interval: 10m}}
  tasks:
    - {{task_id: task, operator: sensor.external_task, external_dag_id: producer, external_task_id: first}}
    - {{task_id: run, operator: sensor.external_task, external_dag_id: producer}}
parent:
  tasks:
    - {{task_id: trigger, operator: trigger_dag, trigger_dag_id: child, conf: {{code: "{{{{ params.code }}}}"}},
       wait_for_completion: true, poke_interval: 10m}}
    - {{task_id: after, operator: bash, dependencies: [trigger],
       bash_command: "echo child was {{{{ ti.xcom_pull('trigger', key='trigger_run_id') }}}}"}}
  params: {{code: 0}}
child:
  tasks:
    - {{task_id: work, operator: bash, bash_command: "sleep 0.5; exit {{{{ dag_run.conf.code }}}}"}}
asking:
  tasks:
    - {{task_id: answer, operator: sensor.http, url: "http://127.0.0.1:{port}/ready", response_check: {{json: /state, equals: done}}}}
    - {{task_id: row, operator: sensor.sql, sql: "select count(*) from information_schema.tables where table_name = 'flag'"}}
    - {{task_id: fork, operator: branch.sql, dependencies: [row], sql: "select n > 1 from flag",
       follow_task_ids_if_true: many, follow_task_ids_if_false: [few]}}
    - {{task_id: many, operator: empty, dependencies: [fork]}}
    - {{task_id: few, operator: empty, dependencies: [fork]}}
"""


@pytest.fixture(scope="module")
def server(make_server, tmp_path_factory, inbox, service):
    folder = tmp_path_factory.mktemp("dags")
    (folder / "sensors.yaml").write_text(DAGS.format(inbox=inbox, port=service.server_port))
    server = make_server("sensors", folder)
    server.start()
    return server


def wait_for(server, dag_id, run_id, **states):
    def holds():
        now = server.states(dag_id, run_id)
        return all(now[task] == state for task, state in states.items())

    server.wait_until(holds, 30, f"{dag_id} {run_id} is {states}, not {server.states(dag_id, run_id)}")


def attempts(server, dag_id, run_id):
    return server.psql(
        f"select task_id, try_number, extract(epoch from end_date - start_date) from reel.task_instance "
        f"where dag_id = '{dag_id}' and run_id = '{run_id}'", "metadata"
    )


def test_the_file_is_sound(server):
    assert server.json("dags", "list-import-errors") == []


def test_a_file_is_waited_for_without_a_process_or_a_place(server, inbox):
    server.trigger("files", run_id="r1", wait=False)
    wait_for(server, "files", "r1", wait="deferred")
    why = server.cli("tasks", "why", "files", "r1", "wait").stdout
    assert f"it waits for the file {inbox}/r1*.csv" in why and "it looks again at" in why
    assert server.json("pools", "get", "default_pool")[0]["occupied_slots"] == 0
    assert "waits for the file" in server.task_log("files", "r1", "wait")
    (inbox / "r1-a.csv").write_text("x")
    wait_for(server, "files", "r1", wait="success", work="success")
    assert f"got {inbox}/r1-a.csv" in server.task_log("files", "r1", "work")


def test_times_come_and_timeouts_skip_or_fail_for_good(server):
    assert server.trigger("timed", run_id="t", check=False).returncode == 1
    assert server.states("timed", "t") == {
        "soft": "skipped", "behind": "skipped", "hard": "failed", "delta": "success", "moment": "success"
    }
    assert "timed out after 1s" in server.task_log("timed", "t", "hard")
    assert {row[0]: row[1] for row in attempts(server, "timed", "t")}["hard"] == "1"


def test_another_dags_task_and_run_are_seen_the_moment_they_end(server):
    date = "2026-01-05T00:00:00+00:00"
    for dag_id in ("consumer", "producer"):
        server.cli("dags", "trigger", dag_id, "-r", "same", "-l", date)
        time.sleep(0.5)
    wait_for(server, "consumer", "same", task="success")
    assert server.states("consumer", "same")["run"] == "deferred"
    wait_for(server, "consumer", "same", run="success")
    # Its interval is ten minutes: it was told.


@pytest.mark.parametrize("code, state", [(0, "success"), (1, "failed")])
def test_a_run_triggers_a_run_and_waits_for_its_end(server, code, state):
    server.trigger("parent", {"code": code}, run_id=f"p{code}", check=False)
    states = server.states("parent", f"p{code}")
    assert states["trigger"] == state
    (run,) = [r for r in server.json("dags", "list-runs", "child") if r["conf"] == {"code": str(code)}]
    assert run["triggered_by"] == "operator" and run["state"] == state
    if code == 0:
        assert f"child was {run['dag_run_id']}" in server.task_log("parent", "p0", "after")


def test_answers_and_rows_are_waited_for(server, service):
    server.trigger("asking", run_id="a", wait=False)
    wait_for(server, "asking", "a", answer="deferred", row="deferred")
    service.answer = b'{"state": "open"}'
    time.sleep(0.5)
    assert server.states("asking", "a")["answer"] == "deferred"
    service.answer = b'{"state": "done"}'
    server.psql("create table flag as select 2 as n")
    wait_for(server, "asking", "a", answer="success", row="success", many="success", few="skipped")
    assert "HTTP 404" in server.task_log("asking", "a", "answer")


def test_over_a_killed_server_waits_go_on_and_timeouts_count_from_the_first_start(server, inbox):
    begun = time.monotonic()
    server.trigger("long", run_id="killed", wait=False)
    server.trigger("files", run_id="r2", wait=False)
    server.trigger("parent", run_id="killed", wait=False)
    wait_for(server, "long", "killed", wait="deferred")
    wait_for(server, "files", "r2", wait="deferred")
    wait_for(server, "parent", "killed", trigger="deferred")
    server.kill()
    (inbox / "r2.csv").write_text("x")
    time.sleep(3)
    server.start()
    wait_for(server, "files", "r2", wait="success", work="success")
    wait_for(server, "parent", "killed", trigger="success", after="success")
    wait_for(server, "long", "killed", wait="failed")
    assert 12 <= time.monotonic() - begun < 16, "not twelve seconds from the restart"
    ((task, tries, seconds),) = attempts(server, "long", "killed")
    assert (task, tries) == ("wait", "1") and 12 <= float(seconds) < 14
    log = server.task_log("long", "killed", "wait")
    assert "goes on waiting after a restart" in log and "timed out after 12s" in log
    assert len([r for r in server.json("dags", "list-runs", "child") if r["conf"] == {"code": "0"}]) == 2


def test_sensors_work_in_the_foreground(server, inbox):
    (inbox / "single").write_text("x")
    result = server.cli("dags", "test", "single", check=False, timeout=60)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "found " in result.stdout
    assert server.cli("tasks", "test", "timed", "hard", check=False).returncode == 1


def test_a_triggered_run_works_in_the_foreground(server):
    result = server.cli("dags", "test", "parent", "-c", '{"code": 0}', check=False, timeout=60)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "triggered run" in result.stdout and "child was manual__" in result.stdout


def test_a_server_with_waiting_sensors_stops_and_starts_again(server, inbox):
    server.trigger("files", run_id="r3", wait=False)
    wait_for(server, "files", "r3", wait="deferred")
    begun = time.monotonic()
    assert server.stop() == 0
    assert time.monotonic() - begun < 10
    server.start()
    (inbox / "r3.csv").write_text("x")
    wait_for(server, "files", "r3", wait="success", work="success")
