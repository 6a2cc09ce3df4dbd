"""Ratings of MovieLens' shape into Postgres, several ways: Reel's, psql's, and the server's own limit."""
import json
import pathlib
import subprocess
import time
from dataclasses import dataclass
from functools import partial

import bars
import database
from server import Server

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
    def __init__(self, tool: pathlib.Path, folder: pathlib.Path, server: Server, ratings: pathlib.Path, scale: float, repeat: int):
        self.tool, self.folder, self.server, self.ratings, self.scale, self.repeat = tool, folder, server, ratings, scale, repeat
        self.uri = server.command("db", "url", "warehouse")
        self.sql = database.Session(self.uri)
        self.attempt = 0

    def run_tool(self, *words) -> dict:
        done = subprocess.run([self.tool, *map(str, words)], check=True, capture_output=True, text=True)
        return json.loads(done.stdout)

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

    def best(self, measure) -> dict:
        return min((measure() for _ in range(self.repeat)), key=lambda each: each["wall_s"])

    # --- what the server can do at all

    def encoded(self, columns: Columns, name: str) -> list[pathlib.Path]:
        arguments = self.arguments(f"encode_{name}", columns.stage(self.ratings, False))
        self.run_tool("encode", arguments, self.ratings, self.folder / name, CONNECTIONS)
        return [self.folder / f"{name}.{part}" for part in range(CONNECTIONS)]

    def floor(self, columns: Columns, parts: list[pathlib.Path], where: str = "") -> dict:
        def once() -> dict:
            self.fresh(columns, "floor")
            return self.run_tool("copy", self.uri, f"COPY floor FROM STDIN (FORMAT binary) {where}", *parts)

        return self.best(once)

    def psql_copy(self, table: str) -> float:
        began = time.perf_counter()
        words = ["psql", "-Xq", "-v", "ON_ERROR_STOP=1", self.uri, "-c", f"\\copy {table} from '{self.ratings}' (format csv, header)"]
        subprocess.run(words, check=True)
        return time.perf_counter() - began

    # --- Reel

    def stage(self, columns: Columns, key: bool) -> dict:
        """The best time, and the report of the last attempt: it has dropped what the others staged."""
        reports = []

        def once() -> dict:
            self.attempt += 1
            self.sql.rows("CHECKPOINT")
            done = self.run_tool("stage", self.uri, self.arguments("stage", columns.stage(self.ratings, key)), self.attempt)
            reports.append(done["report"])
            return done

        return self.best(once) | {"report": reports[-1]}

    def upsert(self, staged: dict, into: str) -> dict:
        what = {"from": "load.ratings", "into": into, "key": ["user_id", "movie_id"]}
        return self.run_tool("upsert", self.uri, self.arguments("upsert", what), self.attempt, self.arguments("staged", staged["report"]))

    def checksum(self, table: str) -> list[str]:
        kind = self.sql.rows(f"SELECT format_type(atttypid, -1) FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attname = 'rated_at'")
        at = "rated_at" if kind[0][0] == "bigint" else "extract(epoch FROM rated_at)::bigint"
        return self.sql.rows(f"SELECT count(*), sum(user_id::bigint * movie_id), sum(rating::numeric), sum({at}) FROM {table}")[0]

    def expect_same(self, table: str, other: str):
        ours, theirs = self.checksum(table), self.checksum(other)
        if ours != theirs:
            raise RuntimeError(f"{table} has {ours}, {other} {theirs}")


def physical(staged: dict) -> str:
    return staged["report"]["tables"]["ratings"]["physical"]


def figures_of(step: dict) -> dict:
    return {name: value for name, value in step.items() if name != "report"}


def result(figures: dict, floors: dict, found: list[bars.Bar]) -> dict:
    return {"figures": figures, "floors": floors, "bars": [bar.as_json() for bar in found]}


# --- workloads

POLARS_MB_PER_S = 306  # typed read_csv on one core of such a machine


def parse(bench: Bench) -> dict:
    """Reading and encoding alone, one core, no database."""
    found = {}
    for name, columns in (("plain", PLAIN), ("own_types", OWN)):
        arguments = bench.arguments("parse", columns.stage(bench.ratings, False))
        found[name] = bench.best(partial(bench.run_tool, "parse", arguments, bench.ratings))
    limit = 1.8 * POLARS_MB_PER_S
    return result(found, {}, [bars.at_least("mb_per_s", found["plain"]["mb_per_s"], limit, f"1.8 × polars ({POLARS_MB_PER_S})")])


def ratings_plain(bench: Bench) -> dict:
    parts = bench.encoded(PLAIN, "plain")
    floor = bench.floor(PLAIN, parts)
    floors = {"copies_s": floor["wall_s"], "parse_only_s": bench.floor(PLAIN, parts, "WHERE false")["wall_s"]}
    bench.fresh(PLAIN, "by_psql")
    floors["psql_copy_s"] = bench.psql_copy("by_psql")
    staged = bench.stage(PLAIN, False)
    bench.expect_same(physical(staged), "by_psql")
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
    floors = {"copies_s": bench.floor(OWN, parts)["wall_s"]}
    bench.fresh(OWN, "by_sql")
    floors["psql_and_insert_s"] = psql_and_cast(bench, "by_sql")
    staged = bench.stage(OWN, False)
    bench.expect_same(physical(staged), "by_sql")
    return result(
        figures_of(staged), floors,
        [
            bars.at_most("wall_s", staged["wall_s"], 1.15 * floors["copies_s"], "1.15 × two binary COPYs"),
            bars.at_most("wall_s", staged["wall_s"], 0.45 * floors["psql_and_insert_s"], "0.45 × psql, then INSERT … SELECT"),
            bars.at_most("peak_mib", staged["peak_mib"], 200),
        ],
    )


def ratings_key(bench: Bench) -> dict:
    """Into a table with a primary key, then the same file once more."""
    parts = bench.encoded(OWN, "own")
    floor = bench.floor(OWN, parts)["wall_s"]
    key = bench.seconds("ALTER TABLE floor ADD PRIMARY KEY (user_id, movie_id)")
    bench.fresh(OWN, "by_sql", True)
    by_sql = psql_and_cast(bench, "by_sql", "ON CONFLICT (user_id, movie_id) DO UPDATE SET rating = excluded.rating")
    floors = {"copies_s": floor, "primary_key_s": key, "psql_and_upsert_s": by_sql}
    bench.fresh(OWN, "ratings", True)
    loads = []
    for _ in range(2):
        staged = bench.stage(OWN, True)
        upserted = bench.upsert(staged, "ratings")
        loads.append({
            "stage": figures_of(staged), "upsert": upserted, "wall_s": staged["wall_s"] + upserted["wall_s"],
        })
    bench.expect_same("ratings", "by_sql")
    first, again = loads
    changed = again["upsert"]["report"]["inserted"] + again["upsert"]["report"]["updated"]
    return result(
        {"first": first, "again": again}, floors,
        [
            bars.at_most("first_s", first["wall_s"], 1.10 * (floor + key), "1.10 × (two binary COPYs + ADD PRIMARY KEY)"),
            bars.at_most("first_s", first["wall_s"], 0.45 * by_sql, "0.45 × (psql, then ON CONFLICT)"),
            bars.at_most("again_s", again["wall_s"], 0.5 * first["wall_s"], "0.5 × the first load"),
            bars.at_most("changed", changed, 0),
        ],
    )


WORKLOADS = {"parse": parse, "ratings_plain": ratings_plain, "ratings_own_types": ratings_own_types, "ratings_key": ratings_key}
