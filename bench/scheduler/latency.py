"""How long one trigger takes: to a running body, and end to end under arrivals that do not wait for answers."""
import selectors
import time
from dataclasses import dataclass

import bars
import client
import measure
import topologies
from floors import stamp_command, stamp_us
from server import Server
from topologies import SHELL, Dag
from workloads import Bench, result

TRIGGERS = 200
PER_MINUTE = 10_000
SECONDS = 30
CONNECTIONS = 16
# What may be under way when arrivals stop: those of the last tenth of a second.
BACKLOG = PER_MINUTE // 600


def now_us() -> int:
    return time.time_ns() // 1000


def trigger(bench: Bench) -> dict:
    """From sending the request to the first thing that the body does, which is to tell the time: a shell that becomes a small static
    program. The floor is the same shell started directly."""
    with bench.running() as server:
        file = server.home.parent / "stamps"
        dag = Dag("trigger", topologies.linear(1), SHELL | {"bash_command": stamp_command(bench.stamp, file)})
        server.write_dags([dag])
        server.wait_for_dags(1)
        floors = bench.floors.machine(server.database_url()) | {"stamp_us": stamp_us(bench.stamp, server.home.parent)}
        latencies = [latency / 1e3 for latency in trigger_one_by_one(server, dag, file)]
    figures = {"triggers": TRIGGERS, "to_body_ms": measure.spread(latencies)}
    return result(figures, [bars.at_most("to_body_ms p50", figures["to_body_ms"]["p50"], 2)], floors)


def trigger_one_by_one(server: Server, dag: Dag, file) -> list[int]:
    connection, session = server.connect(), server.database()
    request = connection.trigger(dag.dag_id)
    sent = []
    for count in range(1, TRIGGERS + 1):
        sent.append(now_us())
        connection.send(request)
        connection.receive()
        done = f"select count(*) >= {count} from reel.dag_run where state = 'success'"
        client.wait_until(lambda: session.rows(done) == [["t"]], 30, "the run has ended")
    session.close()
    told = [int(line) for line in file.read_text().split()]
    return [b - a for a, b in zip(sent, told, strict=True)]


# --- arrivals

@dataclass
class Arrivals:
    """Triggers at fixed times, whatever became of those before; by run id the moment that each was due."""
    due: dict[str, int]
    late: list[int]


def send_arrivals(server: Server, dag: Dag, count: int, interval_us: float) -> Arrivals:
    free = [server.connect() for _ in range(CONNECTIONS)]
    request = free[0].trigger(dag.dag_id)
    poll = selectors.DefaultSelector()
    for connection in free:
        poll.register(connection.socket, selectors.EVENT_READ, connection)
    arrivals, under_way = Arrivals({}, []), {}
    began, sent = now_us(), 0
    while sent < count or under_way:
        due = began + int(sent * interval_us)
        if sent < count and free and now_us() >= due:
            connection = free.pop()
            under_way[connection] = due
            connection.send(request)
            arrivals.late.append(now_us() - due)
            sent += 1
            continue
        pause = max(0, due - now_us()) / 1e6 if sent < count and free else 1
        for key, _ in poll.select(pause):
            status, answer = key.data.receive()
            if status != 200:
                raise RuntimeError(f"trigger: {status} {answer}")
            arrivals.due[answer["dag_run_id"]] = under_way.pop(key.data)
            free.append(key.data)
    poll.close()
    return arrivals


def open_loop(bench: Bench) -> dict:
    dag = Dag("arrivals", topologies.linear(2), SHELL)
    count, interval_us = PER_MINUTE * SECONDS // 60, 60e6 / PER_MINUTE
    active = "select count(*) from reel.dag_run where state in ('queued', 'running')"
    with bench.running([dag]) as server:
        floors = bench.floors.machine(server.database_url())
        session = server.database()
        send_arrivals(server, dag, 100, interval_us)
        client.wait_until(lambda: session.number(active) == 0, 60, "the first runs have ended")
        arrivals = send_arrivals(server, dag, count, interval_us)
        backlog = session.number(active)
        client.wait_until(lambda: session.number(active) == 0, 300, "all runs have ended", 0.02)
        ended = dict(session.rows("select run_id, reel.micros_of(end_date) from reel.dag_run"))
        session.close()
    took = [(int(ended[run_id]) - due) / 1e3 for run_id, due in arrivals.due.items()]
    figures = {
        "triggers": count, "per_minute": PER_MINUTE, "end_to_end_ms": measure.spread(took), "backlog": backlog,
        "sent_late_ms": measure.spread([late / 1e3 for late in arrivals.late]),
    }
    found = [
        bars.at_most("end_to_end_ms p95", figures["end_to_end_ms"]["p95"], 25),
        bars.at_most("backlog", backlog, BACKLOG, "runs under way when the last trigger was answered: 0.1 s of arrivals"),
    ]
    return result(figures, found, floors)


WORKLOADS = {"trigger": trigger, "open_loop": open_loop}
