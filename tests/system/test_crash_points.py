"""The program is killed at every point at which something becomes durable, started again, and has lost and repeated nothing.

The points are those of include/reel/core/crash_point.hpp; docs/architecture/crash-safety.md says what happens at each.
"""
import concurrent.futures
import re
import traceback

import pytest

from busy_world import MANY_ROWS, BusyWorld
from cluster import Cluster
from reel_server import REEL, ROOT

CRASHING = REEL.parent / "crashing" / "reel"
WORDS = re.findall(r'\{Durable::(\w+), "(\w+)"\}', (ROOT / "include/reel/core/crash_point.hpp").read_text())
DURABLE = [word for _, word in WORDS]
BETWEEN_WORKERS = ["offer", "cancel_offers", "forget_offers", "expire_claims", "claim", "renew_claims", "report"]
BY_CLEANING = ["delete_runs", "delete_expired"]
BY_SEVERAL_CONNECTIONS = ["announce_staging", "fill_staging"]
# What is passed often is met at several of its passes, too.
LATER = {
    "migration": [9], "commit": [3, 8, 16], "journal_running": [2, 5], "journal_exit": [4],
    "journal_forget": [4], "report": [4], "claim": [3],
}
POINTS = [
    f"{word}.{moment}:{turn}"
    for word in DURABLE for turn in [1, *LATER.get(word, [])] for moment in ("before", "after")
]


def kind_of(point):
    word = point.split(".")[0]
    if word == "make_cluster":
        return "embedded"
    return "workers" if word in BETWEEN_WORKERS else "standalone"


def play(cluster, name, kind, point):
    """A world of its own in which the process is killed at the point; gives the names of all that it passed."""
    large = kind == "standalone" and point.startswith(("none", "stage", *BY_SEVERAL_CONNECTIONS))
    world = BusyWorld(
        None if kind == "embedded" else cluster.create(name), workers=kind == "workers", binary=CRASHING,
        rows=MANY_ROWS if large else 2,
    )
    try:
        crash = {"LC_REEL_CRASH_POINT": point, "LC_REEL_CRASH_LOG": str(world.folder / "passed")}
        world.start_all(**crash)
        world.work(nap=point.startswith(("journal_sync", "none")) and kind == "standalone")
        world.check()
        world.stop()
        world.leftovers()
        if kind == "standalone" and point.startswith(("none", *BY_CLEANING)):
            world.clean(**crash)
            assert world.rows("select dag_id from reel.dag_run") == [("once",)], "the latest tick stays for the timetable"
            assert world.rows("select count(*) from reel.callback") == [("0",)]
        assert point == "none" or world.was_killed(), world.story(f"{point} was not passed")
        return set((world.folder / "passed").read_text().split())
    finally:
        world.destroy()


@pytest.fixture(scope="module")
def outcomes(request):
    """Of every case its points or its failure. Most of a case is waiting, so several are under way at one time."""
    wanted = [item.callspec.params["point"] for item in request.session.items if "point" in item.fixturenames]
    cases = [("none", kind) for kind in ("standalone", "workers", "embedded")] + [(point, kind_of(point)) for point in wanted]
    cluster = Cluster()
    with concurrent.futures.ThreadPoolExecutor(4) as threads:
        yield {
            (point, kind): threads.submit(play, cluster, f"crash_{number}", kind, point)
            for number, (point, kind) in enumerate(cases)
        }
    cluster.destroy()


def passed(outcomes, point, kind):
    try:
        return outcomes[point, kind].result()
    except AssertionError:
        pytest.fail(traceback.format_exc(), pytrace=False)


def test_every_point_is_passed(outcomes):
    names = set().union(*(passed(outcomes, "none", kind) for kind in ("standalone", "workers", "embedded")))
    assert names == {f"{word}.{moment}" for word in DURABLE for moment in ("before", "after")}
    assert all(name == word for name, word in WORDS), "a point is called as its enumerator"


@pytest.mark.parametrize("point", POINTS)
def test_killed_at(outcomes, point):
    passed(outcomes, point, kind_of(point))
