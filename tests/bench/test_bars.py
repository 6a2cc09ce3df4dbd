"""A bar is met or missed by one comparison; limits from floors follow the floors."""
import bars
import pytest

FLOORS = {"parallel_spawns_per_s": 2_000, "parallel_in_flight": 8}


def burst(tasks=40, wall_ms=40.0, durable_ms=50.0):
    return {
        "tasks": tasks, "wall_ms": wall_ms, "durable_ms": durable_ms,
        "tasks_per_s": tasks * 1e3 / wall_ms, "durable_tasks_per_s": tasks * 1e3 / durable_ms,
    }


@pytest.mark.parametrize(("bar", "is_met"), [
    (bars.at_most("x", 2, 2), True), (bars.at_most("x", 2.1, 2), False),
    (bars.at_least("x", 2, 2), True), (bars.at_least("x", 1.9, 2), False),
])
def test_a_limit_itself_is_met(bar, is_met):
    assert bar.is_met is is_met


def test_a_chain_may_take_its_spawns_and_commits_and_a_quarter_more():
    bar = bars.chain(burst(), bars.SHELL_CHAIN, spawn_us=600, commit_us=200)
    assert bar.limit == pytest.approx(40) and bar.is_met
    assert not bars.chain(burst(wall_ms=40.1), bars.SHELL_CHAIN, spawn_us=600, commit_us=200).is_met


def test_a_burst_reaches_its_share_of_the_parallel_spawns():
    assert bars.parallel_share(burst(tasks=1_500, wall_ms=1_000), FLOORS).is_met
    assert not bars.parallel_share(burst(tasks=1_490, wall_ms=1_000), FLOORS).is_met


def test_mapped_tasks_may_take_their_spawns_and_two_fifths_more():
    bar = bars.mapped(burst(tasks=100, wall_ms=70), FLOORS)
    assert bar.limit == pytest.approx(70) and bar.is_met


def test_rates_without_processes_count_until_the_rows_are_durable():
    assert not bars.durable_rate(burst(tasks=1_000, wall_ms=10, durable_ms=50), 25_000).is_met
    assert bars.durable_rate(burst(tasks=1_000, wall_ms=10, durable_ms=40), 25_000).is_met


def test_fan_in_is_held_against_linear_per_task():
    assert bars.no_slower(burst(tasks=10, wall_ms=21), burst(tasks=20, wall_ms=40)).is_met
    assert not bars.no_slower(burst(tasks=10, wall_ms=22), burst(tasks=20, wall_ms=40)).is_met


def test_a_large_dag_may_cost_a_fifth_more_per_task():
    small = burst(tasks=5_000, durable_ms=100)
    assert bars.flat(small, burst(tasks=50_000, durable_ms=1_200)).is_met
    assert not bars.flat(small, burst(tasks=50_000, durable_ms=1_210)).is_met


def test_everything_is_met_when_no_bar_is_missed_and_nothing_failed():
    met, missed = bars.at_most("x", 1, 2).as_json(), bars.at_most("x", 3, 2).as_json()
    assert bars.all_met([{"bars": [met]}, {"skipped": "not supported"}])
    assert not bars.all_met([{"bars": [met, missed]}])
    assert not bars.all_met([{"bars": [met]}, {"error": "it broke"}])
