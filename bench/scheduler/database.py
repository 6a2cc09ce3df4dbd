"""A psql that stays connected, so that a question costs no process and no connection."""
import subprocess


class Session:
    def __init__(self, uri: str):
        self.process = subprocess.Popen(
            ["psql", "-XAtq", "-F", "\t", "-v", "ON_ERROR_STOP=1", uri],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1,
        )

    def rows(self, sql: str) -> list[list[str]]:
        self.process.stdin.write(f"{sql};\n\\echo -- end\n")
        self.process.stdin.flush()
        rows = []
        for line in self.process.stdout:
            if line == "-- end\n":
                return rows
            rows.append(line.rstrip("\n").split("\t"))
        raise RuntimeError(f"psql: {self.process.stderr.read()}")

    def number(self, sql: str) -> int:
        return int(self.rows(sql)[0][0])

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()
