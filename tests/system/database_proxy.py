"""Stands between the program and Postgres: cuts connections, refuses them, or swallows the answer to a COMMIT."""
import pathlib
import shutil
import socket
import tempfile
import threading

NAME = ".s.PGSQL.5432"


class DatabaseProxy:
    def __init__(self, cluster):
        self.server = str(cluster.folder / NAME)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="reel-proxy-"))
        self.folder.chmod(0o755)
        self.lock, self.pairs, self.listener = threading.Lock(), set(), None
        self.swallow_each, self.ends, self.swallowed = 0, 0, 0
        self.open()

    def uri(self, database):
        return f"postgresql://reel@/{database}?host={self.folder}"

    def open(self):
        (self.folder / NAME).unlink(missing_ok=True)
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.folder / NAME))
        (self.folder / NAME).chmod(0o777)
        self.listener.listen(64)
        threading.Thread(target=self.accept, args=[self.listener], daemon=True).start()

    def refuse(self):
        """Cuts what is open; nobody gets through until open() is called."""
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.cut()

    def cut(self):
        with self.lock:
            pairs, self.pairs = self.pairs, set()
        for pair in pairs:
            self.close(pair)

    def close(self, pair):
        with self.lock:
            self.pairs.discard(pair)
        for end in pair:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def accept(self, listener):
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(self.server)
            pair = (client, server)
            with self.lock:
                self.pairs.add(pair)
            threading.Thread(target=self.carry, args=[pair, client, server], daemon=True).start()
            threading.Thread(target=self.answer, args=[pair], daemon=True).start()

    def carry(self, pair, source, target):
        try:
            while data := source.recv(65536):
                target.sendall(data)
        except OSError:
            pass
        self.close(pair)

    def answer(self, pair):
        """A transaction has ended where the server says that it is ready and idle: Z, length 5, I."""
        client, server = pair
        is_first = True
        try:
            while data := server.recv(65536):
                if not is_first and data.endswith(b"Z\0\0\0\5I") and self.is_to_be_swallowed():
                    break
                is_first = is_first and not data.endswith(b"Z\0\0\0\5I")
                client.sendall(data)
        except OSError:
            pass
        self.close(pair)

    def is_to_be_swallowed(self):
        with self.lock:
            self.ends += 1
            if not self.swallow_each or self.ends % self.swallow_each:
                return False
            self.swallowed += 1
            return True

    def destroy(self):
        self.refuse()
        shutil.rmtree(self.folder, ignore_errors=True)
