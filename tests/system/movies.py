"""The movies data in the shapes that users have it in, and what a correct load of it gives."""
import shutil
import zipfile

FILES = ("movies_metadata.csv", "links.csv", "ratings.csv")

ANCHORS = {
    "head3188": {
        "movies": 3187, "genres": 20, "movie_genres": 7557, "companies": 2397, "movie_companies": 6108,
        "budget": 34269772841, "revenue": 108157221513,
    },
    "movies_1000": {
        "movies": 1000, "genres": 20, "movie_genres": 2024, "companies": 1295, "movie_companies": 1670,
        "budget": 4607698609, "revenue": 11985952672,
    },
}


def head3188(data, folder, change=lambda content: content):
    """The first 3,188 records with the small ratings; `change` rewrites the bytes of each file."""
    folder.mkdir(parents=True, exist_ok=True)
    sources = {
        "movies_metadata.csv": data / "movies" / "movies_metadata_head3188_lf.csv",
        "links.csv": data / "movies" / "links.csv",
        "ratings.csv": data / "movies" / "ratings_small.csv",
    }
    for name, source in sources.items():
        (folder / name).write_bytes(change(source.read_bytes()))
    return folder


def movies_1000(data, folder):
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(data / "movies_1000" / "movies_metadata.csv", folder / "movies_metadata.csv")
    shutil.copy(data / "movies_1000" / "ratings.csv", folder / "ratings.csv")
    shutil.copy(data / "movies" / "links.csv", folder / "links.csv")
    return folder


def crlf(content):
    return content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def lf(content):
    return content.replace(b"\r\n", b"\n")


def bom(content):
    return b"\xef\xbb\xbf" + content


def zipped(folder, path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in FILES:
            archive.write(folder / name, name)
    return path


def conf(dataset, data, **more):
    return {"dataset": str(dataset), "cpi": str(data / "cpi" / "consumer_price_index.csv")} | more


def loaded(server):
    """The row of data/README.md that the warehouse gives now."""
    row = server.psql(
        "select (select count(*) from movies.movies), (select count(*) from movies.genres),"
        " (select count(*) from movies.movie_genres), (select count(*) from movies.companies),"
        " (select count(*) from movies.movie_companies), sum(budget), sum(revenue) from movies.movies"
    )[0]
    return dict(zip(ANCHORS["head3188"], map(int, row)))


TABLES = ("movies", "genres", "movie_genres", "companies", "movie_companies", "dates", "cpi", "links", "ratings")


def checksums(server):
    """One digest per table over all its rows, whatever their order."""
    selects = [
        f"select '{table}', count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) from movies.{table} t"
        for table in TABLES
    ]
    return {row[0]: tuple(row[1:]) for row in server.psql(" union all ".join(selects))}


def changes_of(server, run_id):
    """Per target: inserted and updated rows of one run, from the ledger."""
    rows = server.psql(f"select target, inserted, updated from reel.loads where run_id = '{run_id}'")
    return {target: (int(inserted), int(updated)) for target, inserted, updated in rows}
