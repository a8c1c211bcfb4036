"""A TLS server for all hosts of the test: the page, the APIs, and AppSync's WebSocket protocol."""

from __future__ import annotations

import base64
import hashlib
import json
import ssl
import struct
import threading
from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from diagnosis.browser.service import NO_HEADER, Api, Refusal, authenticate, execute, unauthorized

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    apis: ClassVar[Mapping[str, Api]] = {}
    page: ClassVar[str] = ""

    def do_GET(self) -> None:
        if self.headers.get("Upgrade", "").lower() == "websocket":
            self._socket()
        else:
            self._send(200, self.page.encode(), {"Content-Type": "text/html"})

    def do_OPTIONS(self) -> None:
        self._send(200, b"", self._cors())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        api = self.apis[self._api_id()]
        if api.status != HTTPStatus.OK:
            text = (
                b"<html>Request blocked.</html>"
                if api.status == 403
                else b'{"message": "Rate exceeded"}'
            )
            self._send(api.status, text, self._cors())
            return
        status, answer = self._answer(api, body)
        headers = {"x-amzn-RequestId": str(uuid4()), **self._cors()}
        if status != HTTPStatus.OK and answer.get("errors"):
            headers["x-amzn-ErrorType"] = answer["errors"][0]["errorType"]
        self._send(status, json.dumps(answer).encode(), headers)

    def _answer(self, api: Api, body: bytes) -> tuple[int, dict[str, Any]]:
        try:
            given = {name.lower(): value for name, value in self.headers.items()}
            caller = authenticate(api, given, (self.headers["Host"], "/graphql", body))
            return 200, execute(api, caller, _query_of(json.loads(body)))
        except Refusal as refusal:
            return refusal.status, refusal.body

    def _cors(self) -> dict[str, str]:
        api = self.apis.get(self._api_id())
        if api is not None and not api.cors:
            return {}
        return {
            "Access-Control-Allow-Origin": "*",
            "Access-Control-Allow-Headers": "*, authorization",
            "Access-Control-Expose-Headers": "x-amzn-RequestId,x-amzn-ErrorType",
        }

    def _api_id(self) -> str:
        return self.headers.get("Host", "").partition(".")[0]

    def _send(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *given: Any) -> None:
        del given

    def _socket(self) -> None:
        key = self.headers["Sec-WebSocket-Key"] + GUID
        accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()  # noqa: S324 - RFC 6455
        self.send_response(101)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        self.send_header("Sec-WebSocket-Accept", accept)
        self.send_header("Sec-WebSocket-Protocol", "graphql-ws")
        self.end_headers()
        self.close_connection = True
        api = self.apis[self._api_id()]
        while (message := self._receive()) is not None:
            for answer in self._hear(api, message):
                self._say(answer)

    def _hear(self, api: Api, message: dict[str, Any]) -> list[dict[str, Any]]:
        if message["type"] == "connection_init":
            return [self._connect(api)]
        if message["type"] != "start":
            return []
        data = message["payload"]["data"]
        given = message["payload"]["extensions"]["authorization"]
        try:
            caller = authenticate(
                api, _lower(given), (self._graphql_host(), "/graphql", data.encode())
            )
            answer = execute(api, caller, json.loads(data)["query"])
        except Refusal as refusal:
            return [{"id": message["id"], "type": "error", "payload": refusal.body}]
        if answer.get("errors"):
            errors = [
                {key: one[key] for key in ("errorType", "message") if key in one}
                for one in answer["errors"]
            ]
            return [{"id": message["id"], "type": "error", "payload": {"errors": errors}}]
        acknowledged = [{"id": message["id"], "type": "start_ack"}]
        if api.error is None:
            return acknowledged
        event = {"data": None, "errors": [api.error]}
        return [*acknowledged, {"id": message["id"], "type": "data", "payload": event}]

    def _connect(self, api: Api) -> dict[str, Any]:
        try:
            given = self._carried()
            _check_host(given, self._graphql_host())
            authenticate(api, given, (given["host"], "/graphql/connect", b"{}"))
        except Refusal as refusal:
            error = {**refusal.body["errors"][0], "errorCode": refusal.status}
            return {"type": "connection_error", "payload": {"errors": [error]}}
        return {"type": "connection_ack", "payload": {"connectionTimeoutMs": 300000}}

    def _carried(self) -> dict[str, str]:
        query = parse_qs(urlsplit(self.path).query).get("header", [""])[0]
        protocols = self.headers.get("Sec-WebSocket-Protocol", "").split(",")
        named = [one.strip()[7:] for one in protocols if one.strip().startswith("header-")]
        text = (query or (named or [""])[0]).replace("-", "+").replace("_", "/")
        if not text:
            return {}
        return _lower(json.loads(base64.b64decode(text + "=" * (-len(text) % 4))))

    def _graphql_host(self) -> str:
        return self.headers["Host"].replace("appsync-realtime-api", "appsync-api")

    def _receive(self) -> dict[str, Any] | None:
        head = self.rfile.read(2)
        if len(head) < 2 or head[0] & 15 == 8:
            return None
        size = head[1] & 127
        if size > 125:
            form = ">H" if size == 126 else ">Q"
            size = struct.unpack(form, self.rfile.read(struct.calcsize(form)))[0]
        mask = self.rfile.read(4)
        data = bytes(byte ^ mask[at % 4] for at, byte in enumerate(self.rfile.read(size)))
        found: dict[str, Any] = json.loads(data)
        return found

    def _say(self, message: dict[str, Any]) -> None:
        data = json.dumps(message).encode()
        head = (
            bytes([129, len(data)])
            if len(data) < 126
            else bytes([129, 126]) + struct.pack(">H", len(data))
        )
        self.wfile.write(head + data)


def _check_host(given: Mapping[str, str], host: str) -> None:
    if given.get("host") != host:
        raise unauthorized(NO_HEADER)


def _query_of(asked: Any) -> str:
    if isinstance(asked, list):
        raise Refusal(400, "MalformedHttpRequestException", "Unable to parse GraphQL query.")
    if "query" not in asked:
        raise Refusal(400, "MalformedHttpRequestException", "Request body is empty.")
    query: str = asked["query"]
    return query


def _lower(given: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in given.items()}


def serve(apis: Mapping[str, Api], page: str, certificate: Path) -> ThreadingHTTPServer:
    """Return a server on a free port, already running. *certificate* holds the key as well."""
    handler = type("Bound", (Handler,), {"apis": apis, "page": page})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
