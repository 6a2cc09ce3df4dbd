"""What the machine itself needs, measured beside each workload: see floors.cpp."""
import json
import os
import pathlib
import statistics
import subprocess
import time

PYTHON = "/usr/bin/python3"
# The interpreter's start and a little work, as other engines' benchmarks have it.
PYTHON_COMMAND = f"exec {PYTHON} -c 'f = lambda n: n if n < 2 else f(n - 1) + f(n - 2); f(10)'"


class Floors:
    def __init__(self, tool: pathlib.Path, folder: pathlib.Path):
        self.tool, self.folder = tool, folder

    def machine(self, database: str) -> dict:
        return json.loads(self._run("machine", database, str(self.folder)))

    def spawn_us(self, *command: str, count: int = 20) -> float:
        return float(self._run("spawn", str(count), *command))

    def _run(self, *arguments: str) -> str:
        return subprocess.run([self.tool, *arguments], check=True, capture_output=True, text=True).stdout


def stamp_command(stamp: pathlib.Path, file: pathlib.Path) -> str:
    return f"exec {stamp} {file}"


def stamp_us(stamp: pathlib.Path, folder: pathlib.Path, count: int = 40) -> float:
    """From posix_spawn of a shell to the moment that the stamp tells."""
    file = folder / "floor_stamps"
    sent = []
    for _ in range(count):
        sent.append(time.time_ns() // 1000)
        pid = os.posix_spawn("/bin/sh", ["/bin/sh", "-c", stamp_command(stamp, file)], os.environ)
        os.waitpid(pid, 0)
    told = [int(line) for line in file.read_text().split()]
    file.unlink()
    return statistics.median(b - a for a, b in zip(sent, told, strict=True))
