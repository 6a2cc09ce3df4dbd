"""The movies DAG over real data gives exactly what data/README.md says, however the data comes."""
import pytest

import movies
from file_server import FileServer


def reload(server, conf, run_id):
    server.psql("drop schema if exists movies cascade")
    server.trigger("movies", conf, run_id)


@pytest.fixture(scope="module")
def first_load(movies_server, real_data, workspace):
    folder = movies.head3188(real_data, workspace / "head3188")
    reload(movies_server, movies.conf(folder, real_data), "first")
    return {"folder": folder, "checksums": movies.checksums(movies_server)}


def test_gives_the_anchors_of_head3188(movies_server, first_load):
    assert movies.loaded(movies_server) == movies.ANCHORS["head3188"]


def test_loads_every_cpi_month_and_accounts_for_every_rating(movies_server, first_load):
    months = "select count(*), min(date_cd), max(date_cd) from movies.cpi"
    assert movies_server.psql(months) == [["256", "1999-01-01", "2020-04-01"]]
    ends = "select consumer_price_index from movies.cpi where date_cd in ('1999-01-01', '2020-04-01') order by date_cd"
    assert movies_server.psql(ends) == [["102.700"], ["188.129"]]
    assert movies_server.psql("select count(*), sum(rating) from movies.ratings") == [["100004", "354375.0"]]
    with_movie, without = movies_server.psql("select count(movie_id), count(*) - count(movie_id) from movies.ratings")[0]
    assert int(with_movie) > 0 and int(without) > 0
    assert int(with_movie) + int(without) == 100004


def test_the_equation_holds_for_every_file_and_table(movies_server, first_load):
    broken = movies_server.psql(
        "select * from reel.stage_reports where elements_read <> staged + duplicates + quarantined + filtered"
    )
    assert broken == []
    assert movies_server.psql("select * from reel.loads where rows <> inserted + updated + unchanged + duplicates") == []


def test_a_second_run_changes_nothing(movies_server, first_load, real_data):
    movies_server.trigger("movies", movies.conf(first_load["folder"], real_data), "second")
    changes = movies.changes_of(movies_server, "second")
    assert {f"movies.{table}" for table in movies.TABLES} == set(changes)
    assert set(changes.values()) == {(0, 0)}
    assert movies.checksums(movies_server) == first_load["checksums"]


@pytest.mark.parametrize("change", [movies.crlf, movies.lf, movies.bom])
def test_line_ends_and_byte_order_mark_make_no_difference(movies_server, first_load, real_data, workspace, change):
    name = change.__name__
    folder = movies.head3188(real_data, workspace / name, change)
    reload(movies_server, movies.conf(folder, real_data), name)
    # A line break inside a quoted overview belongs to the data, but no loaded column holds one.
    assert movies.checksums(movies_server) == first_load["checksums"]


def test_a_zip_over_http_makes_no_difference(movies_server, first_load, real_data, workspace):
    archive = movies.zipped(first_load["folder"], workspace / "dataset.zip")
    with FileServer(archive.read_bytes()) as files:
        reload(movies_server, movies.conf(files.url(), real_data), "zip")
        assert movies.checksums(movies_server) == first_load["checksums"]
        movies_server.trigger("movies", movies.conf(files.url(), real_data), "zip-again")
        assert files.requests[-1].get("If-None-Match") == '"v1"'
    assert set(movies.changes_of(movies_server, "zip-again").values()) == {(0, 0)}


def test_movies_1000_with_its_own_id_column(movies_server, first_load, real_data, workspace):
    folder = movies.movies_1000(real_data, workspace / "movies_1000")
    reload(movies_server, movies.conf(folder, real_data, movie_id_column="tmdb_id"), "thousand")
    assert movies.loaded(movies_server) == movies.ANCHORS["movies_1000"]
    assert movies_server.psql("select count(*) from movies.ratings") == [["17626"]]


def test_every_answer_has_rows_and_is_in_the_report(movies_server, first_load, real_data):
    reload(movies_server, movies.conf(first_load["folder"], real_data), "answers")
    views = movies_server.psql(
        "select table_name from information_schema.views where table_schema = 'movies' and table_name like 'answer%'"
    )
    assert len(views) >= 7
    for (view,) in views:
        assert int(movies_server.psql(f"select count(*) from movies.{view}")[0][0]) > 0, view
    report = movies_server.task_log("movies", "answers", "report")
    assert report.count("row") >= 7
