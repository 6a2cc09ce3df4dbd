"""movies_metadata to five tables as a careful script with pandas does it: one read, typed columns, lists exploded, COPY, ON CONFLICT.

    DATABASE_URL=postgresql://… movies_by_pandas.py FILE
"""
import io
import os
import sys

import pandas
import psycopg

from literals import list_of

SCHEMA = "movies_by_pandas"
MOVIE_TYPES = {
    "movie_id": "integer", "title": "text", "original_language": "text", "is_adult": "boolean", "budget": "bigint", "revenue": "bigint",
    "popularity": "double precision", "release_date": "date", "runtime": "double precision", "vote_count": "integer", "vote_average": "double precision",
}


def read(file: str) -> pandas.DataFrame:
    names = ["id", "adult", "genres", "production_companies", *(name for name in MOVIE_TYPES if name not in ("movie_id", "is_adult"))]
    frame = pandas.read_csv(file, usecols=names, dtype=str, keep_default_na=False)
    frame["movie_id"] = pandas.to_numeric(frame["id"], errors="coerce").astype("Int64")
    frame = frame.dropna(subset=["movie_id"]).drop_duplicates("movie_id", keep="last")
    for name, type_ in MOVIE_TYPES.items():
        if type_ in ("bigint", "integer") and name != "movie_id":
            frame[name] = pandas.to_numeric(frame[name], errors="coerce").astype("Int64")
        elif type_ == "double precision":
            frame[name] = pandas.to_numeric(frame[name], errors="coerce")
    frame["is_adult"] = frame["adult"] == "True"
    frame["release_date"] = pandas.to_datetime(frame["release_date"], format="%Y-%m-%d", errors="coerce").dt.date
    return frame


def members(frame: pandas.DataFrame, column: str, thing: str) -> tuple[pandas.DataFrame, pandas.DataFrame]:
    """The things that the lists name, and who names which."""
    lists = frame.set_index("movie_id")[column].map(list_of).explode().dropna()
    pairs = pandas.DataFrame({
        "movie_id": lists.index, f"{thing}_id": lists.map(lambda each: each["id"]).to_numpy(), f"{thing}_name": lists.map(lambda each: each["name"]).to_numpy(),
    })
    things = pairs[[f"{thing}_id", f"{thing}_name"]].drop_duplicates(f"{thing}_id", keep="last")
    return things, pairs[["movie_id", f"{thing}_id"]].drop_duplicates()


def upsert(cursor: psycopg.Cursor, table: str, rows: pandas.DataFrame, types: dict, key: list[str]):
    columns = ", ".join(types)
    declared = ", ".join(f"{name} {type_}" for name, type_ in types.items())
    cursor.execute(f"CREATE TABLE IF NOT EXISTS {SCHEMA}.{table} ({declared}, PRIMARY KEY ({', '.join(key)}))")
    cursor.execute(f"CREATE TEMP TABLE staged_{table} ({declared}) ON COMMIT DROP")
    text = io.StringIO()
    rows[list(types)].to_csv(text, index=False, header=False)
    with cursor.copy(f"COPY staged_{table} FROM STDIN (FORMAT csv)") as copy:
        copy.write(text.getvalue())
    others = [name for name in types if name not in key]
    action = "UPDATE SET " + ", ".join(f"{name} = excluded.{name}" for name in others) if others else "NOTHING"
    cursor.execute(f"INSERT INTO {SCHEMA}.{table} SELECT {columns} FROM staged_{table} ON CONFLICT ({', '.join(key)}) DO {action}")


def check(movies: pandas.DataFrame):
    assert len(movies) > 0 and movies["movie_id"].is_unique
    assert not ((movies["budget"] < 0) | (movies["revenue"] < 0)).any()
    assert movies["vote_average"].dropna().between(0, 10).all()


def main(file: str, database: str):
    frame = read(file)
    check(frame)
    with psycopg.connect(database) as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
        upsert(cursor, "movies", frame, MOVIE_TYPES, ["movie_id"])
        for column, thing, plural in (("genres", "genre", "genres"), ("production_companies", "company", "companies")):
            things, pairs = members(frame, column, thing)
            upsert(cursor, plural, things, {f"{thing}_id": "integer", f"{thing}_name": "text"}, [f"{thing}_id"])
            upsert(cursor, f"movie_{plural}", pairs, {"movie_id": "integer", f"{thing}_id": "integer"}, ["movie_id", f"{thing}_id"])


if __name__ == "__main__":
    main(sys.argv[1], os.environ["DATABASE_URL"])
