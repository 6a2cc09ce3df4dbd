"""What a DAG may say about which tasks run, how many at one time, and what people do to them afterwards."""
import json

import pytest

MAPPED = """
mapped:
  schedule: none
  tasks:
    - {task_id: literal, operator: bash, expand: {bash_command: ["echo one", "echo two", "echo three"]}}
    - task_id: list
      operator: bash
      bash_command: echo '["a.csv","b.csv"]'
      output_processor: json
    - task_id: each
      operator: bash
      partial: {bash_command: "echo got $FILE {{ map_index }}"}
      expand_kwargs: [{env: {FILE: x}, append_env: true}, {env: {FILE: y}, append_env: true}]
    - {task_id: over_output, operator: python, python_callable_name: shout, python_callable_file: callables.py,
       expand: {op_args: +pairs}}
    - {task_id: pairs, operator: bash, bash_command: 'echo ''[["p"],["q"]]''', output_processor: json}
    - {task_id: collect, operator: bash, dependencies: [literal, each, over_output],
       bash_command: "echo {{ ti.xcom_pull('over_output') | join('+') }}"}
grouped:
  schedule: none
  task_groups:
    - {group_name: files, expand: {file: [red, green]}}
  tasks:
    - {task_id: first, operator: bash, task_group_name: files, bash_command: "echo {{ expand.file }}"}
    - {task_id: second, operator: bash, task_group_name: files, dependencies: [first],
       bash_command: "echo after {{ ti.xcom_pull('files.first') }}"}
    - {task_id: last, operator: bash, dependencies: [files], bash_command: echo end}
forked:
  schedule: none
  params: {way: left}
  tasks:
    - {task_id: fork, operator: branch, follow: "{{ params.way }}"}
    - {task_id: left, operator: bash, bash_command: echo left, dependencies: [fork]}
    - {task_id: right, operator: bash, bash_command: echo right, dependencies: [fork]}
    - {task_id: join, operator: empty, dependencies: [left, right], trigger_rule: none_failed_min_one_success}
    - {task_id: gate, operator: short_circuit, condition: "{{ params.way == 'left' }}"}
    - {task_id: behind, operator: bash, bash_command: echo on, dependencies: [gate]}
mended:
  schedule: none
  tasks:
    - {task_id: flaky, operator: bash, bash_command: "test -e $REEL_TEST_FLAG", append_env: true,
       env: {REEL_TEST_FLAG: "{{ params.flag }}"}}
    - {task_id: after, operator: bash, bash_command: echo done, dependencies: [flaky]}
  params: {flag: /nonexistent}
pooled:
  schedule: none
  tasks:
    - {task_id: work, operator: bash, pool: narrow, expand: {bash_command: ["sleep 0.3", "sleep 0.3", "sleep 0.3"]}}
"""

CALLABLES = """
def shout(word):
    return word.upper()
"""


@pytest.fixture(scope="module")
def server(make_server, tmp_path_factory):
    folder = tmp_path_factory.mktemp("dags")
    (folder / "scheduling.yaml").write_text(MAPPED)
    (folder / "callables.py").write_text(CALLABLES)
    server = make_server("scheduling", folder)
    server.start()
    return server


def instances(server, dag_id, run_id):
    rows = server.json("tasks", "states-for-dag-run", dag_id, run_id)
    return {(row["task_id"], row["map_index"]): row["state"] for row in rows}


def test_the_file_is_sound(server):
    assert server.json("dags", "list-import-errors") == []


def test_mapped_tasks_run_once_per_element(server):
    server.trigger("mapped", run_id="m")
    states = instances(server, "mapped", "m")
    assert {key for key in states if key[0] == "literal"} == {("literal", 0), ("literal", 1), ("literal", 2)}
    assert {key for key in states if key[0] == "over_output"} == {("over_output", 0), ("over_output", 1)}
    assert set(states.values()) == {"success"}
    assert "got y 1" in server.task_log("mapped", "m", "each", "--map-index", "1")
    assert "P+Q" in server.task_log("mapped", "m", "collect")


def test_in_a_mapped_group_an_instance_sees_its_own_index(server):
    server.trigger("grouped", run_id="g")
    assert set(instances(server, "grouped", "g").values()) == {"success"}
    assert "after green" in server.task_log("grouped", "g", "files.second", "--map-index", "1")
    assert "after red" in server.task_log("grouped", "g", "files.second", "--map-index", "0")


@pytest.mark.parametrize("way, other, behind", [("left", "right", "success"), ("right", "left", "skipped")])
def test_a_branch_goes_one_way(server, way, other, behind):
    server.trigger("forked", {"way": way}, run_id=way)
    states = server.states("forked", way)
    assert states[way] == "success"
    assert states[other] == "skipped"
    assert states["join"] == "success"
    assert states["behind"] == behind


def test_a_branch_that_names_no_task_fails_and_says_which(server):
    assert server.trigger("forked", {"way": "lfet"}, run_id="astray", check=False).returncode == 1
    log = server.task_log("forked", "astray", "fork")
    assert "'lfet'" in log and "did you mean 'left'" in log


def test_a_failed_task_is_cleared_and_its_run_ends_well(server, tmp_path):
    flag = tmp_path / "flag"
    tmp_path.chmod(0o755)
    run = server.trigger("mended", {"flag": str(flag)}, run_id="r", check=False)
    assert run.returncode == 1
    assert server.states("mended", "r") == {"flaky": "failed", "after": "upstream_failed"}
    flag.touch()
    meant = server.json("tasks", "clear", "mended", "--run-id", "r", "-f", "-n")
    assert {row["task_id"] for row in meant} == {"flaky", "after"}
    server.cli("tasks", "clear", "mended", "--run-id", "r", "-f", "-y")
    server.wait_until(
        lambda: server.cli("dags", "state", "mended", "r").stdout.strip() == "success", 30, "the run succeeds"
    )
    tries = [row["try_number"] for row in server.json("tasks", "states-for-dag-run", "mended", "r")]
    assert sorted(tries) == [1, 2]


def test_a_failed_task_is_marked_and_what_stood_behind_it_runs(server):
    server.trigger("mended", run_id="marked", check=False)
    server.cli("tasks", "mark", "mended", "marked", "flaky", "success")
    server.wait_until(
        lambda: server.cli("dags", "state", "mended", "marked").stdout.strip() == "success", 30, "the run succeeds"
    )
    assert server.states("mended", "marked") == {"flaky": "success", "after": "success"}


def test_a_pool_is_waited_for_made_and_kept_to(server):
    server.trigger("pooled", run_id="p", wait=False)
    server.wait_until(
        lambda: "there is no pool 'narrow'" in server.cli("tasks", "why", "pooled", "p", "work").stdout, 30, "it says why"
    )
    server.cli("pools", "set", "narrow", "1", "one at a time")
    server.wait_until(
        lambda: server.cli("dags", "state", "pooled", "p").stdout.strip() == "success", 30, "the run succeeds"
    )
    spans = sorted(
        (row["start_date"], row["end_date"]) for row in server.json("tasks", "states-for-dag-run", "pooled", "p")
    )
    for (_, end), (start, _) in zip(spans, spans[1:]):
        assert end <= start, "one at a time"
    assert server.json("pools", "get", "narrow")[0]["occupied_slots"] == 0


def test_mapped_and_cleared_tasks_survive_a_killed_server(server):
    server.trigger("pooled", run_id="killed", wait=False)
    server.wait_until(
        lambda: "running" in instances(server, "pooled", "killed").values(), 30, "one of them runs"
    )
    server.kill()
    server.start()
    server.wait_until(
        lambda: server.cli("dags", "state", "pooled", "killed").stdout.strip() == "success", 60, "the run succeeds"
    )
    assert json.dumps(sorted(instances(server, "pooled", "killed").values())) == '["success", "success", "success"]'
