"""docker-compose brings up Postgres and Reel, and the movies DAG runs there. Runs where a Docker engine answers."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import time
import urllib.error
import urllib.request

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCHEDULERS = ("scheduler-1", "scheduler-2")
DATABASE_PASSWORD = "of-the-database-0123"
ADMIN_PASSWORD = "of-the-admin-4567"

# Runs until the test lets it go.
NAP = """
nap:
  is_paused_upon_creation: false
  tasks:
    - task_id: nap
      operator: bash
      retries: 1
      retry_delay: 1s
      bash_command: until [ -e {{ params.go }} ]; do sleep 0.1; done
  params: {go: /var/lib/reel/none}
"""

OWN_DAGS = """
services:
  reel:
    volumes: ["{folder}/dags:/opt/reel/dags:ro"]
"""

# Behind docker-compose.apart.yml: the schedulers read the same DAGs.
OWN_DAGS_APART = OWN_DAGS + """
  scheduler-1:
    volumes: ["{folder}/dags:/opt/reel/dags:ro"]
  scheduler-2:
    volumes: ["{folder}/dags:/opt/reel/dags:ro"]
"""

SECRET_FILES = """
services:
  reel:
    environment:
      REEL__DATABASE__URL: ""
      REEL__DATABASE__URL_FILE: /run/secrets/database_url
      REEL__API__ADMIN_PASSWORD: ""
      REEL__API__ADMIN_PASSWORD_FILE: /run/secrets/admin_password
    secrets: [database_url, admin_password]
secrets:
  database_url: {{file: "{folder}/database_url"}}
  admin_password: {{file: "{folder}/admin_password"}}
"""


def engine_answers():
    return shutil.which("docker-compose") and subprocess.run(["docker", "info"], capture_output=True).returncode == 0


pytestmark = pytest.mark.skipif(not engine_answers(), reason="no Docker engine here")


class Composed:
    """The project under test: its containers, volumes and port are its own."""

    def __init__(self, folder):
        self.folder = folder
        self.environment = os.environ | {
            "COMPOSE_PROJECT_NAME": "reel-system-test",
            "REEL_PORT": "0",
            "REEL_POSTGRES_PASSWORD": DATABASE_PASSWORD,
            "REEL_ADMIN_PASSWORD": ADMIN_PASSWORD,
        }
        self.use(OWN_DAGS)

    def use(self, *overrides, files=("docker-compose.yml",)):
        files = list(files)
        for number, text in enumerate(overrides):
            files.append(str(self.folder / f"{number}.yml"))
            pathlib.Path(files[-1]).write_text(text.format(folder=self.folder))
        self.environment["COMPOSE_FILE"] = ":".join(files)

    def start(self, *command):
        return subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def run(self, *command, check=True, timeout=120):
        result = subprocess.run(command, cwd=ROOT, env=self.environment, text=True, capture_output=True, timeout=timeout)
        assert not check or result.returncode == 0, f"{command}\n{result.stdout[-4000:]}{result.stderr[-4000:]}"
        return result.stdout

    def compose(self, *arguments, **options):
        return self.run("docker-compose", *arguments, **options)

    def inside(self, *arguments, **options):
        return self.compose("exec", "-T", "reel", *arguments, **options)

    def reel(self, *arguments, **options):
        return self.inside("reel", *arguments, **options)

    def container(self, service="reel"):
        return self.compose("ps", "-q", service).strip()

    def inspect(self, field, service="reel"):
        return self.run("docker", "inspect", "--format", "{{" + field + "}}", self.container(service)).strip()

    def logs(self):
        return self.compose("logs", "--no-color", "reel")

    def wait_until(self, condition, what, seconds=60):
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, what + "\n" + self.logs()[-4000:]
            time.sleep(0.2)

    def up(self):
        self.compose("up", "-d")
        self.wait_until(lambda: self.inspect(".State.Health.Status") == "healthy", "the container of Reel is healthy")

    def status_of_token_request(self, password):
        address = self.compose("port", "reel", "8080").strip()
        body = json.dumps({"username": "admin", "password": password}).encode()
        request = urllib.request.Request(f"http://{address}/auth/token", body, {"Content-Type": "application/json"})
        try:
            return urllib.request.urlopen(request, timeout=10).status
        except urllib.error.HTTPError as error:
            return error.code

    def nap(self, run_id):
        """Triggers a run that waits; gives the file that lets it go."""
        go = f"/var/lib/reel/{run_id}"
        self.reel("dags", "trigger", "nap", "--run-id", run_id, "--conf", json.dumps({"go": go}))
        self.wait_until(lambda: self.task_of(run_id)["state"] == "running", "the nap is running")
        return go

    def task_of(self, run_id):
        return json.loads(self.reel("tasks", "states-for-dag-run", "nap", run_id, "-o", "json"))[0]

    def state_of(self, run_id):
        return self.reel("dags", "state", "nap", run_id, check=False).split()


@pytest.fixture(scope="module")
def composed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("compose")
    shutil.copytree(ROOT / "dags", folder / "dags")
    (folder / "dags" / "nap.yaml").write_text(NAP)
    project = Composed(folder)
    project.compose("down", "-v")
    project.compose("build", timeout=3600)
    yield project
    project.compose("down", "-v")


def readme_commands():
    """The README's block with docker-compose up, as a reader pastes it."""
    blocks = re.findall(r"```\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    return next(block for block in blocks if "docker-compose up" in block)


def test_the_commands_of_the_readme_run_as_written_one_right_after_the_other(composed):
    script = composed.folder / "readme.sh"
    script.write_text("set -e\n" + readme_commands())
    # On a terminal, which docker-compose exec wants to see.
    shown = composed.run("script", "-qec", f"bash {script}", "/dev/null", timeout=600)
    assert "Highest rated movies" in shown


def test_it_becomes_healthy_and_runs_as_a_user_without_rights(composed):
    composed.up()
    assert composed.inside("id", "-u").strip() == "10001"
    status = composed.inside("cat", "/proc/1/status")
    assert re.search(r"CapEff:\s+0+\n", status) and re.search(r"NoNewPrivs:\s+1\n", status)


def test_passwords_come_from_the_environment_and_are_in_no_log(composed):
    composed.up()
    assert composed.status_of_token_request(ADMIN_PASSWORD) == 201
    assert composed.status_of_token_request("another") == 401
    logs = composed.compose("logs", "--no-color")
    assert "Reel is ready" in logs
    assert DATABASE_PASSWORD not in logs and ADMIN_PASSWORD not in logs


def test_stop_lets_a_running_task_end(composed):
    composed.up()
    go = composed.nap("stopped")
    stop = composed.start("docker-compose", "stop")
    composed.wait_until(lambda: "stopping; attempts that still run: 1" in composed.logs(), "the server is stopping")
    composed.inside("touch", go)
    assert stop.wait(timeout=60) == 0
    assert composed.inspect(".State.ExitCode") == "0"
    composed.up()
    assert (composed.state_of("stopped"), composed.task_of("stopped")["try_number"]) == (["success"], 1)


def test_a_killed_container_goes_on_with_its_runs_when_it_is_started_again(composed):
    composed.up()
    go = composed.nap("killed")
    composed.run("docker", "kill", composed.container())
    composed.up()
    composed.inside("touch", go)
    composed.wait_until(lambda: composed.state_of("killed") == ["success"], "the run has succeeded")
    assert composed.task_of("killed")["try_number"] == 2


def test_secrets_come_from_files(composed):
    (composed.folder / "database_url").write_text(f"postgresql://postgres:{DATABASE_PASSWORD}@postgres:5432/reel\n")
    (composed.folder / "admin_password").write_text("from-a-file\n")
    composed.use(OWN_DAGS, SECRET_FILES)
    composed.up()
    assert composed.status_of_token_request("from-a-file") == 201
    assert composed.status_of_token_request(ADMIN_PASSWORD) == 401


def leading_service(composed):
    """The service whose scheduler leads; None while none does."""
    leader = composed.reel("info", "-o", "json", check=False)
    if "none; the last one was" in leader:
        return None
    return next((each for each in SCHEDULERS if composed.inspect(".Config.Hostname", each) in leader), None)


def test_in_processes_apart_a_standby_goes_on_where_the_leader_is_killed(composed):
    composed.use(OWN_DAGS_APART, files=("docker-compose.yml", "docker-compose.apart.yml"))
    composed.compose("down")
    composed.compose("up", "-d")
    for service in ("reel", *SCHEDULERS):
        composed.wait_until(lambda: composed.inspect(".State.Health.Status", service) == "healthy", f"{service} is healthy")
    go = composed.nap("apart")
    first = leading_service(composed)
    composed.run("docker", "kill", composed.container(first))
    composed.reel("dags", "trigger", "nap", "--run-id", "after", "--conf", json.dumps({"go": go}))
    composed.inside("touch", go)
    for run_id in ("apart", "after"):
        composed.wait_until(lambda: composed.state_of(run_id) == ["success"], f"{run_id} has succeeded")
    assert leading_service(composed) not in (None, first)
