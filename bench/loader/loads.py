"""Ratings of MovieLens' shape into Postgres, several ways: Reel's, psql's, and the server's own limit."""
import json
import os
import pathlib
import subprocess
import time
from dataclasses import dataclass
from functools import partial

import bars
import database
from server import CLOCK_TICKS, Server

FULL_SCALE = 26_024_289  # ratings of the whole data set
MOVIES = 45_000
CONNECTIONS = 2  # of the floor, one for each core


@dataclass(frozen=True)
class Columns:
    """What the four columns of a rating become."""
    rating: str
    rated_at: str
    format: str  # of rated_at, where it is no plain number
    read_rated_at: str  # how SQL makes it of the number

    def create(self, table: str, key: bool = False) -> str:
        return (f"CREATE TABLE {table} (user_id integer NOT NULL, movie_id integer NOT NULL, rating {self.rating}, "
                f"rated_at {self.rated_at}{', PRIMARY KEY (user_id, movie_id)' if key else ''})")

    def stage(self, ratings: pathlib.Path, key: bool) -> dict:
        at = {"from": "timestamp", "type": self.rated_at} | ({"format": self.format} if self.format else {})
        columns = {
            "user_id": {"from": "userId", "type": "integer", "not_null": True},
            "movie_id": {"from": "movieId", "type": "integer", "not_null": True},
            "rating": {"type": self.rating},
            "rated_at": at,
        }
        table = {"columns": columns} | ({"key": ["user_id", "movie_id"]} if key else {})
        return {"source": str(ratings), "tables": {"ratings": table}}


PLAIN = Columns("real", "bigint", "", "rated_at")
OWN = Columns("numeric(2,1)", "timestamptz", "epoch", "to_timestamp(rated_at)")


def make_ratings(tool: pathlib.Path, folder: pathlib.Path, scale: float) -> pathlib.Path:
    rows = round(FULL_SCALE * scale)
    file = folder / f"{rows}" / "ratings.csv"
    if not file.exists():
        subprocess.run([tool, file.parent, "--movies", str(MOVIES), "--ratings", str(rows), "--quiet"], check=True)
    return file


class Bench:
    def __init__(self, tool: pathlib.Path, folder: pathlib.Path, server: Server, ratings: pathlib.Path, options):
        self.tool, self.folder, self.server, self.ratings = tool, folder, server, ratings
        self.scale, self.repeat, self.python, self.data = options.scale, options.repeat, options.python, options.data
        self.uri = server.command("db", "url", "warehouse")
        self.sql = database.Session(self.uri)
        self.attempt = 0
        self.staged = {}  # by the last attempt

    def run_tool(self, *words) -> dict:
        before = self.backends_cpu()
        done = subprocess.run([self.tool, *map(str, words)], check=True, capture_output=True, text=True)
        time.sleep(0.1)  # until the ends of its backends are noticed
        return json.loads(done.stdout) | {"server_cpu_s": self.backends_cpu() - before}

    def backends_cpu(self) -> float:
        """Of all backends that have ended: on a machine that others use as well it says more than the time on the wall."""
        postmaster = (self.server.home / "pg/data/postmaster.pid").read_text().split()[0]
        fields = pathlib.Path(f"/proc/{postmaster}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[13]) + int(fields[14])) / CLOCK_TICKS

    def seconds(self, statement: str) -> float:
        began = time.perf_counter()
        self.sql.rows(statement)
        return time.perf_counter() - began

    def arguments(self, name: str, what: dict) -> pathlib.Path:
        file = self.folder / f"{name}.json"
        file.write_text(json.dumps(what))
        return file

    def fresh(self, columns: Columns, table: str, key: bool = False):
        """Between two measurements: what one leaves to be written must not be the next one's burden."""
        self.sql.rows(f"DROP TABLE IF EXISTS {table}")
        self.sql.rows(columns.create(table, key))
        self.sql.rows("CHECKPOINT")

    def best(self, *measures, by: str = "wall_s") -> list[dict]:
        """Of each its best. They take turns, so that a slow minute of the machine is everybody's."""
        rounds = [[measure() for measure in measures] for _ in range(self.repeat)]
        return [min(of_one, key=lambda each: each[by]) for of_one in zip(*rounds, strict=True)]

    # --- what the server can do at all

    def encoded(self, columns: Columns, name: str) -> list[pathlib.Path]:
        arguments = self.arguments(f"encode_{name}", columns.stage(self.ratings, False))
        self.run_tool("encode", arguments, self.ratings, self.folder / name, CONNECTIONS)
        return [self.folder / f"{name}.{part}" for part in range(CONNECTIONS)]

    def copies(self, columns: Columns, parts: list[pathlib.Path], where: str = ""):
        def once() -> dict:
            self.fresh(columns, "floor")
            return self.run_tool("copy", self.uri, f"COPY floor FROM STDIN (FORMAT binary) {where}", *parts)

        return once

    def psql_copy(self, table: str) -> float:
        began = time.perf_counter()
        words = ["psql", "-Xq", "-v", "ON_ERROR_STOP=1", self.uri, "-c", f"\\copy {table} from '{self.ratings}' (format csv, header)"]
        subprocess.run(words, check=True)
        return time.perf_counter() - began

    # --- Reel

    def stage(self, columns: Columns, key: bool, file: pathlib.Path | None = None, rejects: str = "0"):
        what = columns.stage(file or self.ratings, key) | {"rejects": rejects}
        arguments = self.arguments("stage_other" if file else "stage", what)

        def once() -> dict:
            self.attempt += 1
            if self.staged:
                self.sql.rows(f"DROP TABLE IF EXISTS {self.physical()}")  # the floor's is dropped by fresh()
            self.sql.rows("CHECKPOINT")
            self.staged = self.run_tool("stage", self.uri, arguments, self.attempt)
            return self.staged

        return once

    def upsert(self, into: str) -> dict:
        what = {"from": "load.ratings", "into": into, "key": ["user_id", "movie_id"]}
        return self.run_tool("upsert", self.uri, self.arguments("upsert", what), self.attempt, self.arguments("staged", self.staged["report"]))

    def load(self, columns: Columns, into: str) -> dict:
        """What `reel load` does with the ratings, into a table with a key."""
        key = {"key": ["user_id", "movie_id"]}
        return self.run_plan(columns.stage(self.ratings, True), [{"from": "load.ratings", "into": into} | key])

    def run_plan(self, stage: dict, upserts: list[dict]) -> dict:
        self.attempt += 1
        self.sql.rows("CHECKPOINT")
        return self.run_tool("load", self.uri, self.arguments("plan", {"stage": stage, "upserts": upserts}), self.attempt)

    def physical(self) -> str:
        return self.staged["report"]["tables"]["ratings"]["physical"]

    def checksum(self, table: str) -> list[str]:
        kind = self.sql.rows(f"SELECT format_type(atttypid, -1) FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attname = 'rated_at'")
        at = "rated_at" if kind[0][0] == "bigint" else "extract(epoch FROM rated_at)::bigint"
        return self.sql.rows(f"SELECT count(*), sum(user_id::bigint * movie_id), sum(rating::numeric), sum({at}) FROM {table}")[0]

    def expect_same(self, table: str, other: str):
        ours, theirs = self.checksum(table), self.checksum(other)
        if ours != theirs:
            raise RuntimeError(f"{table} has {ours}, {other} {theirs}")


def cpu_of(step: dict) -> float:
    return step["cpu_s"] + step["server_cpu_s"]


def figures_of(step: dict) -> dict:
    return {name: value for name, value in step.items() if name != "report"}


def result(figures: dict, floors: dict, found: list[bars.Bar]) -> dict:
    return {"figures": figures, "floors": floors, "bars": [bar.as_json() for bar in found]}


# --- workloads

POLARS_MB_PER_S = 306  # typed read_csv on one core of such a machine; measured in the same run where it is installed
POLARS = """
import json, sys, time, polars
types = {"userId": polars.Int32, "movieId": polars.Int32, "rating": polars.Float32, "timestamp": polars.Int64}
began = time.process_time()
polars.read_csv(sys.argv[1], schema=types)
print(json.dumps({"parse_cpu_s": time.process_time() - began}))
"""


def polars(bench: Bench) -> dict:
    words = [bench.python, "-c", POLARS, bench.ratings]
    done = subprocess.run(words, capture_output=True, text=True, env=os.environ | {"POLARS_MAX_THREADS": "1"})
    return json.loads(done.stdout) if done.returncode == 0 else {"parse_cpu_s": bench.ratings.stat().st_size / 1e6 / POLARS_MB_PER_S}


def parse(bench: Bench) -> dict:
    """Reading and encoding alone, without a database, on one core: what counts is its time, whoever else has the other one."""
    steps = [partial(bench.run_tool, "parse", bench.arguments(name, columns.stage(bench.ratings, False)), bench.ratings)
             for name, columns in (("plain", PLAIN), ("own_types", OWN))]
    plain, own, theirs = bench.best(*steps, partial(polars, bench), by="parse_cpu_s")
    megabytes = bench.ratings.stat().st_size / 1e6
    rates = {name: megabytes / found["parse_cpu_s"] for name, found in (("plain", plain), ("own_types", own), ("polars", theirs))}
    bar = bars.at_least("mb_per_s", rates["plain"], 1.8 * rates["polars"], "1.8 × polars")
    return result({"plain": rates["plain"], "own_types": rates["own_types"]}, {"polars": rates["polars"]}, [bar])


def ratings_plain(bench: Bench) -> dict:
    parts = bench.encoded(PLAIN, "plain")
    floor, parse_only, staged = bench.best(bench.copies(PLAIN, parts), bench.copies(PLAIN, parts, "WHERE false"), bench.stage(PLAIN, False))
    bench.fresh(PLAIN, "by_psql")
    floors = {
        "copies_s": floor["wall_s"], "copies_cpu_s": cpu_of(floor), "parse_only_s": parse_only["wall_s"],
        "psql_copy_s": bench.psql_copy("by_psql"),
    }
    bench.expect_same(bench.physical(), "by_psql")
    return result(
        figures_of(staged), floors,
        [
            bars.at_most("wall_s", staged["wall_s"], 1.10 * floors["copies_s"], "1.10 × two binary COPYs"),
            bars.at_most("cpu_s", staged["cpu_s"], 3 * bench.scale, "3 s at full scale"),
            bars.at_most("peak_mib", staged["peak_mib"], 200),
        ],
    )


def psql_and_cast(bench: Bench, table: str, conflict: str = "") -> float:
    bench.fresh(PLAIN, "by_psql")
    return bench.psql_copy("by_psql") + bench.seconds(
        f"INSERT INTO {table} SELECT user_id, movie_id, rating::numeric(2,1), to_timestamp(rated_at) FROM by_psql {conflict}")


def ratings_own_types(bench: Bench) -> dict:
    parts = bench.encoded(OWN, "own")
    floor, staged = bench.best(bench.copies(OWN, parts), bench.stage(OWN, False))
    bench.fresh(OWN, "by_sql")
    floors = {
        "copies_s": floor["wall_s"], "copies_cpu_s": cpu_of(floor), "psql_and_insert_s": psql_and_cast(bench, "by_sql"),
    }
    bench.expect_same(bench.physical(), "by_sql")
    return result(
        figures_of(staged), floors,
        [
            bars.at_most("wall_s", staged["wall_s"], 1.15 * floors["copies_s"], "1.15 × two binary COPYs"),
            bars.at_most("wall_s", staged["wall_s"], 0.45 * floors["psql_and_insert_s"], "0.45 × psql, then INSERT … SELECT"),
            bars.at_most("peak_mib", staged["peak_mib"], 200),
        ],
    )


def ratings_key(bench: Bench) -> dict:
    """Into a new table with a primary key, then the same file once more: unchanged, unchanged but for the proof that it is, and after
    somebody has touched a row."""
    parts = bench.encoded(OWN, "own")

    def keyed_floor() -> dict:
        copies = bench.copies(OWN, parts)()["wall_s"]
        key = bench.seconds("ALTER TABLE floor ADD PRIMARY KEY (user_id, movie_id)")
        return {"copies_s": copies, "primary_key_s": key, "wall_s": copies + key}

    def new() -> dict:
        bench.sql.rows("DROP TABLE IF EXISTS ratings")
        return bench.load(OWN, "ratings")

    floor, first = bench.best(keyed_floor, new)
    again, = bench.best(lambda: bench.load(OWN, "ratings"))
    bench.fresh(OWN, "by_sql", True)
    by_sql = psql_and_cast(bench, "by_sql", "ON CONFLICT (user_id, movie_id) DO UPDATE SET rating = excluded.rating")
    bench.expect_same("ratings", "by_sql")
    bench.sql.rows("UPDATE ratings SET rating = 0 WHERE (user_id, movie_id) = (SELECT user_id, movie_id FROM ratings LIMIT 1)")
    touched = bench.load(OWN, "ratings")
    bench.expect_same("ratings", "by_sql")
    changed = sum(again["report"][0][count] for count in ("inserted", "updated"))
    restored = sum(touched["report"][0][count] for count in ("inserted", "updated"))
    return result(
        {"first": first, "again": again, "touched": touched}, floor | {"psql_and_upsert_s": by_sql},
        [
            bars.at_most("first_s", first["wall_s"], 1.10 * floor["wall_s"], "1.10 × (two binary COPYs + ADD PRIMARY KEY)"),
            bars.at_most("first_s", first["wall_s"], 0.45 * by_sql, "0.45 × (psql, then ON CONFLICT)"),
            bars.at_most("again_s", again["wall_s"], 0.5 * first["wall_s"], "0.5 × the first load"),
            bars.at_most("changed", changed, 0),
            bars.at_most("not_restored", 1 - restored, 0, "the one row that somebody has touched"),
            *(bars.at_most("peak_mib", each["peak_mib"], 200) for each in (first, again, touched)),
        ],
    )


UPDATE_AND_INSERT = """
UPDATE {into} t SET rating = s.rating, rated_at = s.rated_at FROM {rows} s WHERE (s.user_id, s.movie_id) = (t.user_id, t.movie_id);
INSERT INTO {into} SELECT s.* FROM {rows} s LEFT JOIN {into} t ON (s.user_id, s.movie_id) = (t.user_id, t.movie_id) WHERE t.user_id IS NULL"""
ON_CONFLICT = """
INSERT INTO {into} AS t SELECT * FROM {rows} ON CONFLICT (user_id, movie_id) DO UPDATE SET rating = excluded.rating,
rated_at = excluded.rated_at WHERE (t.rating, t.rated_at) IS DISTINCT FROM (excluded.rating, excluded.rated_at)"""
MERGE = """
MERGE INTO {into} t USING {rows} s ON s.user_id = t.user_id AND s.movie_id = t.movie_id
WHEN MATCHED AND (t.rating, t.rated_at) IS DISTINCT FROM (s.rating, s.rated_at) THEN UPDATE SET rating = s.rating, rated_at = s.rated_at
WHEN NOT MATCHED THEN INSERT VALUES (s.user_id, s.movie_id, s.rating, s.rated_at)"""


def upsert_mixed(bench: Bench) -> dict:
    """Half a million rows into five million: four fifths are there, and half of those have changed."""
    rows = round(5_000_000 * bench.scale)
    ratings = "i / 190, i % 190 * 7, (i % 10 * 0.5)::numeric(2,1), to_timestamp(1000000000 + i)"
    bench.sql.rows("DROP TABLE IF EXISTS there, ratings, by_sql")
    bench.sql.rows(OWN.create("there"))
    bench.sql.rows(f"INSERT INTO there SELECT {ratings} FROM generate_series(0, {rows - 1}) i")
    file = bench.folder / "mixed.csv"
    # Of every fifty keys of the table four are sent again; as many again and a quarter are new.
    query = ('SELECT i / 190 AS "userId", i % 190 * 7 AS "movieId", i % 10 * 0.5 + i / 50 % 2 * 0.5 AS rating, 1000000000 + i AS timestamp '
             f"FROM generate_series(0, {rows * 102 // 100 - 1}) i WHERE i % 50 < 4 OR i >= {rows}")
    subprocess.run(["psql", "-Xqc", f"\\copy ({query}) to '{file}' (format csv, header)", bench.uri], check=True)
    bench.stage(OWN, True, file)()

    def copied(table: str):
        bench.sql.rows(f"DROP TABLE IF EXISTS {table}")
        bench.sql.rows(f"CREATE TABLE {table} AS TABLE there")
        bench.sql.rows(f"ALTER TABLE {table} ADD PRIMARY KEY (user_id, movie_id)")
        bench.sql.rows(f"ANALYZE {table}")
        bench.sql.rows("CHECKPOINT")

    def ours() -> dict:
        copied("ratings")
        bench.sql.rows("DELETE FROM reel.loads")  # else it would know that it has these rows
        return bench.upsert("ratings")

    def by_hand(statements: str):
        def once() -> dict:
            copied("by_sql")
            words = ["psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-1", "-c", statements.format(into="by_sql", rows=bench.physical()), bench.uri]
            began = time.perf_counter()
            subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
            return {"wall_s": time.perf_counter() - began}

        return once

    upserted, *hand = bench.best(ours, *(by_hand(each) for each in (UPDATE_AND_INSERT, ON_CONFLICT, MERGE)))
    bench.expect_same("ratings", "by_sql")
    floors = dict(zip(("update_and_insert_s", "on_conflict_s", "merge_s"), (each["wall_s"] for each in hand), strict=True))
    return result(
        upserted, floors,
        [
            bars.at_most("wall_s", upserted["wall_s"], 0.5 * floors["update_and_insert_s"], "0.5 × UPDATE, then INSERT"),
            bars.at_most("wall_s", upserted["wall_s"], 1.05 * min(floors.values()), "1.05 × the best SQL by hand"),
            bars.at_most("peak_mib", upserted["peak_mib"], 200),
        ],
    )


WORKLOADS = {"parse": parse, "ratings_plain": ratings_plain, "ratings_own_types": ratings_own_types, "ratings_key": ratings_key,
             "upsert_mixed": upsert_mixed}
