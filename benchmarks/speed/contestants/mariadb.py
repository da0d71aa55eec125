"""The peer of WordPress: a full-text index in MariaDB, asked as related-post plugins ask it."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from contestants.material import K
from contestants.process import own_peak_bytes
from relnews.text import words
from relnews.text.stems import stop_words

if TYPE_CHECKING:
    from contestants.material import Asked, Material, Rows

_KEYWORDS = 20
_AT_ONCE = 500
_PATIENCE_SECONDS = 60.0
_MATCH = "MATCH (title, body) AGAINST (%s)"
_RELATED = f"SELECT row FROM posts WHERE {_MATCH} ORDER BY {_MATCH} DESC LIMIT %s"  # noqa: S608
_TABLE = (
    "CREATE TABLE posts (row INT PRIMARY KEY, title TEXT, body LONGTEXT)"
    " ENGINE = InnoDB CHARACTER SET utf8mb4"
)


def server() -> str:
    """Give the program that is the server; empty when there is none."""
    return shutil.which("mariadbd") or shutil.which("mysqld") or ""


def query_text(headline: str, body: str) -> str:
    """Give what is asked for: the headline and the 20 most frequent words of the body.

    That is how YARPP picks words (without stop words, as they are written); like Contextual
    Related Posts, the query is matched against title and body together.
    """
    stop = stop_words("de")
    counts = Counter(word for word in words(body) if word not in stop)
    return " ".join([headline, *(word for word, _ in counts.most_common(_KEYWORDS))])


class MariaDb:
    """A server of its own in a temporary folder, with room for everything in memory."""

    def __init__(self, material: Material) -> None:
        import pymysql  # noqa: PLC0415  # a peer that may be missing

        self._texts = material.texts()
        self._folder = tempfile.mkdtemp(prefix="peer-")
        self._server = _started(Path(self._folder))
        self._connection = pymysql.connect(
            unix_socket=f"{self._folder}/socket", user="root", charset="utf8mb4", autocommit=True
        )
        self._cursor = self._connection.cursor()
        self._fill()

    def _fill(self) -> None:
        """Insert all articles, then index them, which is quicker than both together."""
        run = self._cursor
        run.execute("CREATE DATABASE site")
        run.execute("USE site")
        run.execute(_TABLE)
        self._connection.begin()
        records = [(row, *text) for row, text in enumerate(self._texts)]
        for start in range(0, len(records), _AT_ONCE):
            part = records[start : start + _AT_ONCE]
            run.executemany("INSERT INTO posts VALUES (%s, %s, %s)", part)
        self._connection.commit()
        run.execute("ALTER TABLE posts ADD FULLTEXT KEY related (title, body)")

    def one(self, row: int) -> object:
        """Match the row's words, eleven rows, of which one is the row itself."""
        return self._related(query_text(*self._texts[row]), K + 1)

    def many(self, rows: Rows) -> object:
        """Ask one after the other: it has no other way."""
        return [self.one(row) for row in rows.tolist()]

    def ranking(self, asked: Asked) -> Rows:
        """Match an article's words, all rows that have one."""
        return self._related(query_text(asked.article.headline, asked.article.body), 10**9)

    def _related(self, text: str, limit: int) -> Rows:
        self._cursor.execute(_RELATED, (text, text, limit))
        return np.array([row for (row,) in self._cursor.fetchall()], np.intp)

    def peak_bytes(self) -> int:
        """Give the peak of the server, which does the work."""
        return own_peak_bytes(self._server.pid)

    def close(self) -> None:
        """Stop the server and remove its folder."""
        self._connection.close()
        self._server.terminate()
        self._server.wait(_PATIENCE_SECONDS)
        shutil.rmtree(self._folder)


def _started(folder: Path) -> subprocess.Popen[bytes]:
    """Start a server on a socket in a folder; nobody else can reach it."""
    data = ["--no-defaults", "--user=root", f"--datadir={folder}/data"]
    install = shutil.which("mariadb-install-db") or "mysql_install_db"
    plain = ["--auth-root-authentication-method=normal", "--skip-test-db"]
    subprocess.run([install, *data, *plain], check=True, stdout=subprocess.DEVNULL)  # noqa: S603
    private = [f"--socket={folder}/socket", "--skip-networking", "--skip-grant-tables"]
    size = ["--innodb-buffer-pool-size=1G"]
    with (folder / "log").open("wb") as log:
        command = [server(), *data, *private, *size]
        process = subprocess.Popen(command, stderr=log)  # noqa: S603
    waited = 0.0
    while not (folder / "socket").exists():
        if process.poll() is not None or waited > _PATIENCE_SECONDS:
            process.kill()
            msg = f"the server must open its socket, but did not; see {folder}/log"
            raise RuntimeError(msg)
        time.sleep(0.1)
        waited += 0.1
    return process
