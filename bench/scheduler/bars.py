"""What must be reached. A bar compares one figure with a limit, which is a number or comes from a floor of the same run."""
from dataclasses import asdict, dataclass

SHELL_CHAIN = 1.25
PYTHON_CHAIN = 1.15
PARALLEL_SHARE = 0.75
MAPPED = 1.4
# Two measurements of one run are equal within their noise.
EQUAL = 1.05


@dataclass(frozen=True)
class Bar:
    what: str
    value: float
    must: str
    limit: float
    because: str = ""

    @property
    def is_met(self) -> bool:
        return self.value <= self.limit if self.must == "at most" else self.value >= self.limit

    def as_json(self) -> dict:
        return asdict(self) | {"is_met": self.is_met}


def at_most(what: str, value: float, limit: float, because: str = "") -> Bar:
    return Bar(what, value, "at most", limit, because)


def at_least(what: str, value: float, limit: float, because: str = "") -> Bar:
    return Bar(what, value, "at least", limit, because)


def chain(figures: dict, share: float, spawn_us: float, commit_us: float) -> Bar:
    """A chain does nothing at the same time: a process and a commit for each of its tasks."""
    floor = figures["tasks"] * (spawn_us + commit_us) / 1e3
    because = f"{share:g} × {figures['tasks']} × ({spawn_us:.0f} µs spawn + {commit_us:.0f} µs commit)"
    return at_most("wall_ms", figures["wall_ms"], share * floor, because)


def parallel_share(figures: dict, floors: dict) -> Bar:
    rate = floors["parallel_spawns_per_s"]
    because = f"{PARALLEL_SHARE:g} × {rate:.0f} spawns/s, {floors['parallel_in_flight']} in flight"
    return at_least("tasks_per_s", figures["tasks_per_s"], PARALLEL_SHARE * rate, because)


def mapped(figures: dict, floors: dict) -> Bar:
    floor = figures["tasks"] * 1e3 / floors["parallel_spawns_per_s"]
    because = f"{MAPPED:g} × {figures['tasks']} spawns in parallel"
    return at_most("wall_ms", figures["wall_ms"], MAPPED * floor, because)


def durable_rate(figures: dict, limit: float) -> Bar:
    return at_least("durable_tasks_per_s", figures["durable_tasks_per_s"], limit)


def no_slower(figures: dict, other: dict) -> Bar:
    def per_task(of: dict) -> float:
        return of["wall_ms"] * 1e3 / of["tasks"]

    because = f"{EQUAL:g} × linear, in the same server"
    return at_most("us_per_task", per_task(figures), EQUAL * per_task(other), because)


def flat(small: dict, large: dict) -> Bar:
    def per_task(of: dict) -> float:
        return of["durable_ms"] / of["tasks"]

    because = "time per task of the large DAG over that of the small one"
    return at_most("growth", per_task(large) / per_task(small), 1.2, because)


def all_met(results: list[dict]) -> bool:
    return all("error" not in result and all(bar["is_met"] for bar in result.get("bars", [])) for result in results)
