"""A Postgres of the test's own, to be stopped and started under a running server."""
import os
import pathlib
import shutil
import subprocess
import tempfile

BINARIES = max(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))


class Cluster:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="reel-pg-"))
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
        self.run("initdb", "-D", self.folder / "data", "-U", "reel", "-A", "trust", "--no-sync")
        self.start()
        for name in ("reel", "warehouse"):
            self.create(name)

    def run(self, program, *arguments):
        command = [BINARIES / program, *arguments]
        if os.geteuid() == 0:
            command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", *command]
        subprocess.run(list(map(str, command)), check=True, stdout=subprocess.DEVNULL, cwd="/")

    def start(self):
        options = f"-c listen_addresses='' -c unix_socket_directories={self.folder} -c fsync=off"
        self.run("pg_ctl", "-D", self.folder / "data", "-o", options, "-l", self.folder / "log", "-w", "start")

    def stop(self, mode="fast"):
        self.run("pg_ctl", "-D", self.folder / "data", "-m", mode, "-w", "stop")

    def create(self, database):
        """Makes the database and gives its address."""
        self.run("createdb", "-h", self.folder, "-U", "reel", database)
        return self.uri(database)

    def uri(self, database):
        return f"postgresql://reel@/{database}?host={self.folder}"

    def destroy(self):
        try:
            self.stop("immediate")
        except subprocess.CalledProcessError:
            pass  # it is down already
        shutil.rmtree(self.folder, ignore_errors=True)
