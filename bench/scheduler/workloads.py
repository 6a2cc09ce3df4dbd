"""Bursts: chains, the shapes of S1 to S10, the same without processes, large DAGs, mapped tasks."""
import pathlib
from dataclasses import dataclass
from functools import partial

import bars
import topologies
from bursts import Burst, measure_burst
from floors import PYTHON_COMMAND, Floors
from server import Server, running
from topologies import EMPTY, SHELL, Dag, Shape


@dataclass(frozen=True)
class Bench:
    reel: pathlib.Path
    folder: pathlib.Path
    floors: Floors
    stamp: pathlib.Path

    def running(self, dags=()):
        return running(self.reel, self.folder, dags)


def result(figures: dict, found: list[bars.Bar], floors: dict | None = None) -> dict:
    return {"figures": figures, "floors": floors or {}, "bars": [bar.as_json() for bar in found]}


def measured(bench: Bench, server: Server, dags: list[Dag], by: str = "wall_ms") -> tuple[dict, dict]:
    """Figures, and the floors of just before."""
    floors = bench.floors.machine(server.database_url())
    return measure_burst(server, dags, by), floors


# --- chains

def chain_sh(bench: Bench) -> dict:
    dags = topologies.dags(1, topologies.linear(40), SHELL)
    with bench.running(dags) as server:
        figures, floors = measured(bench, server, dags)
    return result(figures, [bars.chain(figures, bars.SHELL_CHAIN, floors["spawn_us"], floors["commit_us"])], floors)


def chain_python(bench: Bench) -> dict:
    dags = topologies.dags(1, topologies.linear(40), SHELL | {"bash_command": PYTHON_COMMAND})
    with bench.running(dags) as server:
        python_us = bench.floors.spawn_us("/bin/sh", "-c", PYTHON_COMMAND)
        figures, floors = measured(bench, server, dags)
    floors["python_us"] = python_us
    return result(figures, [bars.chain(figures, bars.PYTHON_CHAIN, python_us, floors["commit_us"])], floors)


# --- shapes with processes

def shells(count: int, shape: Shape, bench: Bench) -> dict:
    dags = topologies.dags(count, shape, SHELL)
    with bench.running(dags) as server:
        figures, floors = measured(bench, server, dags)
    return result(figures, [bars.parallel_share(figures, floors)], floors)


def fan_in(bench: Bench) -> dict:
    dags = topologies.dags(100, topologies.fan_in(10), SHELL, "fan_in")
    chains = topologies.dags(100, topologies.linear(10), SHELL, "linear")
    with bench.running(dags + chains) as server:
        linear = measure_burst(server, chains, "wall_ms")
        figures, floors = measured(bench, server, dags)
    return result(figures, [bars.parallel_share(figures, floors), bars.no_slower(figures, linear)], floors)


def mapped(bench: Bench) -> dict:
    body = {"operator": "bash", "shell": "/bin/sh", "expand": {"bash_command": ["true"] * 100}}
    with bench.running([Dag("mapped", topologies.linear(1), body)]) as server:
        if server.import_errors():
            return {"skipped": "not supported by this build: expand"}
        figures, floors = measured(bench, server, [Dag("mapped", ((),) * 100, body)])
    return result(figures, [bars.mapped(figures, floors)], floors)


# --- without processes

def empties(count: int, shape: Shape, limit: float, bench: Bench) -> dict:
    dags = topologies.dags(count, shape, EMPTY)
    with bench.running(dags) as server:
        figures, floors = measured(bench, server, dags, "durable_ms")
    return result(figures, [bars.durable_rate(figures, limit)] if limit else [], floors)


def one_dag(bench: Bench) -> dict:
    found = []
    for tasks in (5_000, 50_000):
        dags = topologies.dags(1, topologies.columns(50, tasks), EMPTY)
        with bench.running(dags) as server:
            figures, floors = measured(bench, server, dags, "durable_ms")
        found.append(figures)
    return result({"small": found[0], "large": found[1]}, [bars.flat(*found)], floors)


SHAPES = {
    "linear": topologies.linear(10),
    "tree": topologies.tree(10),
    "diamond": topologies.diamond(10),
    "fan_out": topologies.fan_out(9),
    "mesh": topologies.mesh(10),
}

WORKLOADS = {
    "chain_sh": chain_sh,
    "chain_python": chain_python,
    "linear_10x100": partial(shells, 10, topologies.linear(100)),
    "fan_in_100x10": fan_in,
    "mapped_100": mapped,
    "empty_linear_10x100": partial(empties, 10, topologies.linear(100), 25_000),
    "empty_linear_100x10": partial(empties, 100, topologies.linear(10), 10_000),
    "empty_fan_in_100x10": partial(empties, 100, topologies.fan_in(10), 0),
    "one_dag": one_dag,
}
WORKLOADS |= {f"{name}_100x10": partial(shells, 100, shape) for name, shape in SHAPES.items()}
WORKLOADS |= {f"fan_out_{width}": partial(shells, 1, topologies.fan_out(width)) for width in (100, 500, 1000)}
WORKLOADS |= {f"empty_fan_out_{width}": partial(empties, 1, topologies.fan_out(width), 0) for width in (100, 500, 1000)}
WORKLOADS |= {f"empty_{name}_100x10": partial(empties, 100, shape, 0) for name, shape in SHAPES.items() if name != "linear"}
