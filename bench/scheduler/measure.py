"""From the timestamps that were committed to the figures. Times are microseconds since 1970."""
import math
import statistics
from dataclasses import dataclass

from topologies import Shape


@dataclass(frozen=True)
class RunTimes:
    """A run with the start and end of its task 0, 1, …"""
    queued: int
    started: int
    ended: int
    tasks: tuple[tuple[int, int], ...]


def lags(shape: Shape, run: RunTimes) -> list[int]:
    """For each task its start less the moment when its dependencies were met: the end of the last task that it waited for, for a
    task that waits for none the start of its run."""
    met = (max((run.tasks[up][1] for up in upstream), default=run.started) for upstream in shape)
    return [start - moment for (start, _), moment in zip(run.tasks, met, strict=True)]


def percentile(values: list[float], share: float) -> float:
    """The smallest value that at least `share` of all do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def spread(values: list[float]) -> dict:
    return {
        "p50": percentile(values, 0.50), "p95": percentile(values, 0.95), "p99": percentile(values, 0.99), "max": max(values),
    }


def figures(runs: list[tuple[Shape, RunTimes]], durable: int) -> dict:
    """What one burst of runs amounts to. `durable` is when all of it was seen in the database, by a session of its own."""
    queued = min(run.queued for _, run in runs)
    tasks = sum(len(run.tasks) for _, run in runs)
    wall = max(run.ended for _, run in runs) - queued
    lag = [lag for shape, run in runs for lag in lags(shape, run)]
    return {
        "runs": len(runs),
        "tasks": tasks,
        "wall_ms": wall / 1e3,
        "durable_ms": (durable - queued) / 1e3,
        "tasks_per_s": tasks * 1e6 / wall if wall else math.inf,
        "durable_tasks_per_s": tasks * 1e6 / (durable - queued),
        "total_lag_ms": sum(lag) / 1e3,
        "lag_ms": {name: value / 1e3 for name, value in spread(lag).items()},
    }


def median_repetition(repetitions: list[dict], by: str) -> dict:
    """The repetition in the middle, with what all of them gave."""
    ordered = sorted(repetitions, key=lambda each: each[by])
    return ordered[(len(ordered) - 1) // 2] | {f"all_{by}": [each[by] for each in repetitions]}


def growth(samples: list[float]) -> float:
    """By which share a quantity grew: the median of the last fifth over that of the first."""
    fifth = max(1, len(samples) // 5)
    return statistics.median(samples[-fifth:]) / statistics.median(samples[:fifth]) - 1
