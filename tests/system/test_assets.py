"""Tasks that make assets start the DAGs that wait for them: once for each condition that is met, whatever dies meanwhile."""
import json
import urllib.error
import urllib.request

import pytest

ASSETS = """
default: {default_args: {owner: ops}, catchup: false}
raw:
  schedule: none
  tasks:
    - {task_id: extract, operator: bash, bash_command: "echo raw", outlets: [s3://lake/raw.json]}
prices:
  schedule: none
  tasks:
    - task_id: fetch
      operator: bash
      bash_command: "test -n '{{ params.ok }}'"
      outlets: [{uri: s3://lake/prices.json, name: prices, group: market, extra: {currency: EUR}}]
  params: {ok: "yes"}
both:
  schedule: [s3://lake/raw.json, s3://lake/prices.json]
  tasks:
    - task_id: join
      operator: bash
      inlets: [s3://lake/raw.json]
      bash_command: |
        echo "from {{ triggering_asset_events['s3://lake/raw.json'] | length }} raw,
        {{ triggering_asset_events['s3://lake/prices.json'][0].source_dag_id }}, reads {{ inlets[0].uri }}"
either:
  schedule: {or: [s3://lake/raw.json, {uri: s3://lake/prices.json}]}
  tasks:
    - {task_id: look, operator: empty}
daily:
  schedule: {assets: s3://lake/raw.json, timetable: "0 0 1 1 *"}
  tasks:
    - {task_id: look, operator: empty}
slow:
  schedule: none
  tasks:
    - {task_id: make, operator: bash, bash_command: "sleep 1.5", outlets: [slow_asset]}
after_slow:
  schedule: [slow_asset]
  tasks:
    - {task_id: use, operator: bash, bash_command: "sleep 1.5"}
"""


class Api:
    """The server's REST API with the token that it left for its own machine."""

    def __init__(self, server):
        self.server = server

    def call(self, method, path, body=None):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.server.port}/api/v2{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": "Bearer " + (self.server.home / "run" / "token").read_text().strip(),
                "Content-Type": "application/json",
            },
        )
        with urllib.request.urlopen(request) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def status(self, method, path, body=None):
        try:
            self.call(method, path, body)
        except urllib.error.HTTPError as error:
            return error.code
        return 200


@pytest.fixture(scope="module")
def server(make_server, tmp_path_factory):
    folder = tmp_path_factory.mktemp("dags")
    (folder / "assets.yaml").write_text(ASSETS)
    server = make_server("assets", folder)
    server.start()
    assert server.json("dags", "list-import-errors") == []
    return server


@pytest.fixture(scope="module")
def api(server):
    return Api(server)


def runs(server, dag_id):
    return server.json("dags", "list-runs", dag_id)


def ended_runs(server, dag_id, count):
    """So many runs of the DAG, once they have ended, and no more."""
    server.wait_until(
        lambda: [run["state"] for run in runs(server, dag_id)].count("success") >= count, 30, f"{dag_id} ran {count} times"
    )
    rows = runs(server, dag_id)
    assert len(rows) == count, rows
    return sorted(rows, key=lambda row: row["run_after"])


def test_one_run_for_each_time_the_condition_is_met(server, api):
    server.trigger("raw", run_id="one")
    server.trigger("raw", run_id="two")
    assert len(ended_runs(server, "either", 2)) == 2
    assert len(ended_runs(server, "daily", 2)) == 2
    assert runs(server, "both") == []
    queued = api.call("GET", "/dags/both/assets/queuedEvents")
    assert queued["total_entries"] == 1 and queued["queued_events"][0]["dag_id"] == "both"
    server.trigger("prices", run_id="one")
    (run,) = ended_runs(server, "both", 1)
    assert run["run_type"] == "asset_triggered" and run["dag_run_id"].startswith("asset_triggered__")
    assert run["triggered_by"] == "asset" and run["logical_date"] is None
    assert api.status("GET", "/dags/both/assets/queuedEvents") == 404, "the queue is empty"
    log = server.task_log("both", run["dag_run_id"], "join")
    assert "from 2 raw," in log and "prices, reads s3://lake/raw.json" in log
    events = api.call("GET", f"/dags/both/dagRuns/{run['dag_run_id'].replace('+', '%2B')}/upstreamAssetEvents")
    assert [event["source_run_id"] for event in events["asset_events"]] == ["one", "two", "one"]
    assert events["asset_events"][2]["name"] == "prices"


def test_a_failure_is_no_news(server, api):
    before = len(runs(server, "either"))
    server.trigger("prices", {"ok": ""}, run_id="bad", check=False)
    assert api.call("GET", "/assets/events?source_run_id=bad")["total_entries"] == 0
    assert len(runs(server, "either")) == before


def test_assets_are_shown_and_materialized(server, api):
    rows = {row["uri"]: row for row in server.json("assets", "list")}
    prices = rows["s3://lake/prices.json"]
    assert (prices["name"], prices["group"], prices["extra"]) == ("prices", "market", {"currency": "EUR"})
    assert "both" in server.cli("assets", "details", "--name", "prices").stdout
    assert server.json("dags", "details", "daily")[0]["timetable_summary"] == "Asset or 0 0 1 1 *"
    before = len(runs(server, "raw"))
    run = server.json("assets", "materialize", "--uri", "s3://lake/raw.json")[0]
    assert run["dag_id"] == "raw" and run["run_type"] == "asset_materialization"
    ended_runs(server, "raw", before + 1)
    assert server.cli("assets", "materialize", "--name", "none", check=False).returncode == 1


def test_events_by_hand_and_a_queue_that_is_emptied(server, api):
    prices = server.json("assets", "details", "--name", "prices")[0]["id"]
    before = len(runs(server, "both"))
    event = api.call("POST", "/assets/events", {"asset_id": prices, "extra": {"rows": 3}})
    assert event["extra"] == {"rows": 3, "from_rest_api": True} and event["source_dag_id"] is None
    # Both waited for prices alone since raw was materialized.
    ended_runs(server, "both", before + 1)
    api.call("POST", "/assets/events", {"asset_id": prices})
    assert api.call("GET", f"/dags/both/assets/{prices}/queuedEvents")["asset_id"] == prices
    api.call("DELETE", "/dags/both/assets/queuedEvents")
    assert api.status("DELETE", "/dags/both/assets/queuedEvents") == 404
    server.trigger("raw", run_id="after")
    assert len(runs(server, "both")) == before + 1


def test_a_paused_dag_keeps_what_it_heard_and_hears_no_more(server, api):
    server.cli("dags", "pause", "both")
    before = len(runs(server, "both"))
    server.trigger("prices", run_id="unheard")
    server.cli("dags", "unpause", "both")
    server.trigger("prices", run_id="heard")
    ended_runs(server, "both", before + 1)
    newest = max(runs(server, "both"), key=lambda row: row["run_after"])["dag_run_id"].replace("+", "%2B")
    events = api.call("GET", f"/dags/both/dagRuns/{newest}/upstreamAssetEvents")["asset_events"]
    assert [event["source_run_id"] for event in events] == ["after", "heard"]


@pytest.mark.parametrize("moment", ["while it is made", "while it is used"])
def test_a_killed_server_loses_no_event_and_counts_none_twice(server, moment):
    before = len(runs(server, "after_slow"))
    run_id = moment.replace(" ", "-")
    server.trigger("slow", run_id=run_id, wait=False)
    if moment == "while it is made":
        server.wait_until(lambda: server.states("slow", run_id)["make"] == "running", 30, "it is being made")
    else:
        server.wait_until(lambda: len(runs(server, "after_slow")) == before + 1, 30, "it is being used")
    server.kill()
    server.start()
    ended_runs(server, "after_slow", before + 1)
    assert server.states("slow", run_id) == {"make": "success"}
    events = Api(server).call("GET", f"/assets/events?source_run_id={run_id}")
    assert events["total_entries"] == 1 and len(events["asset_events"][0]["created_dagruns"]) == 1
