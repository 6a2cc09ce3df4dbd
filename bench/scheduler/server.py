"""A Reel of the benchmark's own: a temporary home and DAG folder, asked over REST, watched through its database and /proc."""
import contextlib
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.parse

import client
import database

PARALLELISM = 32
CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def workspace():
    """A folder on a real disk that the database's user can reach, too. Removed only after all workloads: for minutes after many files
    went, ext4 is slow to make new ones beside them."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="reel-bench-", dir="/var/tmp"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def subfolder(of: pathlib.Path) -> pathlib.Path:
    folder = pathlib.Path(tempfile.mkdtemp(dir=of))
    folder.chmod(0o755)
    return folder


class Server:
    def __init__(self, reel: pathlib.Path, folder: pathlib.Path, name: str = "home", database_url: str = ""):
        self.reel, self.home, self.dags = reel, folder / name, folder / f"{name}-dags"
        self.dags.mkdir(exist_ok=True)
        self.log = folder / f"{name}.log"
        self.port = free_port()
        self.pid = 0
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("REEL_", "AIRFLOW_"))}
        self.environment = inherited | {
            "REEL_HOME": str(self.home),
            "REEL__CORE__DAGS_FOLDER": str(self.dags),
            "REEL__API__PORT": str(self.port),
            "REEL__CORE__DAGS_ARE_PAUSED_AT_CREATION": "false",
            "REEL__CORE__PARALLELISM": str(PARALLELISM),
            "REEL__DATABASE__URL": database_url,
        }

    def write(self, name: str, text: str):
        """In one step: a file that is half there would be read twice."""
        part = self.dags.parent / f"{name}.part"
        part.write_text(text)
        part.rename(self.dags / f"{name}.yaml")

    def write_dags(self, dags, **settings):
        for dag in dags:
            self.write(dag.dag_id, dag.text(**settings))

    # --- its life

    def start(self, timeout: float = 300) -> float:
        """Seconds from exec to healthy."""
        log = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        outputs = [(os.POSIX_SPAWN_DUP2, log, 1), (os.POSIX_SPAWN_DUP2, log, 2)]
        began = time.perf_counter()
        self.pid = os.posix_spawn(self.reel, [str(self.reel), "standalone"], self.environment, file_actions=outputs, setsid=True)
        client.wait_until(self._is_healthy, timeout, "the server is healthy", 0.0003)
        took = time.perf_counter() - began
        os.close(log)
        return took

    def _is_healthy(self) -> bool:
        if os.waitpid(self.pid, os.WNOHANG) != (0, 0):
            self.pid = 0
            raise RuntimeError(f"the server ended:\n{self.log.read_text()[-2000:]}")
        return client.is_healthy(self.port)

    def stop(self):
        if not self.pid:
            return
        os.kill(self.pid, signal.SIGTERM)
        os.waitpid(self.pid, 0)
        self.pid = 0

    # --- asking it

    def connect(self) -> client.Connection:
        return client.Connection(self.port, (self.home / "run" / "token").read_text().strip())

    def command(self, *words: str) -> str:
        result = subprocess.run([self.reel, *words], env=self.environment, check=True, capture_output=True, text=True)
        return result.stdout.strip()

    def database_url(self, name: str = "") -> str:
        """Of the metadata, or of another database of the same cluster."""
        url = urllib.parse.urlsplit(self.command("db", "url", "metadata"))
        return urllib.parse.urlunsplit(url._replace(path=f"/{name}") if name else url)

    def database(self) -> database.Session:
        return database.Session(self.database_url())

    def import_errors(self) -> list[str]:
        with contextlib.closing(self.connect()) as connection:
            return [error["stack_trace"] for error in connection.ask("GET", "/api/v2/importErrors")["import_errors"]]

    def wait_for_dags(self, count: int, timeout: float = 60):
        """Until so many DAGs are listed."""
        with contextlib.closing(self.connect()) as connection:
            path = "/api/v2/dags?limit=1"
            client.wait_until(lambda: connection.ask("GET", path)["total_entries"] >= count, timeout, f"{count} DAGs are listed")

    # --- watching it

    def cpu_seconds(self) -> float:
        fields = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / CLOCK_TICKS

    def pss_mib(self) -> dict:
        """Of the server and of its runner, without Postgres."""
        return {"server": pss_mib(self.pid), "runner": pss_mib(self._runner())}

    def _runner(self) -> int:
        words = [b"--directory", str(self.home / "run").encode()]
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if (process / "cmdline").read_bytes().split(b"\0")[1:3] == words:
                    return int(process.name)
        raise RuntimeError("the server has no runner")


def pss_mib(pid: int) -> float:
    lines = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


@contextlib.contextmanager
def running(reel: pathlib.Path, folder: pathlib.Path, dags=()):
    """A started server over the DAGs, in a folder of its own, stopped at the end."""
    server = Server(reel, subfolder(folder))
    server.write_dags(dags)
    server.start()
    try:
        yield server
    finally:
        server.stop()
