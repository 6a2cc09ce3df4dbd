"""A keep-alive connection to Reel's REST API. Sending and receiving are two calls, so that many requests can be under way at once."""
import json
import socket
import time


class Connection:
    def __init__(self, port: int, token: str = ""):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.header = f"Host: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n"
        self.received = b""

    def close(self):
        self.socket.close()

    def request(self, method: str, path: str, body=None) -> bytes:
        content = b"" if body is None else json.dumps(body).encode()
        head = f"{method} {path} HTTP/1.1\r\n{self.header}Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
        return head.encode() + content

    def trigger(self, dag_id: str) -> bytes:
        return self.request("POST", f"/api/v2/dags/{dag_id}/dagRuns", {})

    def send(self, request: bytes):
        self.socket.sendall(request)

    def receive(self) -> tuple[int, dict]:
        while b"\r\n\r\n" not in self.received:
            self.received += self._more()
        head, _, rest = self.received.partition(b"\r\n\r\n")
        status = int(head.split(b" ", 2)[1])
        length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        while len(rest) < length:
            rest += self._more()
        self.received = rest[length:]
        return status, json.loads(rest[:length] or b"null")

    def ask(self, method: str, path: str, body=None) -> dict:
        self.send(self.request(method, path, body))
        status, answer = self.receive()
        if status >= 300:
            raise RuntimeError(f"{method} {path}: {status} {answer}")
        return answer

    def _more(self) -> bytes:
        more = self.socket.recv(65536)
        if not more:
            raise ConnectionError("the server closed the connection")
        return more


def is_healthy(port: int) -> bool:
    try:
        connection = Connection(port)
    except OSError:
        return False
    try:
        health = connection.ask("GET", "/api/v2/monitor/health")
    except (OSError, RuntimeError):
        return False
    finally:
        connection.close()
    return all(health[part]["status"] == "healthy" for part in ("metadatabase", "scheduler"))


def wait_until(holds, timeout: float, what: str, pause: float = 0.002):
    deadline = time.monotonic() + timeout
    while not (value := holds()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {timeout:g} s in vain until {what}")
        time.sleep(pause)
    return value
