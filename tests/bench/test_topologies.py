"""The shapes are those that others publish figures for: same number of tasks, same edges."""
import pytest
from topologies import EMPTY, SHELL, Dag, columns, dags, diamond, edge_count, fan_in, fan_out, linear, mesh, tree


@pytest.mark.parametrize(
    ("shape", "tasks", "edges"),
    [
        (linear(10), 10, 9),
        (tree(10), 10, 9),
        (fan_out(9), 10, 9),
        (fan_out(1000), 1001, 1000),
        (fan_in(10), 10, 9),
        (diamond(10), 10, 16),
        (mesh(10), 10, 3 * 3 + 3 * 4),
        (columns(50, 5_000), 5_000, 4_950),
    ],
)
def test_shapes_have_their_tasks_and_edges(shape, tasks, edges):
    assert (len(shape), edge_count(shape)) == (tasks, edges)


def test_every_task_waits_for_earlier_ones_only():
    for shape in (linear(10), tree(10), fan_out(9), fan_in(10), diamond(10), mesh(10), columns(3, 10)):
        assert all(up < i for i, upstream in enumerate(shape) for up in upstream)


def test_a_tree_is_binary():
    assert tree(7) == ((), (0,), (0,), (1,), (1,), (2,), (2,))


def test_a_mesh_has_three_layers():
    assert mesh(10)[3:] == ((0, 1, 2),) * 3 + ((3, 4, 5),) * 4


def test_a_dag_is_written_as_yaml():
    text = Dag("pair", linear(2), SHELL).text(schedule="5 * * * *")
    assert text.startswith("pair:\n")
    assert '  schedule: "5 * * * *"\n' in text
    assert '{"task_id": "t1", "operator": "bash", "shell": "/bin/sh", "bash_command": "true", "dependencies": ["t0"]}' in text


def test_dags_have_names_of_their_own():
    assert [dag.dag_id for dag in dags(3, linear(1), EMPTY, "some")] == ["some_0", "some_1", "some_2"]
