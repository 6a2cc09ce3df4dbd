"""Lag as it is defined: the start of a task less the moment when its dependencies were met."""
import pytest
from measure import RunTimes, figures, growth, lags, median_repetition, percentile
from topologies import diamond, linear


def a_run(*tasks, queued=0, started=5, ended=None):
    return RunTimes(queued, started, ended or max(end for _, end in tasks), tasks)


def test_a_first_task_lags_behind_the_start_of_its_run():
    assert lags(linear(1), a_run((12, 20), started=5)) == [7]


def test_a_task_lags_behind_the_last_one_that_it_waited_for():
    # t0 ┬ t1 ┬ t3
    #    └ t2 ┘
    assert lags(diamond(4), a_run((5, 10), (11, 30), (13, 20), (34, 40))) == [0, 1, 3, 4]


@pytest.mark.parametrize(("share", "value"), [(0.5, 50), (0.95, 95), (0.99, 99), (1, 100), (0, 1)])
def test_percentiles_are_values_that_were_measured(share, value):
    assert percentile(list(range(100, 0, -1)), share) == value


def test_figures_span_all_runs():
    early = (linear(2), a_run((1_000, 2_000), (2_500, 4_000), queued=500, started=900))
    late = (linear(2), a_run((1_500, 3_000), (3_100, 10_500), queued=700, started=1_500))
    found = figures([early, late], durable=20_500)
    assert (found["runs"], found["tasks"]) == (2, 4)
    assert (found["wall_ms"], found["durable_ms"]) == (10, 20)
    assert (found["tasks_per_s"], found["durable_tasks_per_s"]) == (400, 200)
    assert found["total_lag_ms"] == pytest.approx(0.1 + 0.5 + 0 + 0.1)
    assert found["lag_ms"] == {"p50": 0.1, "p95": 0.5, "p99": 0.5, "max": 0.5}


def test_the_middle_repetition_stands_for_all():
    repetitions = [{"wall_ms": 3, "n": 1}, {"wall_ms": 1, "n": 2}, {"wall_ms": 2, "n": 3}]
    assert median_repetition(repetitions, "wall_ms") == {"wall_ms": 2, "n": 3, "all_wall_ms": [3, 1, 2]}


def test_growth_compares_the_ends():
    assert growth([10, 10, 10.5, 11, 11]) == pytest.approx(0.1)
    assert growth([10] * 10) == 0
