"""Files of other shapes than ratings: movies with lists, credits that are nothing but lists, files with bad rows; and checks."""
import json
import os
import pathlib
import random
import subprocess
import time
from dataclasses import dataclass
from functools import partial

import bars
from loads import OWN, Bench, figures_of, result

MOVIES = 45_000
CREDITS_BYTES = 190_000_000
PEAK_MIB = 200


def column(type_: str, source: str = "", not_null: bool = False) -> dict:
    return {"type": type_} | ({"from": source} if source else {}) | ({"not_null": True} if not_null else {})


# --- movies_metadata

MOVIE_TABLES = {
    "movies": {"key": ["movie_id"], "columns": {
        "movie_id": column("integer", "id", True), "title": column("text"), "original_language": column("text"),
        "is_adult": column("boolean", "adult"), "budget": column("bigint"), "revenue": column("bigint"), "popularity": column("double precision"),
        "release_date": column("date"), "runtime": column("double precision"), "vote_count": column("integer"),
        "vote_average": column("double precision")}},
    "genres": {"each": "genres", "key": ["genre_id"], "columns": {"genre_id": column("integer", "id", True), "genre_name": column("text", "name", True)}},
    "movie_genres": {"each": "genres", "key": ["movie_id", "genre_id"], "columns": {
        "movie_id": column("integer", "/id", True), "genre_id": column("integer", "id", True)}},
    "companies": {"each": "production_companies", "key": ["company_id"], "columns": {
        "company_id": column("integer", "id", True), "company_name": column("text", "name", True)}},
    "movie_companies": {"each": "production_companies", "key": ["movie_id", "company_id"], "columns": {
        "movie_id": column("integer", "/id", True), "company_id": column("integer", "id", True)}},
}
MOVIE_CHECKS = {
    "movies": [{"row_count": {"min": 1}}, {"not_null": "movie_id"}, {"unique": "movie_id"}, {"range": {"column": "budget", "min": 0}},
               {"range": {"column": "revenue", "min": 0}}, {"range": {"column": "vote_average", "min": 0, "max": 10}}],
    "genres": [{"row_count": {"min": 1}}, {"unique": "genre_id"}],
    "movie_genres": [{"unique": ["movie_id", "genre_id"]}],
    "companies": [{"row_count": {"min": 1}}, {"unique": "company_id"}],
    "movie_companies": [{"unique": ["movie_id", "company_id"]}],
}


def movies_file(bench: Bench) -> pathlib.Path:
    folder = bench.data / f"movies-{MOVIES}"
    file = folder / "movies_metadata.csv"
    if not file.exists():
        subprocess.run([bench.tool.parent / "reel-dataset", folder, "--movies", str(MOVIES), "--ratings", "1000", "--quiet"], check=True)
    return file


@dataclass(frozen=True)
class Peer:
    """What loads the same file by another library, where `--python` has that."""
    modules: str
    schema: str
    share: float  # of its time that Reel may take

    def is_there(self, bench: Bench) -> bool:
        return subprocess.run([bench.python, "-c", f"import {self.modules}"], capture_output=True).returncode == 0

    def load(self, bench: Bench, file: pathlib.Path) -> dict:
        bench.sql.rows(f"DROP SCHEMA IF EXISTS {self.schema}, {self.schema}_staging CASCADE")  # dlt has one for its merge
        bench.sql.rows("CHECKPOINT")
        began = time.perf_counter()
        subprocess.run([bench.python, PEERS / f"{self.schema}.py", file], check=True, stdout=subprocess.DEVNULL, env=os.environ | {"DATABASE_URL": bench.uri})
        return {"wall_s": time.perf_counter() - began}

    def expect(self, bench: Bench, movies: int):
        """It may have more: broken records that Reel keeps out."""
        if (found := int(bench.sql.rows(f"SELECT count(*) FROM {self.schema}.movies")[0][0])) < movies:
            raise RuntimeError(f"{self.schema} has {found} movies instead of {movies}")


PEERS = pathlib.Path(__file__).parent / "peers"
MOVIES_PEERS = {"pandas": Peer("pandas, psycopg", "movies_by_pandas", 0.2), "dlt": Peer("dlt, psycopg2", "movies_by_dlt", 0.06)}


def movies(bench: Bench) -> dict:
    """From the file to five tables, published with their checks. The whole time counts, for there is no server's limit of it."""
    stage = {"source": str(movies_file(bench)), "rejects": "1%", "tables": MOVIE_TABLES}
    upserts = [{"from": f"load.{name}", "into": f"movies.{name}", "key": table["key"], "checks": MOVIE_CHECKS[name]}
               for name, table in MOVIE_TABLES.items()]

    def new() -> dict:
        bench.sql.rows("DROP SCHEMA IF EXISTS movies CASCADE")
        return bench.run_plan(stage, upserts)

    def again() -> dict:
        return bench.run_plan(stage, upserts)

    peers = {name: peer for name, peer in MOVIES_PEERS.items() if peer.is_there(bench)}
    first, *theirs = bench.best(new, *(partial(peer.load, bench, stage["source"]) for peer in peers.values()))
    rows = {each["table"]: each["inserted"] for each in first["report"]}
    for peer in peers.values():
        peer.expect(bench, rows["movies.movies"])
    second, = bench.best(again)
    floors = {f"{name}_s": found["wall_s"] for name, found in zip(peers, theirs, strict=True)}
    return result(
        {"new": figures_of(first) | {"rows": rows}, "again": figures_of(second)}, floors,
        [
            bars.at_most("new_s", first["wall_s"], 0.8), bars.at_most("again_s", second["wall_s"], 0.8), bars.at_most("peak_mib", first["peak_mib"], PEAK_MIB),
            *(bars.at_most("new_s", first["wall_s"], peer.share * floors[f"{name}_s"], f"{peer.share} × {name}") for name, peer in peers.items()),
        ],
    )


# --- credits

def person(dice: random.Random) -> dict:
    return {"name": f"{dice.choice(('Tom', 'Ann', 'Zoë', 'Miloš'))} {dice.choice(('Hanks', 'O' + chr(39) + 'Hara', 'Lee', 'Kurosawa'))}",
            "id": dice.randrange(1_000_000), "gender": dice.randrange(3),
            "profile_path": dice.choice((None, f"/{dice.getrandbits(130):026x}.jpg")), "credit_id": f"{dice.getrandbits(96):024x}"}


def actor(dice: random.Random, order: int) -> dict:
    return {"cast_id": dice.randrange(100), "character": dice.choice(("Woody (voice)", "Himself", "The \"Kid\"", "")), "order": order} | person(dice)


def worker(dice: random.Random) -> dict:
    department, job = dice.choice((("Directing", "Director"), ("Writing", "Screenplay"), ("Sound", "Sound Re-Recording Mixer")))
    return {"department": department, "job": job} | person(dice)


def credits_file(bench: Bench) -> pathlib.Path:
    """As credits.csv of the data set: what Python prints of lists of dicts, and an id."""
    size = round(CREDITS_BYTES * bench.scale)
    file = bench.data / f"credits-{size}.csv"
    if file.exists():
        return file
    dice = random.Random(1)
    part = file.with_suffix(".part")
    with part.open("w", encoding="utf-8", newline="") as out:
        written = out.write("cast,crew,id\n")
        movie = 0
        while written < size:
            movie += 1
            cast = repr([actor(dice, order) for order in range(dice.randrange(25))]).replace('"', '""')
            crew = repr([worker(dice) for _ in range(dice.randrange(22))]).replace('"', '""')
            written += out.write(f'"{cast}","{crew}",{movie}\n')
    part.rename(file)
    return file


def member(list_: str, columns: dict) -> dict:
    return {"each": list_, "columns": {"movie_id": column("integer", "/id", True)} | columns}


CREDIT_TABLES = {
    "people": {"each": "cast", "key": ["person_id"], "columns": {
        "person_id": column("integer", "id", True), "name": column("text"), "gender": column("smallint"), "profile_path": column("text")}},
    "cast": member("cast", {"credit_id": column("text"), "person_id": column("integer", "id", True), "character": column("text"),
                            "position": column("integer", "order")}),
    "crew": member("crew", {"credit_id": column("text"), "person_id": column("integer", "id", True), "department": column("text"), "job": column("text")}),
}


def credits(bench: Bench) -> dict:
    """Nested literals to the rows of three tables, without a database; and the literals alone."""
    file = credits_file(bench)
    arguments = bench.arguments("credits", {"source": str(file), "tables": CREDIT_TABLES})
    parsed, literals = bench.best(
        lambda: bench.run_tool("parse", arguments, file), lambda: bench.run_tool("literals", file, "cast"), by="parse_cpu_s")
    if parsed["rejected"]:
        raise RuntimeError(f"{parsed['rejected']} rows were rejected")
    rates = {"tables_mb_per_s": file.stat().st_size / 1e6 / parsed["parse_cpu_s"], "literals_mb_per_s": literals["bytes"] / 1e6 / literals["parse_cpu_s"]}
    return result(
        rates | {"parse": parsed, "literals": literals}, {},
        [
            bars.at_least("tables_mb_per_s", rates["tables_mb_per_s"], 150, "of a core"),
            bars.at_least("literals_mb_per_s", rates["literals_mb_per_s"], 200, "of a core"),
            bars.at_most("peak_mib", parsed["peak_mib"], PEAK_MIB),
        ],
    )


# --- bad rows

def bad_file(bench: Bench) -> pathlib.Path:
    """The ratings, but a tenth of them are no numbers."""
    file = bench.folder / "bad.csv"
    with bench.ratings.open("rb") as good, file.open("wb") as bad:
        bad.write(good.readline())
        for number, line in enumerate(good):
            bad.write(line if number % 10 else line.replace(b",", b",x", 1))
    return file


def quarantine(bench: Bench) -> dict:
    clean, dirty = bench.stage(OWN, True), bench.stage(OWN, True, bad_file(bench), "100%")
    best_clean, best_dirty = bench.best(clean, dirty)
    read, rejected = (best_dirty["report"][count] for count in ("records_read", "records_quarantined"))
    if rejected != (read + 9) // 10:
        raise RuntimeError(f"{rejected} of {read} rows were rejected")
    return result(
        figures_of(best_dirty) | {"rejected": rejected}, {"clean_s": best_clean["wall_s"]},
        [
            bars.at_most("wall_s", best_dirty["wall_s"], 1.3 * best_clean["wall_s"], "1.3 × without a bad row"),
            bars.at_most("peak_mib", best_dirty["peak_mib"], PEAK_MIB),
        ],
    )


# --- checks

CHECKS = {
    "ratings": [{"row_count": {"min": 1}}, {"not_null": ["user_id", "movie_id", "rating", "rated_at"]},
                {"range": {"column": "rating", "min": 0.5, "max": 5}}, {"range": {"column": "rated_at", "min": "1995-01-01"}},
                {"range": {"column": "movie_id", "min": 1}}, {"expression": "rating * 2 = trunc(rating * 2)"}],
    "movies.movies": [{"row_count": {"min": 1}}, {"not_null": "movie_id"}, {"range": {"column": "budget", "min": 0}},
                      {"range": {"column": "revenue", "min": 0}}, {"range": {"column": "popularity", "min": 0}},
                      {"range": {"column": "vote_average", "min": 0, "max": 10}}, {"length": {"column": "title", "max": 500}},
                      {"regex": {"column": "original_language", "pattern": "^[a-z]{2}$", "severity": "warn"}}],
}
SCANS = [
    "SELECT count(*), count(*) FILTER (WHERE user_id IS NULL), count(*) FILTER (WHERE movie_id IS NULL), count(*) FILTER (WHERE rating IS NULL), "
    "count(*) FILTER (WHERE rated_at IS NULL), count(*) FILTER (WHERE rating < 0.5 OR rating > 5), count(*) FILTER (WHERE rated_at < '1995-01-01'), "
    "count(*) FILTER (WHERE movie_id < 1), count(*) FILTER (WHERE NOT rating * 2 = trunc(rating * 2)) FROM ratings",
    "SELECT count(*), count(*) FILTER (WHERE movie_id IS NULL), count(*) FILTER (WHERE budget < 0), count(*) FILTER (WHERE revenue < 0), "
    "count(*) FILTER (WHERE popularity < 0), count(*) FILTER (WHERE vote_average < 0 OR vote_average > 10), "
    "count(*) FILTER (WHERE length(title) > 500), count(*) FILTER (WHERE original_language !~ '^[a-z]{2}$') FROM movies.movies",
]


def checks(bench: Bench) -> dict:
    """Fourteen checks of two published tables, beside the same aggregates by hand."""
    bench.sql.rows("DROP TABLE IF EXISTS ratings; DROP SCHEMA IF EXISTS movies CASCADE")
    bench.load(OWN, "ratings")
    bench.run_plan({"source": str(movies_file(bench)), "rejects": "1%", "tables": MOVIE_TABLES},
                   [{"from": "load.movies", "into": "movies.movies", "key": ["movie_id"]}])
    bench.sql.rows("VACUUM ratings")
    bench.sql.rows("VACUUM movies.movies")
    arguments = bench.arguments("checks", {"checks": CHECKS})

    def ours() -> dict:
        bench.attempt += 1
        return bench.run_tool("quality", bench.uri, arguments, bench.attempt)

    found, hand = bench.best(ours, lambda: {"wall_s": sum(map(bench.seconds, SCANS))})
    verdicts = [check["status"] for check in found["report"]["checks"]]
    if any(verdict not in ("pass", "warn") for verdict in verdicts):
        raise RuntimeError(f"a check did not pass: {json.dumps(found['report'])}")
    return result(
        figures_of(found) | {"checks": len(verdicts)}, {"scans_s": hand["wall_s"]},
        [bars.at_most("wall_s", found["wall_s"], 1.15 * hand["wall_s"], "1.15 × one scan of each table by hand")],
    )


WORKLOADS = {"movies": movies, "credits": credits, "quarantine": quarantine, "checks": checks}
