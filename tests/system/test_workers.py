"""Processes apart: a scheduler that runs nothing itself and workers with homes of their own, on one Postgres."""
import shutil
import tempfile
import pathlib
import time

import pytest

from cluster import Cluster
from reel_server import Server, Worker

# A worker may be silent for 6 s and its runner for as long; a claim ends after 21 s.
TIMEOUT = "15s"
PATIENCE = 90


@pytest.fixture(scope="module")
def cluster():
    cluster = Cluster()
    yield cluster
    cluster.destroy()


class Apart:
    """One deployment in a folder and a database of its own."""

    def __init__(self, folder, cluster, dags):
        self.folder = folder
        name = folder.name.replace("-", "_").lower()
        cluster.run("createdb", "-h", cluster.folder, "-U", "reel", name)
        (folder / "dags").mkdir()
        for dag_id, text in dags.items():
            (folder / "dags" / f"{dag_id}.yaml").write_text(text.replace("MARKS", str(folder)))
        self.environment = {
            "REEL__DATABASE__URL": cluster.uri(name),
            "REEL__CORE__EXECUTOR": "worker",
            "REEL__LOGGING__BASE_LOG_FOLDER": str(folder / "logs"),
            "REEL__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": TIMEOUT,
            "REEL__CORE__GRACEFUL_STOP_TIMEOUT": "3s",
        }
        self.workers = []
        self.server = Server(folder / "scheduler", folder / "dags", self.environment)
        self.server.start()

    def worker(self, name, queues="default", **environment):
        worker = Worker(self.folder / name, queues, self.environment | environment)
        self.workers.append(worker)
        return worker.start()

    def mark(self, name):
        file = self.folder / name
        return file.read_text().split() if file.exists() else []

    def until(self, holds, what):
        self.server.wait_until(holds, PATIENCE, what)

    def until_ended(self, dag_id, run_id="r", state="success"):
        def ended():
            now = self.server.cli("dags", "state", dag_id, run_id).stdout
            wrong = "failed" if state == "success" else "success"
            assert wrong not in now, self.everything()
            return state in now

        self.until(ended, f"run {run_id} ends")

    def tries(self, dag_id, run_id="r"):
        return sorted(row["try_number"] for row in self.server.json("tasks", "states-for-dag-run", dag_id, run_id))

    def everything(self):
        return "\n".join(f"--- {each.log.name}\n{each.log.read_text()[-3000:]}" for each in [self.server, *self.workers])

    def destroy(self):
        self.server.destroy()
        for worker in self.workers:
            worker.destroy()
        shutil.rmtree(self.folder, ignore_errors=True)


@pytest.fixture
def apart(cluster):
    made = []

    def make(**dags):
        made.append(Apart(pathlib.Path(tempfile.mkdtemp(prefix="reel-apart-")), cluster, dags))
        return made[-1]

    yield make
    for each in made:
        each.destroy()


# Two processes of one task at the same time would find the lock taken.
WORK = """
work:
  schedule: none
  tasks:
    - task_id: part
      operator: bash
      retries: 3
      retry_delay: 1s
      append_env: true
      expand: {env: [{N: "1"}, {N: "2"}, {N: "3"}, {N: "4"}]}
      bash_command: |
        exec 9>>MARKS/lock-$N
        flock -n 9 || echo $N >> MARKS/overlaps
        echo $N >> MARKS/begun
        sleep 4
        echo $N >> MARKS/done
"""

HOLD = """
hold:
  schedule: none
  tasks:
    - task_id: wait
      operator: bash
      retries: 3
      retry_delay: 1s
      bash_command: |
        exec 9>>MARKS/lock
        flock -n 9 || echo twice >> MARKS/overlaps
        echo $MARK >> MARKS/begun
        until [ -e MARKS/go ]; do sleep 0.1; done
        echo $MARK >> MARKS/done
        echo "by $MARK"
    - task_id: after
      operator: bash
      dependencies: [wait]
      bash_command: "echo got {{ ti.xcom_pull('wait') }}"
"""


def test_every_queue_has_its_workers_and_what_needs_no_process_stays_here(apart):
    world = apart(queues="""
queues:
  schedule: none
  tasks:
    - {task_id: first, operator: bash, queue: a, bash_command: "echo by $MARK"}
    - {task_id: choose, operator: branch, dependencies: [first], follow: second}
    - {task_id: second, operator: bash, queue: b, dependencies: [choose], bash_command: "echo by $MARK"}
    - {task_id: other, operator: bash, queue: b, dependencies: [choose], bash_command: "false"}
    - {task_id: end, operator: python, queue: c, dependencies: [second], python_callable_file: f.py,
       python_callable_name: add, op_kwargs: {x: "{{ ti.xcom_pull('second') }}"}}
""")
    (world.folder / "dags" / "f.py").write_text("def add(x):\n    return x + ' and more'\n")
    server = world.server
    server.trigger("queues", run_id="r", wait=False)
    world.until(lambda: "no live worker serves queue 'a'" in server.cli("tasks", "why", "queues", "r", "first").stdout,
                "somebody says why")
    world.worker("one", "a,c")
    world.worker("two", "b")
    world.until_ended("queues")
    states = server.states("queues", "r")
    assert states["other"] == "skipped" and states["end"] == "success"
    assert "by one" in server.task_log("queues", "r", "first")
    assert "by two" in server.task_log("queues", "r", "second")
    listed = {tuple(row["queues"]): row for row in server.json("workers", "list")}
    assert set(listed) == {("a", "c"), ("b",)}
    assert {row["state"] for row in listed.values()} == {"running"}
    assert server.psql("select count(*) from reel.dispatch", "metadata") == [["0"]]


def test_a_log_that_lies_elsewhere_is_named(apart):
    world = apart(hello="hello: {schedule: none, tasks: [{task_id: t, operator: bash, bash_command: echo hi}]}\n")
    world.worker("far", REEL__LOGGING__BASE_LOG_FOLDER=str(world.folder / "far" / "logs"))
    world.server.trigger("hello", run_id="r")
    assert "ran on host" in world.server.task_log("hello", "r", "t")
    assert list((world.folder / "far" / "logs").rglob("*.attempt=1.log"))


def test_kill_9_of_a_worker_under_load_then_start_repeats_nothing(apart):
    world = apart(work=WORK)
    worker = world.worker("one")
    world.server.trigger("work", run_id="r", wait=False)
    world.until(lambda: len(world.mark("begun")) == 4, "all parts have begun")
    worker.kill()
    worker.start()
    world.until_ended("work")
    assert sorted(world.mark("begun")) == sorted(world.mark("done")) == ["1", "2", "3", "4"]
    assert world.tries("work") == [1, 1, 1, 1]


def test_kill_9_of_a_worker_for_good_has_its_tasks_done_elsewhere_one_at_a_time(apart):
    world = apart(work=WORK.replace("sleep 4", "sleep 9"))
    worker = world.worker("one")
    world.server.trigger("work", run_id="r", wait=False)
    world.until(lambda: len(world.mark("begun")) == 4, "all parts have begun")
    worker.kill()
    world.worker("two")
    world.until_ended("work")
    assert sorted(world.mark("done")) == ["1", "2", "3", "4"]
    assert world.mark("overlaps") == []
    assert world.tries("work") == [2, 2, 2, 2]
    states = {row["state"] for row in world.server.json("workers", "list")}
    assert states == {"lost", "running"}


def test_a_worker_that_sleeps_past_its_lease_is_not_heard_any_more(apart):
    world = apart(hold=HOLD)
    worker = world.worker("one")
    world.server.trigger("hold", run_id="r", wait=False)
    world.until(lambda: world.mark("begun") == ["one"], "the task has begun")
    worker.freeze()
    world.worker("two")
    world.until(lambda: world.mark("begun") == ["one", "two"], "another one has it")
    worker.thaw()
    world.until(lambda: "refused" in worker.log.read_text(), "the sleeper learns of it")
    (world.folder / "go").touch()
    world.until_ended("hold")
    assert world.mark("done") == ["two"] and world.mark("overlaps") == []
    assert "got by two" in world.server.task_log("hold", "r", "after")
    assert world.tries("hold") == [1, 2]


def test_a_database_that_restarts_costs_no_try(apart, cluster):
    world = apart(hold=HOLD)
    world.worker("one")
    world.server.trigger("hold", run_id="r", wait=False)
    world.until(lambda: world.mark("begun") == ["one"], "the task has begun")
    cluster.stop("immediate")
    (world.folder / "go").touch()
    time.sleep(3)
    cluster.start()
    world.until_ended("hold")
    assert world.mark("begun") == ["one"]
    assert world.tries("hold") == [1, 1]


@pytest.mark.parametrize("how", ["kill", "stop"])
def test_a_scheduler_that_goes_and_comes_back_takes_up_what_runs_on_workers(apart, how):
    world = apart(hold=HOLD)
    world.worker("one")
    world.server.trigger("hold", run_id="r", wait=False)
    world.until(lambda: world.mark("begun") == ["one"], "the task has begun")
    getattr(world.server, how)()
    (world.folder / "go").touch()
    time.sleep(1)
    world.server.start()
    world.until_ended("hold")
    assert world.mark("begun") == world.mark("done") == ["one"]
    assert world.tries("hold") == [1, 1]


def test_a_worker_that_is_stopped_gives_back_what_takes_too_long(apart):
    world = apart(hold=HOLD)
    worker = world.worker("one")
    world.server.trigger("hold", run_id="r", wait=False)
    world.until(lambda: world.mark("begun") == ["one"], "the task has begun")
    assert worker.stop() == 0
    world.worker("two")
    (world.folder / "go").touch()
    world.until_ended("hold")
    assert world.mark("done") == ["two"]
    assert sorted(row["state"] for row in world.server.json("workers", "list")) == ["running", "stopped"]


def test_a_task_that_is_cleared_while_it_runs_is_ended_on_its_worker(apart):
    world = apart(hold=HOLD)
    world.worker("one")
    world.server.trigger("hold", run_id="r", wait=False)
    world.until(lambda: world.mark("begun") == ["one"], "the task has begun")
    world.server.cli("tasks", "clear", "hold", "-t", "wait", "--run-id", "r", "-y")
    world.until(lambda: len(world.mark("begun")) == 2, "it begins anew")
    (world.folder / "go").touch()
    world.until_ended("hold")
    assert world.mark("done") == ["one"] and world.mark("overlaps") == []


def test_a_worker_without_a_database_says_what_it_needs(apart, tmp_path):
    world = apart()
    worker = Worker(tmp_path / "alone", "default", {}).start()
    assert worker.process.wait(20) == 1
    assert "database.url" in worker.log.read_text() and "hint:" in worker.log.read_text()
    busy = world.worker("one")
    world.until(lambda: (busy.home / "run" / "reel.lock").exists(), "the worker has its home")
    second = Worker(busy.home, "default", world.environment).start()
    assert second.process.wait(20) == 1
    assert "another Reel" in second.log.read_text()
