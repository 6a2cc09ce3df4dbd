"""The shapes that schedulers are compared by, and DAG files of them. A shape is, for each task, the tasks that it waits for."""
import json
from dataclasses import dataclass

UNLIMITED = 1_000_000

EMPTY = {"operator": "empty"}
SHELL = {"operator": "bash", "shell": "/bin/sh", "bash_command": "true"}

Shape = tuple[tuple[int, ...], ...]


def linear(tasks: int) -> Shape:
    return tuple((i - 1,) if i else () for i in range(tasks))


def tree(tasks: int) -> Shape:
    """Binary: each task has up to two others behind it."""
    return tuple(((i - 1) // 2,) if i else () for i in range(tasks))


def fan_out(width: int) -> Shape:
    """One task, and `width` others behind it."""
    return ((),) + ((0,),) * width


def fan_in(tasks: int) -> Shape:
    """The last task waits for all others."""
    return ((),) * (tasks - 1) + (tuple(range(tasks - 1)),)


def diamond(tasks: int) -> Shape:
    """One task, all but two behind it, and the last one behind those."""
    return ((),) + ((0,),) * (tasks - 2) + (tuple(range(1, tasks - 1)),)


def layers(*widths: int) -> Shape:
    """Each task of a layer waits for every task of the layer before."""
    upstream, before, first = [], (), 0
    for width in widths:
        upstream += [before] * width
        before = tuple(range(first, first + width))
        first += width
    return tuple(upstream)


def mesh(tasks: int) -> Shape:
    """Three layers."""
    third = tasks // 3
    return layers(third, third, tasks - 2 * third)


def columns(width: int, tasks: int) -> Shape:
    """`width` chains side by side in one DAG, `tasks` in all."""
    return tuple((i - width,) if i >= width else () for i in range(tasks))


def edge_count(shape: Shape) -> int:
    return sum(len(upstream) for upstream in shape)


def task_id(index: int) -> str:
    return f"t{index}"


def index_of(name: str) -> int:
    return int(name[1:])


@dataclass(frozen=True)
class Dag:
    dag_id: str
    shape: Shape
    body: dict

    def text(self, **settings) -> str:
        """The DAG as YAML: each value of a line in JSON, which is YAML, too. Nothing of it limits how much runs at once."""
        fields = {"schedule": None, "max_active_tasks": UNLIMITED, "max_active_runs": UNLIMITED} | settings
        lines = [f"{self.dag_id}:"]
        lines += [f"  {name}: {json.dumps(value)}" for name, value in fields.items()]
        lines.append("  tasks:")
        for i, upstream in enumerate(self.shape):
            task = {"task_id": task_id(i)} | self.body
            if upstream:
                task["dependencies"] = [task_id(up) for up in upstream]
            lines.append(f"    - {json.dumps(task)}")
        return "\n".join(lines) + "\n"


def dags(count: int, shape: Shape, body: dict, prefix: str = "dag") -> list[Dag]:
    return [Dag(f"{prefix}_{i}", shape, body) for i in range(count)]
