"""The command line as an Airflow user's fingers know it."""
import json
import os
import re
import stat

import pytest

HELLO = """
hello:
  description: says hello
  schedule: "@daily"
  tags: [example]
  params:
    name: {type: string, default: world}
  tasks:
    - task_id: greet
      operator: bash
      bash_command: "echo hello {{ params.name }}; echo '{{ var.value.get('secret_word', 'none') }}' >/dev/null"
    - task_id: compute
      operator: python
      python_callable_name: add
      python_callable_file: callables.py
      op_kwargs: {a: 2, b: 3}
    - task_id: report
      operator: bash
      dependencies: [greet, compute]
      bash_command: "echo {{ ti.xcom_pull('greet') }} and {{ ti.xcom_pull('compute') }}"
sleeper:
  schedule: none
  tasks:
    - {task_id: nap, operator: bash, bash_command: "sleep 30", execution_timeout: 1}
    - {task_id: skip, operator: bash, bash_command: "exit 99"}
    - {task_id: fail, operator: bash, bash_command: "echo going down; exit 3", retries: 1, retry_delay: 0}
    - {task_id: cleanup, operator: bash, bash_command: "echo swept", dependencies: [nap, skip, fail], trigger_rule: all_done}
"""


@pytest.fixture(scope="module")
def server(make_server, tmp_path_factory):
    folder = tmp_path_factory.mktemp("dags")
    (folder / "hello.yaml").write_text(HELLO)
    (folder / "callables.py").write_text("def add(a, b):\n    return a + b\n")
    server = make_server("commands", folder)
    server.folder = folder
    server.start()
    return server


def test_a_run_with_params_python_and_xcom(server):
    server.trigger("hello", {"name": "Reel"}, "r1")
    assert "hello Reel and 5" in server.task_log("hello", "r1", "report")
    assert server.cli("dags", "state", "hello", "r1").stdout.split()[0] == "success"


def test_timeouts_skips_retries_and_trigger_rules(server):
    result = server.trigger("sleeper", run_id="s1", check=False)
    rows = {row["task_id"]: row for row in server.json("tasks", "states-for-dag-run", "sleeper", "s1")}
    assert rows["nap"]["state"] == "failed"
    assert rows["skip"]["state"] == "skipped"
    assert rows["fail"]["state"] == "failed" and rows["fail"]["try_number"] == 2
    assert rows["cleanup"]["state"] == "success"
    assert result.returncode == 0, "the only leaf succeeded"
    assert "going down" in server.task_log("sleeper", "s1", "fail", "--try", "1")


def test_lists_have_the_api_s_field_names(server):
    assert {row["dag_id"] for row in server.json("dags", "list")} == {"hello", "sleeper"}
    (run,) = [row for row in server.json("dags", "list-runs", "hello") if row["dag_run_id"] == "r1"]
    assert run["state"] == "success" and run["start_date"]
    assert {row["task_id"] for row in server.json("tasks", "list", "hello")} == {"greet", "compute", "report"}


def test_pausing_and_unpausing(server):
    server.cli("dags", "pause", "hello")
    assert [row["is_paused"] for row in server.json("dags", "list") if row["dag_id"] == "hello"] in ([True], ["true"], ["True"])
    server.cli("dags", "unpause", "hello")


def test_variables_and_connections_without_leaking_the_password(server):
    server.cli("variables", "set", "colour", "blue")
    assert server.cli("variables", "get", "colour").stdout.strip() == "blue"
    server.cli("variables", "delete", "colour")
    assert server.cli("variables", "get", "colour", check=False).returncode == 1
    server.cli("connections", "add", "shop", "--conn-uri", "postgres://me:hunter2@db:5432/shop")
    told = server.cli("connections", "get", "shop").stdout + server.cli("connections", "list").stdout
    assert "shop" in told and "hunter2" not in told
    server.cli("connections", "delete", "shop")


def test_an_edit_is_live_within_a_second_and_a_bad_file_harms_no_other(server):
    (server.folder / "new.yaml").write_text("fresh: {schedule: none, tasks: [{task_id: a, operator: empty}]}\n")
    listed = lambda: "fresh" in {row["dag_id"] for row in server.json("dags", "list")}  # noqa: E731
    server.wait_until(listed, 2, "the new DAG is listed")
    (server.folder / "new.yaml").write_text("fresh: [\n")
    errors = lambda: "new.yaml" in server.cli("dags", "list-import-errors").stdout  # noqa: E731
    server.wait_until(errors, 2, "the import error is listed")
    assert {"hello", "sleeper"} <= {row["dag_id"] for row in server.json("dags", "list")}
    (server.folder / "new.yaml").unlink()


def test_dags_test_needs_no_server(server, tmp_path):
    result = server.cli(
        "dags", "test", "hello", REEL_HOME=str(tmp_path / "nothing"), REEL__API__PORT="1", check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "hello world and 5" in result.stdout


def test_tasks_test_runs_one_task_alone(server):
    assert "hello world" in server.cli("tasks", "test", "hello", "greet").stdout


def test_unknown_things_are_named_with_a_hint(server):
    result = server.cli("dags", "trigger", "helo", check=False)
    assert result.returncode == 1 and "helo" in result.stderr
    assert server.cli("dags", "lst", check=False).returncode == 2
    gone = server.cli("dags", "list", check=False, REEL__API__PORT="1")
    assert gone.returncode == 1 and "hint:" in gone.stderr and "standalone" in gone.stderr


def test_secrets_lie_in_files_of_their_owner_alone(server):
    for name in ("admin_password", "run/token", "jwt_secret"):
        mode = os.stat(server.home / name).st_mode
        assert stat.S_IMODE(mode) == 0o600, name
    password = (server.home / "admin_password").read_text().strip()
    assert password not in server.log.read_text()


def test_no_secret_is_in_any_argv(server):
    password = re.search("://[^:]*:([^@]*)@", server.cli("db", "url", "warehouse").stdout)
    for process in os.listdir("/proc"):
        if process.isdigit():
            try:
                argv = open(f"/proc/{process}/cmdline", "rb").read()
            except OSError:
                continue
            assert not password or password.group(1).encode() not in argv


def test_config_list_masks_secrets(server):
    told = server.cli("config", "list", REEL__API__ADMIN_PASSWORD="hunter2").stdout
    assert "hunter2" not in told and "parallelism" in told


def test_version_and_info(server):
    assert re.match(r"\d+\.\d+\.\d+", server.cli("version").stdout)
    assert str(server.home) in server.cli("info").stdout


def test_a_polite_stop_leaves_nothing_behind(make_server, tmp_path_factory):
    folder = tmp_path_factory.mktemp("dags")
    (folder / "d.yaml").write_text(HELLO)
    server = make_server("polite", folder)
    server.start()
    server.trigger("hello", run_id="r", check=False)
    assert server.stop() == 0
    assert not (server.home / "pg" / "data" / "postmaster.pid").exists()
    left = [
        process for process in os.listdir("/proc")
        if process.isdigit() and str(server.home).encode() in (open(f"/proc/{process}/cmdline", "rb").read() if os.path.exists(f"/proc/{process}/cmdline") else b"")
    ]
    assert left == []


def test_json_output_is_a_list_of_objects(server):
    assert isinstance(json.loads(server.cli("variables", "list", "-o", "json").stdout), list)
