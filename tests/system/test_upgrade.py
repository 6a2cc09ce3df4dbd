"""A database that an earlier Reel left behind, at each level of the migrations, is brought to the newest and works on."""
import concurrent.futures
import json
import re
import shutil
import subprocess
import traceback

import pytest

from busy_world import BusyWorld
from cluster import Cluster
from reel_server import ROOT

MIGRATIONS = sorted((ROOT / "sql" / "migrations").glob("*.sql"))
NEWEST = len(MIGRATIONS)

# What the DAGs are now; the database knows them as the earlier Reel had read them, with other commands.
DAGS = """
default: {catchup: false, default_args: {retries: 2, retry_delay: 0.1s}}
flow:
  schedule: none
  tasks:
    - {task_id: a, operator: bash, bash_command: "echo new"}
    - {task_id: b, operator: bash, bash_command: "echo new", dependencies: [a]}
    - {task_id: c, operator: bash, bash_command: "echo new", dependencies: [b]}
    - {task_id: d, operator: empty, dependencies: [c], outlets: [s3://lake/news]}
daily:
  schedule: "@daily"
  start_date: 2099-01-01
  tasks: [{task_id: a, operator: bash, bash_command: "echo {{ ds }}"}]
reader:
  schedule: [s3://lake/news]
  tasks: [{task_id: a, operator: bash, bash_command: "echo {{ triggering_asset_events['s3://lake/news'] | length }}"}]
"""


def task_body(task_id, upstream, downstream, line):
    """As the first Reel that kept DAGs wrote it: whatever came later is not there."""
    return {
        "task_id": task_id, "operator": "bash", "args": json.dumps({"bash_command": f"echo old {task_id}"}),
        "upstream": upstream, "downstream": downstream, "group": "", "owner": "airflow", "doc_md": "",
        "display_name": task_id, "trigger_rule": "all_success", "retries": 2, "retry_delay": 100000,
        "retry_exponential_backoff": 0.0, "max_retry_delay": None, "execution_timeout": None, "priority_weight": 1,
        "weight_rule": "downstream", "pool": "default_pool", "pool_slots": 1, "queue": "default", "do_xcom_push": True,
        "file": "/old/flow.yaml", "line": line, "column": 7,
    }


def dag_body(dag_id, tasks, schedule):
    return json.dumps({
        "dag_id": dag_id, "display_name": dag_id, "description": "", "schedule": schedule, "timezone": "UTC",
        "start_date": None, "end_date": None, "catchup": False, "max_active_runs": 16, "max_active_tasks": 16,
        "dagrun_timeout": None, "is_paused_upon_creation": None, "fail_fast": False, "doc_md": "", "tags": [],
        "params": "{}", "default_args": "{}", "tasks": tasks, "fileloc": "HOME/../dags/flow.yaml",
        "relative_fileloc": "flow.yaml", "version": "old",
    })


CHAIN = [task_body("a", [], [1], 4), task_body("b", [0], [2], 5), task_body("c", [1], [], 6)]
BODIES = {
    "flow": dag_body("flow", CHAIN, {"type": "none"}),
    "daily": dag_body("daily", [task_body("a", [], [], 4)], {"type": "cron", "expression": "0 0 * * *"}),
    "reader": dag_body("reader", [task_body("a", [], [], 4)], {"type": "none"}),
}

# What a Reel of a level wrote into the tables that came with it; the last level that still wrote it, where there is one.
ROWS = {
    (1, NEWEST): "".join(
        f"""
        insert into reel.dag (dag_id, display_name, is_paused, fileloc, relative_fileloc, tags, version, last_parsed_at)
        values ('{dag_id}', '{dag_id}', false, '/old/flow.yaml', 'flow.yaml', '{{}}', 'old', '2025-01-01');
        insert into reel.dag_version (dag_id, version, version_number, body) values ('{dag_id}', 'old', 1, $body${body}$body$);
        """
        for dag_id, body in BODIES.items()
    ),
    (2, NEWEST): """
        insert into reel.dag_run (dag_id, run_id, state, run_type, triggered_by, triggering_user, conf, run_after, queued_at,
            start_date, end_date, note, dag_version, version_number)
        select 'flow', id, state, 'manual', 'cli', 'admin', '{"x": 1}', '2025-01-01', '2025-01-01',
            case when state <> 'queued' then timestamptz '2025-01-01' end,
            case when state = 'success' then timestamptz '2025-01-02' end, '', 'old', 1
        from (values ('done', 'success'), ('halfway', 'running'), ('waiting', 'queued')) v(id, state);
        insert into reel.task_instance (dag_id, run_id, task_id, map_index, state, try_number, max_tries, attempt, queued_at,
            start_date, end_date, operator_name, pool, pool_slots, priority_weight, queue, hostname, pid, message, note)
        select 'flow', run_id, task_id, -1, state, (attempt > 0)::int, 2, attempt,
            case when attempt > 0 then timestamptz '2025-01-01' end, case when attempt > 0 then timestamptz '2025-01-01' end,
            case when state = 'success' then timestamptz '2025-01-01' end, 'bash', 'default_pool', 1, 1, 'default',
            'old', 0, '', ''
        from (values ('done', 'a', 'success', 1), ('done', 'b', 'success', 2), ('done', 'c', 'success', 3),
            ('halfway', 'a', 'success', 4), ('halfway', 'b', 'running', 5), ('halfway', 'c', null, 0),
            ('waiting', 'a', null, 0), ('waiting', 'b', null, 0), ('waiting', 'c', null, 0)) v(run_id, task_id, state, attempt);
        insert into reel.task_attempt (attempt, dag_id, run_id, task_id, map_index, try_number, state, queued_at, start_date,
            end_date, hostname, pid, message)
        select attempt, dag_id, run_id, task_id, map_index, 1, state, queued_at, start_date, end_date, 'old', 0, ''
        from reel.task_instance where attempt > 0;
        update reel.next_attempt set attempt = 6;
        insert into reel.xcom values ('flow', 'halfway', 'a', -1, 'return_value', '"old a"', '2025-01-01');
        """,
    (3, NEWEST): """
        insert into reel.variable values ('v', '7', 'kept');
        insert into reel.connection values ('c', 'http', '', 'example.org', 'u', 'p', '', 80, '{}');
        """,
    (4, 13): "insert into reel.lease values ('scheduler', 'old', 7, '2025-01-01', '2025-01-01');",
    (5, NEWEST): "insert into reel.skipped_fires values ('daily', '2024-01-01', '2024-01-03', 3, '2025-01-01');",
    (6, NEWEST): "insert into reel.pool values ('narrow', 1, 'kept', true);",
    (8, NEWEST): """
        insert into reel.backfill (dag_id, from_date, to_date, dag_run_conf, is_paused, reprocess_behavior, max_active_runs,
            run_backwards, triggering_user, created_at, updated_at)
        values ('daily', '2024-02-01', '2024-02-02', '{}', false, 'none', 1, false, 'admin', '2025-01-01', '2025-01-01');
        insert into reel.backfill_dag_run
        select 1, day, 'daily', at, at, at, at, null, ''
        from (values (1, timestamptz '2024-02-01 00:00Z'), (2, timestamptz '2024-02-02 00:00Z')) v(day, at);
        """,
    (9, NEWEST): """
        insert into reel.asset (uri, name, asset_group, extra, created_at, updated_at)
        values ('s3://lake/news', 's3://lake/news', 'asset', '{}', '2025-01-01', '2025-01-01');
        insert into reel.asset_reference values (1, 'reader', 'schedule', '');
        insert into reel.asset_event values (1, 1, '2025-01-01', '{}', 'flow', 'done', 'c', -1);
        insert into reel.asset_dag_run_queue values ('reader', 1);
        """,
    (10, NEWEST): """
        update reel.dag_version set body = (body::jsonb || '{"callbacks": {"success": [{"kind": "command", "args": "{\\"command\\": \\"echo old >> $MARKS/called\\"}"}]}}')::text where dag_id = 'flow';
        insert into reel.callback values (1, 'flow', 'done', '', -1, 0, 'success', 0, 0, 'command', 'old', 'success',
            '2025-01-01', 'pending', 0, '2025-01-01', null, '');
        """,
    (11, NEWEST): """
        insert into reel.worker values ('w', 'old', 1, '{default}', 4, 'stopped', '2025-01-01', now(), '2025-01-01');
        """,
    (12, NEWEST): "update reel.task_instance set rendered_map_index = 'named' where run_id = 'done' and task_id = 'a';",
    (13, NEWEST): "insert into reel.asset_alias (name) values ('alias'); insert into reel.asset_alias_asset values (1, 1);",
    (14, NEWEST): """
        update reel.lease set epoch = 3, hostname = 'old', pid = 1, home = 'the home', expires_at = now();
        insert into reel.lease_term values (3, 'the home', 1, '2025-01-01');
        """,
}


def run_sql(uri, sql):
    command = ["psql", "-Xq", "-v", "ON_ERROR_STOP=1", "--single-transaction", uri]
    done = subprocess.run(command, input=sql, text=True, capture_output=True)
    assert done.returncode == 0, done.stderr


def old_database(cluster, level, home):
    """As a Reel of that level left it: migrated by it, and written to by it alone."""
    uri = cluster.create(f"level_{level}")
    script = "create schema reel; create table reel.migration (number integer primary key, name text not null, " \
             "applied_at timestamptz not null default now());"
    for number, file in enumerate(MIGRATIONS[:level], 1):
        name = re.fullmatch(r"\d+_(\w+)", file.stem).group(1)
        script += f"{file.read_text()}; insert into reel.migration (number, name) values ({number}, '{name}');"
    for (first, last), rows in ROWS.items():
        if first <= level <= last:
            script += rows.replace("HOME", str(home))
    run_sql(uri, script)
    return uri


def upgrade(cluster, level):
    world = BusyWorld(dags=DAGS)
    try:
        for name in ("broken", "doomed"):
            (world.folder / "dags" / f"{name}.yaml").unlink()
        (world.home / "run").mkdir(parents=True)
        (world.home / "run" / "home_id").write_text("the home\n")
        world.use(old_database(cluster, level, world.home))
        world.start_all()
        world.until(world.is_ready, "it leads")
        world.insist("POST", "/dags/flow/dagRuns", {"dag_run_id": "new", "logical_date": None})
        world.until(lambda: has_settled(world), "every run has ended", pause=0.3)
        check(world, level)
        world.stop()
    finally:
        world.destroy()


def has_settled(world):
    return world.rows(
        "select (select count(*) from reel.dag_run where state in ('queued', 'running')), "
        "(select count(*) from reel.dag_run where run_id = 'new'), (select count(*) from reel.asset_dag_run_queue), "
        "(select count(*) from reel.backfill where completed_at is null), "
        "(select count(*) from reel.callback where state = 'pending')"
    ) == [("0", "1", "0", "0", "0")]


def check(world, level):
    assert world.rows("select max(number), count(*) from reel.migration") == [(str(NEWEST), str(NEWEST))]
    ids = [run["dag_run_id"] for run in world.ask("GET", "/dags/flow/dagRuns")[1]["dag_runs"]]
    if level < 2:
        assert ids == ["new"]
    else:
        assert ids == ["done", "halfway", "waiting", "new"]
        tries = dict(world.rows(
            "select run_id || ' ' || task_id, string_agg(try_number || ' ' || state, ', ' order by attempt) from reel.task_attempt "
            "where run_id in ('halfway', 'waiting') group by 1"
        ))
        assert tries == {
            "halfway a": "1 success", "halfway b": "1 up_for_retry, 2 success", "halfway c": "1 success",
            "waiting a": "1 success", "waiting b": "1 success", "waiting c": "1 success",
        }
        xcoms = world.rows("select distinct value from reel.xcom where run_id in ('halfway', 'waiting') order by 1")
        assert xcoms == [('"old a"',), ('"old b"',), ('"old c"',)], "they end under the version that they began with"
        assert world.rows("select min(attempt) >= 6 from reel.task_attempt where run_id in ('waiting', 'new')") == [("t",)]
    assert world.rows("select state, count(*) from reel.task_instance where run_id = 'new' group by 1") == [("success", "4")]
    assert {dag["dag_id"] for dag in world.ask("GET", "/dags")[1]["dags"]} == {"flow", "daily", "reader"}
    if level >= 3:
        assert world.ask("GET", "/variables/v")[1]["value"] == "7"
        assert world.ask("GET", "/connections/c")[1]["port"] == 80
    if level >= 5:
        assert world.rows("select fires from reel.skipped_fires") == [("3",)]
    pools = {pool["name"]: pool["slots"] for pool in world.ask("GET", "/pools")[1]["pools"]}
    assert pools == {"default_pool": 128} | ({"narrow": 1} if level >= 6 else {})
    days = [("backfill__2024-02-01T00:00:00+00:00",), ("backfill__2024-02-02T00:00:00+00:00",)] if level >= 8 else []
    assert world.rows("select run_id from reel.dag_run where dag_id = 'daily' and state = 'success' order by 1") == days
    events = world.rows("select event_id, count(*) from reel.dagrun_asset_event group by 1 order by 1")
    assert events == [(str(event), "1") for event in ([1, 2] if level >= 9 else [1])]
    assert world.lines("called") == (["old"] * 3 if level >= 10 else []), "one was due, two runs have ended since"
    if level >= 11:
        assert world.rows("select id from reel.worker") == [("w",)]
    names = world.rows("select rendered_map_index from reel.task_instance where run_id = 'done' and task_id = 'a'")
    assert names == ([] if level < 2 else [("named" if level >= 12 else "",)])
    if level >= 13:
        assert world.rows("select name from reel.asset_alias") == [("alias",)]
    assert world.rows("select epoch from reel.lease") == [("4" if level >= 14 else "1",)]


@pytest.fixture(scope="module")
def outcomes():
    """Of every level its end; several are under way at one time."""
    cluster = Cluster()
    with concurrent.futures.ThreadPoolExecutor(4) as threads:
        yield {level: threads.submit(upgrade, cluster, level) for level in range(1, NEWEST + 1)}
    cluster.destroy()


@pytest.mark.parametrize("level", range(1, NEWEST + 1))
def test_a_database_of_level(outcomes, level):
    try:
        outcomes[level].result()
    except AssertionError:
        pytest.fail(traceback.format_exc(), pytrace=False)
