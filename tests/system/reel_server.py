"""A Reel server as its users run it: started, asked through the command line, killed."""
import json
import os
import pathlib
import signal
import socket
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
REEL = pathlib.Path(os.environ.get("REEL_BIN", ROOT / "build" / "release" / "bin" / "reel"))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def clean_environment():
    return {k: v for k, v in os.environ.items() if not k.startswith(("REEL_", "AIRFLOW_"))}


class Worker:
    """`reel worker` in a home of its own."""

    def __init__(self, home, queues, environment):
        self.home = pathlib.Path(home)
        self.queues = queues
        self.process = None
        self.log = self.home.parent / f"{self.home.name}.log"
        self.environment = clean_environment() | {"REEL_HOME": str(self.home), "MARK": self.home.name} | environment

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [REEL, "worker", "--queues", self.queues], env=self.environment, stdout=log, stderr=log,
                start_new_session=True,
            )
        return self

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)

    def freeze(self):
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)

    def destroy(self):
        if self.process and self.process.poll() is None:
            self.thaw()
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()


class Server:
    def __init__(self, home, dags, environment=None, program="standalone"):
        self.program = program
        self.home = pathlib.Path(home)
        self.port = free_port()
        self.process = None
        self.log = self.home.parent / f"{self.home.name}-{program}-{self.port}.log"
        self.environment = clean_environment() | {
            "REEL_HOME": str(self.home),
            "REEL__CORE__DAGS_FOLDER": str(dags),
            "REEL__API__PORT": str(self.port),
            "REEL__CORE__DAGS_ARE_PAUSED_AT_CREATION": "false",
        } | {k: str(v) for k, v in (environment or {}).items()}

    def start(self, timeout=60):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [REEL, self.program], env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        self.wait_until(self.answers, timeout, "the server answers")

    def answers(self):
        assert self.process.poll() is None, f"the server ended:\n{self.log.read_text()}"
        if self.program == "scheduler":
            return self.says("leading", "standing by")
        return self.cli("dags", "list", check=False).returncode == 0

    def says(self, *words):
        """Whether one of the words is in its own log."""
        text = self.log.read_text()
        return any(word in text for word in words)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def signal(self, number):
        self.process.send_signal(number)

    def destroy(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.terminate()
            try:
                self.process.wait(45)
            except subprocess.TimeoutExpired:
                self.process.kill()

    def cli(self, *arguments, check=True, timeout=300, **environment):
        result = subprocess.run(
            [REEL, *map(str, arguments)], env=self.environment | environment, text=True, capture_output=True, timeout=timeout
        )
        if check and result.returncode != 0:
            raise AssertionError(
                f"reel {' '.join(map(str, arguments))}: exit {result.returncode}\n{result.stdout}\n{result.stderr}\n"
                f"--- server\n{self.log.read_text()[-4000:] if self.log.exists() else ''}"
            )
        return result

    def json(self, *arguments):
        return json.loads(self.cli(*arguments, "-o", "json").stdout)

    def psql(self, sql, database="warehouse"):
        uri = self.cli("db", "url", database).stdout.strip()
        result = subprocess.run(
            ["psql", "-XAt", "-F", "\t", "-v", "ON_ERROR_STOP=1", uri, "-c", sql], text=True, capture_output=True
        )
        assert result.returncode == 0, result.stderr
        return [line.split("\t") for line in result.stdout.splitlines()]

    def trigger(self, dag_id, conf=None, run_id=None, wait=True, check=True):
        arguments = ["dags", "trigger", dag_id, "--conf", json.dumps(conf or {})]
        if run_id:
            arguments += ["--run-id", run_id]
        if wait:
            arguments += ["--wait"]
        return self.cli(*arguments, check=check)

    def states(self, dag_id, run_id):
        rows = self.json("tasks", "states-for-dag-run", dag_id, run_id)
        return {row["task_id"]: row["state"] for row in rows}

    def task_log(self, dag_id, run_id, task_id, *flags):
        return self.cli("tasks", "logs", dag_id, run_id, task_id, *flags).stdout

    @staticmethod
    def wait_until(holds, timeout, what):
        deadline = time.monotonic() + timeout
        while not holds():
            assert time.monotonic() < deadline, f"waited {timeout} s in vain until {what}"
            time.sleep(0.05)
