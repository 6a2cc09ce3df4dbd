"""A web server on loopback that misbehaves on request."""
import http.server
import threading


class FileServer:
    """Serves `content` at every path; `script` is a list of what to do with each request in turn, then it behaves:
    an int is a status to answer with, "cut" sends half of the body and closes."""

    def __init__(self, content, script=(), etag='"v1"'):
        self.content, self.script, self.etag = content, list(script), etag
        self.requests = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                outer.answer(self)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def url(self, name="dataset.zip"):
        return f"http://127.0.0.1:{self.server.server_port}/{name}"

    def answer(self, request):
        self.requests.append(dict(request.headers))
        step = self.script.pop(0) if self.script else 200
        if isinstance(step, int) and step != 200:
            return self.reply(request, step, b"no")
        if request.headers.get("If-None-Match") == self.etag:
            return self.reply(request, 304, b"")
        first = 0
        if (wanted := request.headers.get("Range", "")).startswith("bytes="):
            first = int(wanted[6:].split("-")[0])
        body = self.content[first:]
        request.send_response(206 if first else 200)
        request.send_header("Content-Length", str(len(body)))
        request.send_header("ETag", self.etag)
        request.send_header("Accept-Ranges", "bytes")
        if first:
            request.send_header("Content-Range", f"bytes {first}-{len(self.content) - 1}/{len(self.content)}")
        request.end_headers()
        if step == "cut":
            request.wfile.write(body[: len(body) // 2])
            request.wfile.flush()
            request.close_connection = True
            request.connection.shutdown(2)
            return None
        request.wfile.write(body)
        return None

    @staticmethod
    def reply(request, status, body):
        request.send_response(status)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)
