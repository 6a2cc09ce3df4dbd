"""Whom runs and tasks call: commands, HTTP, mail, Slack; deadlines; DAGs that fail again and again; all over kill -9."""
import base64
import email
import http.server
import json
import socketserver
import threading
import time

import pytest

SECRET = "T01/B02/very-secret-hook"


class Hook(http.server.BaseHTTPRequestHandler):
    """Keeps what was posted; answers 500 to the first ones of a path, as often as the server says."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
        with self.server.lock:
            self.server.calls.append((self.path, self.headers["Content-Type"], body))
            failures = self.server.failures.get(self.path, 0)
            self.server.failures[self.path] = failures - 1
        self.server.gate.wait(30)
        self.send_response(500 if failures > 0 else 200)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def hook():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    server.lock, server.calls, server.failures, server.gate = threading.Lock(), [], {}, threading.Event()
    server.gate.set()
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.gate.set()
    server.shutdown()


def posted(hook, path):
    with hook.lock:
        return [body for each, _, body in hook.calls if each == path]


class Mailbox(socketserver.StreamRequestHandler):
    def handle(self):
        def say(text):
            self.wfile.write(text.encode() + b"\r\n")

        say("220 mailbox")
        recipients = []
        while line := self.rfile.readline().decode().strip():
            verb = line[:4].upper()
            if verb == "RCPT":
                recipients.append(line)
            if verb == "DATA":
                say("354 go on")
                text = b""
                while (part := self.rfile.readline()) != b".\r\n":
                    text += part
                self.server.mails.append((recipients, email.message_from_bytes(text)))
            say("221 bye" if verb == "QUIT" else "250 fine")
            if verb == "QUIT":
                return


@pytest.fixture(scope="module")
def mailbox():
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mailbox)
    server.mails = []
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()


DAGS = """
default:
  schedule: none
  default_args:
    on_failure_callback:
      http: {{url: "http://127.0.0.1:{port}/failed", json: {{task: "{{{{ ti.task_id }}}}", why: "{{{{ reason }}}}", try: "{{{{ try_number }}}}"}}}}
everything:
  on_failure_callback:
    - command: 'printf "%s %s" "$WHY" {{{{ run_id }}}} > {out}/command-{{{{ run_id }}}}; pwd > {out}/folder'
      env: {{WHY: "{{{{ reason }}}}"}}
    - email: {{to: [ops@example.org], cc: boss@example.org, subject: "{{{{ dag.dag_id }}}} größer", body: "<p>{{{{ log_url }}}}</p>"}}
    - slack: {{conn_id: chat, text: "{{{{ dag.dag_id }}}} {{{{ dag_run.state }}}}"}}
  on_success_callback: {{http: {{url: "http://127.0.0.1:{port}/run-ok"}}}}
  tasks:
    - {{task_id: flaky, operator: bash, bash_command: "echo no; exit {{{{ dag_run.conf.code }}}}", retries: 1, retry_delay: 0,
       on_retry_callback: {{http: {{url: "http://127.0.0.1:{port}/retry", data: "{{{{ ti.state }}}}"}}}},
       on_execute_callback: {{http: {{url: "http://127.0.0.1:{port}/begins"}}}},
       on_success_callback: {{http: {{url: "http://127.0.0.1:{port}/ok"}}}}}}
mapped:
  tasks:
    - {{task_id: m, operator: bash, expand: {{bash_command: ["true", "exit 3", "exit 4"]}},
       on_failure_callback: {{http: {{url: "http://127.0.0.1:{port}/mapped", data: "{{{{ map_index }}}} {{{{ reason }}}}"}}}}}}
stubborn:
  on_success_callback: {{http: {{url: "http://127.0.0.1:{port}/stubborn"}}}}
  tasks: [{{task_id: a, operator: empty}}]
broken:
  on_success_callback:
    - {{http: {{url: "http://127.0.0.1:{port}/nobody", json: "{{{{ nothing }}}}"}}}}
    - {{slack: {{url: "http://127.0.0.1:1/{{{{ var.value.hook }}}}"}}}}
  tasks: [{{task_id: a, operator: empty}}]
late:
  deadline: {{reference: dagrun_queued_at, interval: 2s, callback: {{http: {{url: "http://127.0.0.1:{port}/late"}}}}}}
  tasks: [{{task_id: a, operator: bash, bash_command: "sleep 6"}}]
intime:
  deadline: {{reference: dagrun_queued_at, interval: 60s, callback: {{http: {{url: "http://127.0.0.1:{port}/late"}}}}}}
  tasks: [{{task_id: a, operator: bash, bash_command: "true"}}]
fails:
  max_consecutive_failed_dag_runs: 2
  tasks: [{{task_id: a, operator: bash, bash_command: "exit {{{{ dag_run.conf.code }}}}"}}]
"""


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    return tmp_path_factory.mktemp("out")


@pytest.fixture(scope="module")
def server(make_server, tmp_path_factory, hook, mailbox, out):
    folder = tmp_path_factory.mktemp("callback-dags")
    (folder / "callbacks.yaml").write_text(DAGS.format(port=hook.server_address[1], out=out))
    server = make_server(
        "callbacks", folder, REEL__CORE__CALLBACK_RETRY_DELAY="0.2s", REEL__CORE__CALLBACK_RETRIES="2"
    )
    server.dags = folder
    server.start()
    server.cli(
        "connections", "add", "smtp_default", "--conn-type", "smtp", "--conn-host", "127.0.0.1",
        "--conn-port", mailbox.server_address[1], "--conn-extra", json.dumps({"disable_ssl": True, "disable_tls": True}),
    )
    server.cli(
        "connections", "add", "chat", "--conn-type", "slackwebhook", "--conn-host", f"http://127.0.0.1:{hook.server_address[1]}",
        "--conn-password", SECRET,
    )
    server.cli("variables", "set", "hook", SECRET)
    return server


def callbacks(server, *flags):
    return json.loads(server.cli("callbacks", "list", *flags, "-o", "json").stdout)


def wait_for_calls(server, dag_id, count, state="success"):
    server.wait_until(
        lambda: len(callbacks(server, "--dag-id", dag_id, "--state", state)) == count, 20, f"{dag_id} has {count} calls {state}"
    )


def test_every_kind_is_called_with_what_has_happened(server, hook, mailbox, out):
    server.trigger("everything", {"code": 3}, run_id="bad", check=False)
    wait_for_calls(server, "everything", 7)
    assert [json.loads(body) for body in posted(hook, "/failed")] == [{"task": "flaky", "why": "exit code 3", "try": "2"}]
    assert posted(hook, "/retry") == ["up_for_retry"]
    assert [json.loads(body)["try_number"] for body in posted(hook, "/begins")] == [1, 2]
    assert posted(hook, "/ok") == []
    assert (out / "command-bad").read_text() == "task_failure bad"
    assert (out / "folder").read_text().strip() == str(server.dags)
    recipients, mail = mailbox.mails[-1]
    assert [line.split("<")[1].split(">")[0] for line in recipients] == ["ops@example.org", "boss@example.org"]
    assert str(email.header.make_header(email.header.decode_header(mail["Subject"]))) == "everything größer"
    assert mail.get_content_type() == "text/html"
    assert f":{server.port}/dags/everything/runs/bad" in base64.b64decode(mail.get_payload()).decode()
    assert json.loads(posted(hook, "/" + SECRET)[0]) == {"text": "everything failed"}
    rows = callbacks(server, "--dag-id", "everything", "--run-id", "bad")
    assert {row["kind"] for row in rows} == {"command", "http", "email", "slack"}
    assert [row["id"] for row in rows] == sorted((row["id"] for row in rows), reverse=True)


def test_a_good_run_calls_for_success(server, hook):
    server.trigger("everything", {"code": 0}, run_id="good")
    server.wait_until(lambda: posted(hook, "/run-ok") and posted(hook, "/ok"), 20, "success was told")
    assert json.loads(posted(hook, "/run-ok")[0])["state"] == "success"
    assert json.loads(posted(hook, "/ok")[0])["dag_run_id"] == "good"


def test_each_instance_of_a_mapped_task_calls(server, hook):
    server.trigger("mapped", check=False)
    wait_for_calls(server, "mapped", 2)
    assert sorted(posted(hook, "/mapped")) == ["1 exit code 3", "2 exit code 4"]


def test_what_fails_is_called_again_and_then_given_up(server, hook):
    hook.failures["/stubborn"] = 2
    server.trigger("stubborn", run_id="second-chance")
    wait_for_calls(server, "stubborn", 1)
    assert len(posted(hook, "/stubborn")) == 3
    hook.failures["/stubborn"] = 99
    server.trigger("stubborn", run_id="no-chance")
    wait_for_calls(server, "stubborn", 1, "failed")
    row = callbacks(server, "--dag-id", "stubborn", "--state", "failed")[0]
    assert (row["tries"], row["dag_run_id"]) == (3, "no-chance")
    assert row["error"] == "the server answered HTTP 500 Internal Server Error"
    assert "gave up callback" in server.log.read_text()
    hook.failures["/stubborn"] = 0


def test_errors_and_logs_hold_no_secret(server):
    server.trigger("broken")
    wait_for_calls(server, "broken", 2, "failed")
    slack, undefined = callbacks(server, "--dag-id", "broken")
    assert "nothing" in undefined["error"] and undefined["tries"] == 1
    assert slack["kind"] == "slack" and slack["tries"] == 3
    everything = json.dumps(callbacks(server)) + server.log.read_text()
    assert "very-secret" not in everything


def test_a_deadline_is_missed_once_and_one_that_is_kept_never(server, hook):
    server.trigger("intime", run_id="quick")
    server.trigger("late", run_id="slow", wait=False)
    server.wait_until(lambda: posted(hook, "/late"), 20, "the deadline was told")
    server.kill()
    server.start()
    server.wait_until(
        lambda: json.loads(server.cli("dags", "list-runs", "late", "-o", "json").stdout)[0]["state"] == "success", 30, "it ends"
    )
    assert [json.loads(body)["event"] for body in posted(hook, "/late")] == ["deadline"]
    assert callbacks(server, "--dag-id", "intime") == []
    assert len(callbacks(server, "--event", "deadline")) == 1


def test_a_dag_that_fails_again_and_again_is_paused(server):
    def is_paused():
        return [dag for dag in server.json("dags", "list") if dag["dag_id"] == "fails"][0]["is_paused"] in (True, "True")

    server.trigger("fails", {"code": 1}, check=False)
    server.trigger("fails", {"code": 0})
    server.trigger("fails", {"code": 1}, check=False)
    assert not is_paused()
    server.kill()
    server.start()
    server.trigger("fails", {"code": 1}, check=False)
    assert is_paused()
    assert "paused dag=fails: its last 2 runs have failed" in server.log.read_text()
    server.cli("dags", "unpause", "fails")
    server.trigger("fails", {"code": 1}, check=False)
    assert not is_paused()


def test_a_kill_between_commit_and_call_loses_no_call(server, hook):
    hook.gate.clear()  # nobody gets an answer
    before = len(posted(hook, "/stubborn"))
    for number in range(20):
        server.trigger("stubborn", run_id=f"killed-{number}", wait=False)
    server.wait_until(
        lambda: len(callbacks(server, "--dag-id", "stubborn", "--state", "pending")) == 20, 30, "all calls are stored"
    )
    server.kill()
    hook.gate.set()
    server.start()
    server.wait_until(
        lambda: not callbacks(server, "--dag-id", "stubborn", "--state", "pending"), 30, "all calls are made"
    )
    runs = {json.loads(body)["dag_run_id"] for body in posted(hook, "/stubborn")[before:]}
    assert runs == {f"killed-{number}" for number in range(20)}


def test_callbacks_that_hang_hold_up_nothing(server, hook):
    hook.gate.clear()
    try:
        for number in range(8):
            server.trigger("stubborn", run_id=f"hanging-{number}", wait=False)
        began = time.monotonic()
        server.trigger("intime", run_id="meanwhile")
        assert time.monotonic() - began < 5
        began = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - began < 20
    finally:
        hook.gate.set()
    server.start()
    server.wait_until(
        lambda: not callbacks(server, "--dag-id", "stubborn", "--state", "pending"), 30, "they are made after all"
    )
