"""Bad input ends in a clear failure, a retry that helps, or a quarantined record; never in a crash or a lost row."""
import zipfile

import pytest

from file_server import FileServer

DOWNLOAD = """
fetch:
  schedule: none
  params:
    dataset: {{type: string}}
  tasks:
    - task_id: get
      operator: download
      from: "{{{{ params.dataset }}}}"
      extract: true
      retries: {retries}
      retry_delay: 0
"""

STAGE = """
load:
  schedule: none
  params:
    file: {type: string}
  tasks:
    - task_id: stage
      operator: stage
      source: {path: "{{ params.file }}", format: csv}
      rejects: {max: 1%}
      tables:
        things:
          key: [id]
          columns:
            id: {type: integer, not_null: true}
            name: {type: text}
    - task_id: publish
      operator: upsert
      from: stage.things
      into: test.things
      key: [id]
"""


@pytest.fixture(scope="module")
def server(make_server, tmp_path_factory):
    folder = tmp_path_factory.mktemp("dags")
    (folder / "fetch.yaml").write_text(DOWNLOAD.format(retries=0))
    (folder / "load.yaml").write_text(STAGE)
    server = make_server("bad-input", folder)
    server.start()
    return server


class TestDownloads:
    @pytest.fixture
    def archive(self, tmp_path):
        path = tmp_path / "dataset.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("things.csv", "id,name\n" + "".join(f"{i},thing {i * 7919 % 1000}\n" for i in range(20000)))
        return path.read_bytes()

    def failed(self, server, dataset, run_id):
        result = server.trigger("fetch", {"dataset": str(dataset)}, run_id, check=False)
        assert result.returncode == 1, result.stdout
        return server.task_log("fetch", run_id, "get")

    def test_a_truncated_zip_is_named_as_such(self, server, archive, tmp_path):
        (tmp_path / "short.zip").write_bytes(archive[: len(archive) // 2])
        assert "truncated" in self.failed(server, tmp_path / "short.zip", "short").lower()

    def test_a_zip_that_reaches_outside_is_refused_and_leaves_nothing(self, server, tmp_path):
        with zipfile.ZipFile(tmp_path / "evil.zip", "w") as archive:
            archive.writestr("../x", "out")
        assert "../x" in self.failed(server, tmp_path / "evil.zip", "evil")
        assert not list(server.home.rglob("x"))

    def test_a_404_says_so_with_the_address(self, server):
        with FileServer(b"", script=[404] * 9) as files:
            log = self.failed(server, files.url(), "missing")
            assert "404" in log and "dataset.zip" in log

    def test_a_500_then_200_succeeds(self, server, archive):
        with FileServer(archive, script=[500]) as files:
            server.trigger("fetch", {"dataset": files.url()}, "flaky")
            assert len(files.requests) == 2

    def test_a_cut_connection_is_resumed(self, server, archive):
        with FileServer(archive, script=["cut"]) as files:
            server.trigger("fetch", {"dataset": files.url("other.zip")}, "cut")
            assert "Range" in files.requests[-1]

    def test_a_path_that_is_not_there_says_so(self, server, tmp_path):
        assert str(tmp_path / "nowhere") in self.failed(server, tmp_path / "nowhere", "nowhere")


class TestRecords:
    def load(self, server, path, run_id, check=True):
        return server.trigger("load", {"file": str(path)}, run_id, check=check)

    def write(self, path, *lines):
        path.write_bytes(b"id,name\n" + b"\n".join(lines) + b"\n")
        return path

    def quarantined(self, server, run_id):
        return server.psql(
            f"select line, record_number, reason, length(raw) from reel.quarantine where run_id = '{run_id}' order by 1"
        )

    def good(self, count):
        return [f"{i},thing".encode() for i in range(count)]

    def test_a_wrong_header_names_the_column_and_loads_nothing(self, server, tmp_path):
        (tmp_path / "t.csv").write_text("idd,name\n1,a\n")
        assert self.load(server, tmp_path / "t.csv", "header", check=False).returncode == 1
        log = server.task_log("load", "header", "stage")
        assert "id" in log and "idd" in log
        assert server.states("load", "header")["publish"] == "upstream_failed"

    def test_more_bad_records_than_the_limit_fail_and_are_kept(self, server, tmp_path):
        bad = [b"x%d,bad" % i for i in range(50)]
        assert self.load(server, self.write(tmp_path / "t.csv", *self.good(950), *bad), "five", check=False).returncode == 1
        assert len(self.quarantined(server, "five")) == 50

    @pytest.mark.parametrize(
        "name, cell, reason",
        [
            ("utf8", b"7000,caf\xe9", "UTF-8"),
            ("nul", b"7000,a\x00b", "NUL"),
            ("huge", b"7000," + b"x" * 20_000_000, "large"),
            ("range", b"99999999999,big", "range"),
            ("fields", b"7000,a,b", "field"),
        ],
        ids=["utf8", "nul", "huge", "range", "fields"],
    )
    def test_one_bad_record_is_quarantined_and_the_others_are_loaded(self, server, tmp_path, name, cell, reason):
        server.psql("drop schema if exists test cascade")
        self.load(server, self.write(tmp_path / "t.csv", *self.good(200), cell, *self.good(400)[200:]), name)
        (row,) = self.quarantined(server, name)
        assert row[0] == "202" and row[1] == "201"
        assert reason.lower() in row[2].lower()
        assert server.psql("select count(*) from test.things") == [["400"]]

    def test_the_original_bytes_are_kept(self, server, tmp_path):
        self.load(server, self.write(tmp_path / "t.csv", *self.good(200), b"oops,\"a \"\"quoted\"\" cell\""), "bytes")
        (row,) = server.psql("select convert_from(raw, 'UTF8') from reel.quarantine where run_id = 'bytes'")
        assert row[0] == 'oops,"a ""quoted"" cell"'


def test_a_dag_file_with_ten_mistakes_reports_all_ten_with_line_and_column(server, tmp_path):
    text = """\
broken:
  schedul: "@daily"
  start_date: tomorrowish
  max_active_runs: many
  catchup: perhaps
  tasks:
    - task_id: a
      operator: bsh
    - task_id: b
      operator: bash
      bash_command: "echo {{ ds"
      retries: -1.5
    - task_id: b
      operator: bash
      bash_command: echo
    - task_id: c
      operator: bash
      retry_delay: 5 parsecs
      dependencies: [nobody, d]
    - task_id: d
      operator: bash
      bash_command: echo
      dependencies: [c]
"""
    (tmp_path / "broken.yaml").write_text(text)
    result = server.cli("dags", "validate", tmp_path / "broken.yaml", check=False)
    assert result.returncode == 1
    told = result.stdout + result.stderr
    # schedul, start_date, max_active_runs, catchup, bsh, the template, retries, the second b, no bash_command, parsecs,
    # nobody, and the cycle of c and d
    places = "2:3 3:15 4:20 5:12 8:17 11:21 12:16 13:16 16:7 18:20 19:22 19:30".split()
    missing = [place for place in places if f"broken.yaml:{place}" not in told]
    assert not missing, told
    assert "did you mean" in told
