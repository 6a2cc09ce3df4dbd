"""A small installation that does a bit of everything, is tended while it is killed, and is checked afterwards."""
import collections
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

from reel_server import REEL, clean_environment, free_port

PATIENCE = 120

# Two processes of one task instance, or of one pool of one slot, would find the lock taken.
TASK = r"""
me="$AIRFLOW_CTX_DAG_ID $AIRFLOW_CTX_DAG_RUN_ID $AIRFLOW_CTX_TASK_ID $1"
exec 9>>"$MARKS/lock-$(echo "$me" | tr ' /' '__')"
flock -n 9 || echo "$me" >> $MARKS/overlaps
if [ -n "$3" ]; then exec 8>>"$MARKS/pool-$3"; flock -n 8 || echo "pool $me" >> $MARKS/overlaps; fi
echo "$me $AIRFLOW_CTX_TRY_NUMBER" >> $MARKS/begun
sleep $2
echo "$me $AIRFLOW_CTX_TRY_NUMBER" >> $MARKS/ended
"""

DAGS = """
default:
  schedule: none
  catchup: false
  default_args: {retries: 3, retry_delay: 0.1s, poke_interval: 0.2}
busy:
  tasks:
    - task_id: names
      operator: bash
      bash_command: "sh MARKS/task - 0; touch MARKS/go-$AIRFLOW_CTX_DAG_RUN_ID; echo '[{\\"N\\": \\"1\\"}, {\\"N\\": \\"2\\"}]'"
      output_processor: json
    - task_id: each
      operator: bash
      pool: narrow
      partial: {bash_command: "sh MARKS/task $N 0.1 narrow; echo $N", append_env: true}
      expand: {env: +names}
    - task_id: flaky
      operator: bash
      dependencies: [names]
      bash_command: "sh MARKS/task - 0; test $AIRFLOW_CTX_TRY_NUMBER -gt 1"
    - {task_id: wait, operator: sensor.file, filepath: "MARKS/go-{{ run_id }}"}
    - task_id: last
      operator: bash
      dependencies: [each, flaky, wait]
      outlets: [news]
      bash_command: "sh MARKS/task - 0; echo {{ ti.xcom_pull('each') | sort | join('+') }}"
      on_success_callback: {command: "echo last {{ run_id }} >> MARKS/called"}
  on_success_callback: {command: "echo run {{ run_id }} >> MARKS/called"}
reader:
  schedule: [news]
  tasks:
    - task_id: read
      operator: bash
      bash_command: "echo {{ triggering_asset_events['news'] | length }} >> MARKS/read; sh MARKS/task - 0"
once:
  schedule: "@once"
  tasks: [{task_id: t, operator: bash, bash_command: "sh MARKS/task - 0"}]
daily:
  schedule: "@daily"
  start_date: 2099-01-01
  tasks: [{task_id: t, operator: bash, bash_command: "sh MARKS/task - 0"}]
endless:
  tasks: [{task_id: t, operator: bash, bash_command: "sh MARKS/task - 60"}]
load:
  tasks:
    - {task_id: fetch, operator: download, from: "MARKS/rows.csv"}
    - task_id: stage
      operator: stage
      dependencies: [fetch]
      source: {path: rows.csv, format: csv}
      tables: {rows: {key: [id], columns: {id: {type: integer, not_null: true}, name: {type: text}}}}
    - {task_id: publish, operator: upsert, dependencies: [stage], from: stage.rows, into: loaded.rows, key: [id]}
"""
DOOMED = "doomed: {schedule: none, tasks: [{task_id: t, operator: empty}]}\n"

# Of a row in the file that is loaded. Several connections share one of 16 MiB and more.
ROW_BYTES = 1000
MANY_ROWS = 18_000

RUNS = {"busy": ["one", "two"], "load": ["one"], "endless": ["one"]}
SETTINGS = {
    "REEL__CORE__DAGS_ARE_PAUSED_AT_CREATION": "false",
    "REEL__SCHEDULER__LEASE": "2s",
    "REEL__CORE__GRACEFUL_STOP_TIMEOUT": "3s",
    "REEL__CORE__CALLBACK_RETRY_DELAY": "0.2s",
}


class BusyWorld:
    """Its processes are started again when one of them was killed as `LC_REEL_CRASH_POINT` says."""

    def __init__(self, uri=None, workers=False, binary=REEL, dags=DAGS, environment=None, rows=2):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="reel-busy-"))
        self.folder.chmod(0o755)
        self.marks, self.home, self.log = self.folder / "marks", self.folder / "home", self.folder / "log"
        self.binary, self.uri, self.port, self.processes = binary, None, free_port(), {}
        self.own = {}  # addresses of the databases that it makes itself
        (self.folder / "dags").mkdir()
        self.marks.mkdir()
        (self.marks / "task").write_text(TASK)
        self.loaded = [(str(i), str(i) * (ROW_BYTES // len(str(i)))) for i in range(1, rows + 1)]
        (self.marks / "rows.csv").write_text("id,name\n" + "".join(f"{i},{name}\n" for i, name in self.loaded))
        (self.folder / "dags" / "busy.yaml").write_text(dags.replace("MARKS", str(self.marks)))
        (self.folder / "dags" / "broken.yaml").write_text("broken: [\n")
        (self.folder / "dags" / "doomed.yaml").write_text(DOOMED)
        self.environment = clean_environment() | SETTINGS | {
            "REEL_HOME": str(self.home),
            "REEL__CORE__DAGS_FOLDER": str(self.folder / "dags"),
            "REEL__API__PORT": str(self.port),
            "MARKS": str(self.marks),
        } | (environment or {})
        if uri:
            self.use(uri)
        self.programs = {"standalone": [self.binary, "standalone"]}
        if workers:
            self.programs["worker"] = [self.binary, "worker"]
            self.environment |= {
                "REEL__CORE__EXECUTOR": "worker",
                "REEL__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "15s",
                "REEL__LOGGING__BASE_LOG_FOLDER": str(self.folder / "logs"),
                "REEL__CORE__DATA_FOLDER": str(self.folder / "data"),
            }

    def use(self, uri):
        """One database is for metadata and the warehouse."""
        self.uri = uri
        self.environment |= {"REEL__DATABASE__URL": uri, "REEL__WAREHOUSE__URL": uri}

    # --- processes

    def start(self, name, **more):
        environment = self.environment | more
        if name == "worker":
            environment["REEL_HOME"] = str(self.folder / "worker")
        with open(self.log, "ab") as log:
            self.processes[name] = subprocess.Popen(
                self.programs[name], env=environment, stdout=log, stderr=log, start_new_session=True
            )

    def start_all(self, **more):
        for name in self.programs:
            self.start(name, **more)

    def was_killed(self):
        """The pid of the process that met its crash point; None: none has."""
        file = self.folder / "passed.killed"
        return int(file.read_text() or 0) if file.exists() else None

    def tend(self):
        for name, process in self.processes.items():
            if process.poll() is None:
                continue
            assert process.returncode == -signal.SIGKILL and process.pid == self.was_killed(), self.story(
                f"{name} ended with {process.returncode}"
            )
            self.start(name)

    def until(self, holds, what, pause=0.1, patience=PATIENCE):
        deadline = time.monotonic() + patience
        while not holds():
            self.tend()
            assert time.monotonic() < deadline, self.story(f"waited {patience} s in vain until {what}")
            time.sleep(pause)

    def story(self, what):
        return f"{what}\n{self.log.read_text()[-6000:]}"

    def stop(self):
        """Politely; a process that is killed on its way is started and stopped once more."""
        for name in reversed(list(self.processes)):
            while True:
                process = self.processes[name]
                process.send_signal(signal.SIGTERM)
                try:
                    status = process.wait(30)
                except subprocess.TimeoutExpired:
                    raise AssertionError(self.story(f"{name} does not stop"))
                if status == 0:
                    break
                assert process.pid == self.was_killed(), self.story(f"{name} stopped with {status}")
                self.start(name)
                self.until(self.is_ready, "it is up again")
        self.processes = {}

    def destroy(self):
        for process in self.processes.values():
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.terminate()
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    # --- what people do

    def ask(self, method, path, body=None):
        """Status and answer; None: nobody answered, and it may have been done all the same."""
        try:
            request = urllib.request.Request(
                f"http://127.0.0.1:{self.port}/api/v2{path}", method=method,
                data=None if body is None else json.dumps(body).encode(),
                headers={
                    "Authorization": "Bearer " + (self.home / "run" / "token").read_text().strip(),
                    "Content-Type": "application/json",
                },
            )
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.loads(answer.read() or "null")
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return None, None

    def insist(self, method, path, body=None, done=()):
        """Until it is answered with success, or with `done`: that an earlier call did it, which died before its answer."""
        def answered():
            nonlocal last
            last = self.ask(method, path, body)
            return last[0] is not None and (last[0] < 300 or last[0] in done)

        last = None
        try:
            self.until(answered, f"{method} {path} is done")
        except AssertionError as failure:
            raise AssertionError(f"{failure}\n--- the last answer: {last}")
        return last

    def is_ready(self):
        status, health = self.ask("GET", "/monitor/health")
        return status == 200 and health["scheduler"]["status"] == "healthy"

    def settings(self):
        variable = {"key": "v", "value": "1"}
        self.insist("POST", "/variables", variable, done=[409])
        self.insist("DELETE", "/variables/v", done=[404])
        connection = {"connection_id": "c", "conn_type": "http", "host": "one"}
        self.insist("POST", "/connections", connection, done=[409])
        self.insist("PATCH", "/connections/c", connection | {"host": "two"})
        assert self.insist("GET", "/connections/c")[1]["host"] == "two"
        self.insist("DELETE", "/connections/c", done=[404])
        self.insist("POST", "/pools", {"name": "narrow", "slots": 1}, done=[409])
        self.insist("POST", "/pools", {"name": "spare", "slots": 1}, done=[409])
        self.insist("DELETE", "/pools/spare", done=[404])
        self.insist("PATCH", "/dags/once", {"is_paused": True})
        self.insist("PATCH", "/dags/once", {"is_paused": False})
        (self.folder / "dags" / "doomed.yaml").unlink()
        self.insist("DELETE", "/dags/doomed", done=[404])

    def trigger_all(self):
        for dag_id, run_ids in RUNS.items():
            for run_id in run_ids:
                self.insist("POST", f"/dags/{dag_id}/dagRuns", {"dag_run_id": run_id, "logical_date": None}, done=[409])
        self.insist("POST", "/backfills", {
            "dag_id": "daily", "from_date": "2026-01-01T00:00:00Z", "to_date": "2026-01-02T00:00:00Z",
        }, done=[409])

    def end_the_endless(self):
        self.until(lambda: any(line.startswith("endless") for line in self.lines("begun")), "the endless task has begun")
        self.insist("PATCH", "/dags/endless/dagRuns/one", {"state": "failed"}, done=[409])

    def nap(self):
        """Long enough for the runner to secure on its own what ended meanwhile."""
        process = self.processes["standalone"]
        process.send_signal(signal.SIGSTOP)
        time.sleep(0.5)
        process.send_signal(signal.SIGCONT)

    def until_all_has_ended(self):
        self.until(self.has_ended, "every run has ended", pause=0.3)

    def work(self, nap=False):
        """Everything that people do, and waits until all of it has ended."""
        self.until(self.is_ready, "somebody leads")
        self.settings()
        self.trigger_all()
        if nap:
            self.nap()
        self.end_the_endless()
        self.until_all_has_ended()

    def clean(self, **more):
        """Removes what has ended, once more where it was killed on its way."""
        command = [self.binary, "db", "clean", "--clean-before-timestamp", "2199-01-01T00:00:00Z", "-y"]
        while True:
            done = subprocess.run(command, env=self.environment | more, text=True, capture_output=True)
            if done.returncode != -signal.SIGKILL:
                break
            more = {}
        assert done.returncode == 0, done.stdout + done.stderr

    # --- what became of it

    def lines(self, name):
        file = self.marks / name
        return file.read_text().splitlines() if file.exists() else []

    def rows(self, sql, database="metadata"):
        command = ["psql", "-XAt", "-F", "\t", self.database(database), "-c", sql]
        done = subprocess.run(command, text=True, capture_output=True)
        assert done.returncode == 0, done.stderr
        return [tuple(line.split("\t")) for line in done.stdout.splitlines()]

    def database(self, name):
        if self.uri:
            return self.uri
        if name not in self.own:
            command = [REEL, "db", "url", name]
            self.own[name] = subprocess.run(command, env=self.environment, text=True, capture_output=True).stdout.strip()
        return self.own[name]

    def has_ended(self):
        """Whether all that was asked for is there and nothing goes on or waits any more."""
        ended = "select count(*) from reel.dag_run where state in ('success', 'failed') and dag_id"
        return self.rows(
            f"select ({ended} = 'busy') = 2 and ({ended} = 'load') = 1 and ({ended} = 'endless') = 1 and ({ended} = 'once') = 1 "
            f"and ({ended} = 'daily') = 2 and (select count(*) from reel.dag_run where state in ('queued', 'running')) + "
            "(select count(*) from reel.asset_dag_run_queue) + (select count(*) from reel.dispatch) + "
            "(select count(*) from reel.backfill where completed_at is null) + "
            "(select count(*) from reel.callback where state = 'pending') = 0"
        ) == [("t",)]

    def check(self):
        """The invariants, from the database and from the marks of the tasks."""
        self.check_runs()
        self.check_tries()
        self.check_assets()
        called = collections.Counter(self.lines("called"))
        assert set(called) == {f"{what} {run}" for what in ("last", "run") for run in RUNS["busy"]}, "everybody is called"
        assert max(called.values()) <= 2, "called again only by who did not know that it had called"
        assert self.rows("select count(*) from reel.callback where state <> 'success'") == [("0",)]
        assert self.rows("select id, name from loaded.rows order by id", "warehouse") == self.loaded
        assert self.rows("select count(*) from reel.dag where dag_id = 'doomed'") == [("0",)]
        assert self.rows("select filename from reel.import_error")[0][0].endswith("broken.yaml")

    def check_runs(self):
        runs = self.rows("select dag_id, run_id, state from reel.dag_run where dag_id <> 'reader' order by 1, 2")
        once = [run for run in runs if run[0] == "once"]
        assert len(once) == 1 and once[0][2] == "success", "one fire, one run"
        expected = sorted([
            ("busy", "one", "success"), ("busy", "two", "success"), ("load", "one", "success"), ("endless", "one", "failed"),
            *(("daily", f"backfill__2026-01-0{day}T00:00:00+00:00", "success") for day in (1, 2)),
        ])
        asked_for = [run for run in runs if run[0] != "once"]
        failed = self.rows("select dag_id, task_id, try_number, message from reel.task_instance where state = 'failed'")
        assert asked_for == expected, f"no run is lost, each ends as it must: {asked_for}, {failed}"
        odd = self.rows(
            "select t.* from reel.task_instance t where dag_id <> 'endless' and state is distinct from 'success'"
        )
        assert not odd, odd
        assert {row[0] for row in self.rows("select value from reel.xcom where task_id = 'last' and name = 'return_value'")} == {
            '"1+2"'
        }

    def check_tries(self):
        assert self.lines("overlaps") == [], "never two processes of one task, never more than the pool has"
        begun = collections.Counter(self.lines("begun"))
        assert max(begun.values()) == 1, f"a try began twice: {begun}"
        assert set(self.lines("ended")) <= set(begun)
        unended = self.rows("select * from reel.task_attempt where end_date is null or state in ('queued', 'running', 'deferred')")
        assert not unended, f"every try has one end: {unended}"
        gaps = self.rows(
            "select * from (select *, row_number() over (partition by dag_id, run_id, task_id, map_index order by attempt) "
            "from reel.task_attempt) a where try_number <> row_number"
        )
        assert not gaps, f"tries are counted one by one: {gaps}"
        recorded = {tuple(row) for row in self.rows(
            "select dag_id, run_id, task_id, try_number from reel.task_attempt"
        )}
        ran = {(dag, run, task, number) for dag, run, task, _, number in (line.split() for line in begun)}
        assert ran <= recorded, f"what ran is on record: {ran - recorded}"

    def check_assets(self):
        events = int(self.rows("select count(*) from reel.asset_event")[0][0])
        assert events == len(RUNS["busy"]), "each success is news once"
        consumed = self.rows("select event_id, count(*) from reel.dagrun_asset_event group by 1")
        assert len(consumed) == events and {count for _, count in consumed} == {"1"}, "each is read by one run"

    def leftovers(self):
        """Of a world that was stopped: exits that nobody stored, processes that nobody ended."""
        for journal in self.folder.rglob("journal/*.jsonl"):
            held = {}
            for line in journal.read_text().splitlines():
                word = json.loads(line)
                if "forgotten" in word:
                    held.pop(word["forgotten"], None)
                else:
                    held[next(iter(word.values()))["attempt"]] = line
            assert not held, f"{journal} holds {held}"
        mark = f"MARKS={self.marks}".encode()
        for process in pathlib.Path("/proc").glob("[0-9]*/environ"):
            try:
                assert mark not in process.read_bytes().split(b"\0"), f"{process} is left"
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                continue
