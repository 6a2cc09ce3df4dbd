"""movies_metadata by dlt's merge: rows of dicts, their lists to child tables, the id as the key.

    DATABASE_URL=postgresql://… movies_by_dlt.py FILE
"""
import csv
import os
import sys
import tempfile

import dlt

from literals import list_of

SCHEMA = "movies_by_dlt"
NUMBERS = {"budget": int, "revenue": int, "popularity": float, "runtime": float, "vote_count": int, "vote_average": float}


def number(text: str, type_: type):
    try:
        return type_(text)
    except ValueError:
        return None


@dlt.resource(name="movies", primary_key="id", write_disposition="merge")
def movies(file: str):
    with open(file, encoding="utf-8", newline="") as source:
        for row in csv.DictReader(source, restval=""):
            movie_id = number(row["id"], int)
            if movie_id is None:
                continue
            yield {"id": movie_id, "title": row["title"], "original_language": row["original_language"], "adult": row["adult"] == "True",
                   "release_date": row["release_date"] or None} | {name: number(row[name], type_) for name, type_ in NUMBERS.items()} | {
                   "genres": list_of(row["genres"]), "production_companies": list_of(row["production_companies"])}


def main(file: str, database: str):
    # dlt wants a host where it is read first; libpq takes the socket's folder, which comes last.
    database = database.replace("@/", "@localhost/", 1)
    with tempfile.TemporaryDirectory() as folder:
        pipeline = dlt.pipeline("movies", destination=dlt.destinations.postgres(database), dataset_name=SCHEMA, pipelines_dir=folder)
        pipeline.run(movies(file)).raise_on_failed_jobs()


if __name__ == "__main__":
    main(sys.argv[1], os.environ["DATABASE_URL"])
