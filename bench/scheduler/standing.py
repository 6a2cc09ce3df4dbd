"""A server that has little to do: many schedules, many files, its start, its memory, the command line's start."""
import os
import time

import bars
import client
import database
import measure
import topologies
from server import Server
from topologies import EMPTY, SHELL, Dag
from workloads import Bench, result

SCHEDULED = 10_000
WATCHED_SECONDS = 20
FILES = 1_000
EDITS = 100
STARTS = 10
COMMANDS = 20
SOAK_MINUTES = 60
RUNS_PER_MINUTE = 100

ACTIVE = "select count(*) from reel.dag_run where state in ('queued', 'running')"
LATENESS = "select reel.micros_of(start_date) - reel.micros_of(run_after) from reel.dag_run where run_after >= reel.at_micros({tick})"
ENDED = "select count(*) from reel.dag_run where run_after >= reel.at_micros({tick}) and state = 'success'"


# --- schedules

def wait_for_second(of_minute: int):
    time.sleep((of_minute - time.time()) % 60)


def watch_tick(session: database.Session) -> dict:
    """Of the runs that the next minute starts: how late they were by their own word, and when all of them were seen to have ended."""
    minute = int(time.time()) // 60 + 1
    tick = minute * 60_000_000
    due = sum(1 for i in range(SCHEDULED) if i % 60 == minute % 60)
    wait_for_second(58)
    client.wait_until(lambda: session.number(ENDED.format(tick=tick)) == due, 60, "the runs of a minute have ended", 0.001)
    durable = time.time_ns() // 1000 - tick
    late = [int(row[0]) / 1e3 for row in session.rows(LATENESS.format(tick=tick))]
    return {"ticks": due, "late_ms": measure.spread(late), "durable_late_ms": durable / 1e3}


def idle(bench: Bench) -> dict:
    """Each DAG is due once an hour, so that each minute starts a sixtieth of them. Between two of these moments the server should do
    nothing."""
    with bench.running() as server:
        floors = bench.floors.machine(server.database_url())
        for i in range(SCHEDULED):
            server.write_dags([Dag(f"hourly_{i}", topologies.linear(1), EMPTY)], schedule=f"{i % 60} * * * *")
        server.wait_for_dags(SCHEDULED, 600)
        session = server.database()
        wait_for_second(5)
        client.wait_until(lambda: session.number(ACTIVE) == 0, 300, "runs of the start have ended", 1)
        wait_for_second(10)
        before = server.cpu_seconds()
        time.sleep(WATCHED_SECONDS)
        cpu_percent = (server.cpu_seconds() - before) / WATCHED_SECONDS * 100
        figures = {"dags": SCHEDULED, "cpu_percent": cpu_percent} | watch_tick(session)
        session.close()
    found = [bars.at_most("cpu_percent", cpu_percent, 1), bars.at_most("durable_late_ms", figures["durable_late_ms"], 20)]
    return result(figures, found, floors)


# --- files

def thousand_files(bench: Bench) -> dict:
    """The database is up and the home is known; the files are new to it."""
    with bench.running() as first:
        floors = bench.floors.machine(first.database_url())
        server = second_server(bench, first)
        start_again(server)
        server.write_dags(topologies.dags(FILES, topologies.linear(5), SHELL))
        began = time.perf_counter()
        server.start()
        server.wait_for_dags(FILES, 120)
        listed = time.perf_counter() - began
        edits = [edit_until_visible(server, i) * 1e3 for i in range(EDITS)]
        commands = [command_seconds(server, "dags", "list") * 1e3 for _ in range(COMMANDS)]
        server.stop()
    figures = {
        "files": FILES, "listed_s": listed, "edits": EDITS, "edit_to_visible_ms": measure.spread(edits),
        "dags_list_ms": measure.spread(commands),
    }
    found = [
        bars.at_most("listed_s", listed, 0.4),
        bars.at_most("edit_to_visible_ms p95", figures["edit_to_visible_ms"]["p95"], 5),
        bars.at_most("dags_list_ms p50", figures["dags_list_ms"]["p50"], 13),
    ]
    return result(figures, found, floors)


def edit_until_visible(server: Server, edit: int) -> float:
    connection = server.connect()
    dag = Dag(f"dag_{edit % FILES}", topologies.linear(5), SHELL)
    text = f"edit {edit}"
    began = time.perf_counter()
    server.write_dags([dag], description=text)
    path = f"/api/v2/dags/{dag.dag_id}"
    client.wait_until(lambda: connection.ask("GET", path)["description"] == text, 60, "an edit is visible", 0.0005)
    took = time.perf_counter() - began
    connection.close()
    return took


# --- starts

def second_server(bench: Bench, first: Server) -> Server:
    """One that finds its database running: another one of the first server's cluster."""
    session = first.database()
    session.rows("create database second")
    session.close()
    return Server(bench.reel, first.home.parent, "second", first.database_url("second"))


def command_seconds(server: Server, *words: str) -> float:
    null = (os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)
    began = time.perf_counter()
    pid = os.posix_spawn(server.reel, [str(server.reel), *words], server.environment, file_actions=[null])
    _, status = os.waitpid(pid, 0)
    took = time.perf_counter() - began
    if status != 0:
        raise RuntimeError(f"reel {' '.join(words)} failed")
    return took


def start_again(server: Server) -> float:
    took = server.start()
    server.stop()
    return took


def start(bench: Bench) -> dict:
    with bench.running() as first:
        floors = bench.floors.machine(first.database_url())
        server = second_server(bench, first)
        start_again(server)
        server_ms = [start_again(server) * 1e3 for _ in range(STARTS)]
        version_ms = [command_seconds(server, "version") * 1e3 for _ in range(COMMANDS)]
        first.stop()
        standalone_ms = [start_again(first) * 1e3 for _ in range(STARTS)]
    figures = {
        "server_ms": measure.spread(server_ms), "standalone_ms": measure.spread(standalone_ms), "version_ms": measure.spread(version_ms),
    }
    limits = {"server_ms": 17, "standalone_ms": 250, "version_ms": 4}
    return result(figures, [bars.at_most(f"{name} p50", figures[name]["p50"], limit) for name, limit in limits.items()], floors)


# --- memory

def memory(bench: Bench) -> dict:
    with bench.running(topologies.dags(100, topologies.linear(10), SHELL)) as server:
        time.sleep(5)
        pss = server.pss_mib()
    figures = {"dags": 100, "pss_mib": pss | {"both": sum(pss.values())}}
    return result(figures, [bars.at_most("pss_mib both", sum(pss.values()), 12)])


def soak(bench: Bench) -> dict:
    """An hour of runs; the memory is looked at once a minute, from the tenth minute on."""
    dags = topologies.dags(100, topologies.linear(10), SHELL)
    with bench.running(dags) as server:
        connection, samples = server.connect(), []
        for minute in range(SOAK_MINUTES):
            for i in range(RUNS_PER_MINUTE):
                connection.ask("POST", f"/api/v2/dags/{dags[i].dag_id}/dagRuns", {})
                time.sleep(60 / RUNS_PER_MINUTE)
            if minute >= 10:
                samples.append(sum(server.pss_mib().values()))
    grown = measure.growth(samples) * 100
    return result({"minutes": SOAK_MINUTES, "pss_mib": samples}, [bars.at_most("growth_percent", grown, 2)])


WORKLOADS = {"idle_10000": idle, "thousand_files": thousand_files, "start": start, "memory": memory}
# An hour long: only when it is named.
ON_REQUEST = {"soak": soak}
