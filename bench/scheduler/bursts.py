"""Many runs triggered at once by REST, and what the database says of them afterwards."""
import time

import client
import measure
from server import Server
from topologies import Dag, index_of

REPETITIONS = 3

RUNS = """
select dag_id, run_id, state, reel.micros_of(queued_at), reel.micros_of(start_date), reel.micros_of(end_date)
from reel.dag_run where id > {after}"""

TASKS = """
select t.dag_id, t.run_id, t.task_id, t.state, reel.micros_of(t.start_date), reel.micros_of(t.end_date), t.map_index
from reel.task_instance t join reel.dag_run r using (dag_id, run_id) where r.id > {after}"""


class UnexpectedState(RuntimeError):
    pass


def require_success(kind: str, names: list[str], state: str):
    if state != "success":
        raise UnexpectedState(f"{kind} {' '.join(names)} is {state}")


class Burst:
    """One server's DAGs, triggered again and again."""

    def __init__(self, server: Server, dags: list[Dag]):
        if errors := server.import_errors():
            raise RuntimeError(f"not loaded: {errors[0]}")
        self.dags = dags
        self.session = server.database()
        self.connections = [server.connect() for _ in dags]
        self.requests = [link.trigger(dag.dag_id) for link, dag in zip(self.connections, dags, strict=True)]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for connection in self.connections:
            connection.close()
        self.session.close()

    def is_idle(self) -> bool:
        return self.session.number("select count(*) from reel.dag_run where state in ('queued', 'running')") == 0

    def run(self, pause: float, timeout: float = 300) -> dict:
        after = self.session.number("select coalesce(max(id), 0) from reel.dag_run")
        for connection, request in zip(self.connections, self.requests, strict=True):
            connection.send(request)
        for connection in self.connections:
            status, answer = connection.receive()
            if status != 200:
                raise RuntimeError(f"trigger: {status} {answer}")
        client.wait_until(self.is_idle, timeout, "all runs have ended", pause)
        durable = time.time_ns() // 1000
        return measure.figures(self.times(after), durable)

    def times(self, after: int) -> list:
        tasks: dict[tuple[str, str], dict] = {}
        for dag_id, run_id, name, state, start, end, map_index in self.session.rows(TASKS.format(after=after)):
            require_success("task", [dag_id, run_id, name], state)
            # Of a mapped task every item is one; its place in the shape is its index.
            place = index_of(name) if map_index == "-1" else int(map_index)
            tasks.setdefault((dag_id, run_id), {})[place] = (int(start), int(end))
        shapes = {dag.dag_id: dag.shape for dag in self.dags}
        found = []
        for dag_id, run_id, state, queued, start, end in self.session.rows(RUNS.format(after=after)):
            require_success("run", [dag_id, run_id], state)
            of_run = tasks[dag_id, run_id]
            ordered = tuple(of_run[i] for i in range(len(shapes[dag_id])))
            found.append((shapes[dag_id], measure.RunTimes(int(queued), int(start), int(end), ordered)))
        return found


def measure_burst(server: Server, dags: list[Dag], by: str) -> dict:
    """The middle one of several repetitions after one that warms up. Where the rows themselves are waited for, the database is asked
    as often as it can be; else seldom, for each question takes time from what is measured."""
    pause = 0.001 if by == "durable_ms" else 0.05
    with Burst(server, dags) as burst:
        burst.run(pause)
        return measure.median_repetition([burst.run(pause) for _ in range(REPETITIONS)], by)
