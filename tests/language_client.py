"""A client of a language server, as small as the tests need it: it opens files and listens."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

LONGEST = 120.0


class LanguageClient:
    """Speaks with a server over its standard streams; it is ended if it is silent for too long."""

    def __init__(
        self, command: Sequence[str], folder: Path, environment: Mapping[str, str]
    ) -> None:
        self._folder = folder
        self._server = subprocess.Popen(  # noqa: S603 - a server that the test names
            list(command),
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._alarm = threading.Timer(LONGEST, self._server.kill)
        self._alarm.start()

    def __enter__(self) -> LanguageClient:  # noqa: PYI034 - Python 3.10 has no Self
        root = self._folder.as_uri()
        self._send(
            id=1,
            method="initialize",
            params={
                "processId": os.getpid(),
                "rootUri": root,
                "workspaceFolders": [{"uri": root, "name": "app"}],
                "capabilities": {"textDocument": {"publishDiagnostics": {}}},
            },
        )
        while self.receive().get("id") != 1:
            pass
        self._send(method="initialized", params={})
        return self

    def __exit__(self, *_: object) -> None:
        self._alarm.cancel()
        self._server.kill()
        self._server.communicate()

    def open(self, file: Path, language: str) -> None:
        """Tell the server that an editor shows the file."""
        text = file.read_text("utf-8")
        document = {"uri": file.as_uri(), "languageId": language, "version": 1, "text": text}
        self._send(method="textDocument/didOpen", params={"textDocument": document})

    def diagnostics(self, file: Path, source: str) -> list[dict[str, Any]]:
        """Wait for what the source says of the file, and return it."""
        while True:
            said = self.receive()
            if said.get("method") != "textDocument/publishDiagnostics":
                continue
            ours = [one for one in said["params"]["diagnostics"] if one.get("source") == source]
            if said["params"]["uri"] == file.as_uri() and ours:
                return ours

    def receive(self) -> dict[str, Any]:
        """Return the next message; what the server asks is answered with nothing."""
        assert self._server.stdout is not None
        length = 0
        while (line := self._server.stdout.readline()) != b"\r\n":
            assert line, "the server has ended"
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        message: dict[str, Any] = json.loads(self._server.stdout.read(length))
        if "id" in message and "method" in message:
            self._send(id=message["id"], result=None)
        return message

    def _send(self, **message: Any) -> None:
        assert self._server.stdin is not None
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._server.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(data), data))
        self._server.stdin.flush()
