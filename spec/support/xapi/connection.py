"""A connection: HTTP requests are read, answered in the order in which they come, or maltreated."""

import gzip
import json
import socket
import ssl
import struct
import time
from urllib.parse import parse_qsl

from . import dispatch
from .envelopes import JsonCall, Malformed, XmlCall
from .errors import XapiError
from .faults import strange_body
from .keys import certificate_fingerprint
from .tasks import Lost

BODY_LIMIT = 300 * 1024
IMPORT_LIMIT = 64 << 20
HEAD_LIMIT = 64 * 1024
REASONS = {
    200: "OK",
    301: "Moved Permanently",
    302: "Found",
    403: "Forbidden",
    404: "Not Found",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


class Closed(Exception):
    """The connection is over."""


class Refused(Exception):
    """A request that gets HTTP 500 and the end of its connection."""


def error_page(text):
    """What XAPI says with HTTP 500."""
    return (
        "<html><body><h1>HTTP 500 internal server error</h1>"
        f"An unexpected error occurred.<br/>{text}</body></html>"
    ).encode()


class Connection:
    """One client: requests are read and answered one after the other."""

    def __init__(self, listener, sock):
        self.listener, self.sock = listener, sock
        self.server = listener.server
        self.buffer = b""

    def serve(self):
        """Until the client has had enough."""
        try:
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.sock = self.listener.secure(self.sock)
            while True:
                self._serve_one()
        except (Closed, Lost, OSError):
            pass
        finally:
            self.listener.connections.discard(self)
            self.sock.close()

    def _serve_one(self):
        line, headers = self._read_head()
        try:
            verb, target, version = line.split(" ")
        except ValueError:
            self._refuse("bad request line")
        try:
            body = self._read_body(verb, headers)
        except Refused as error:
            self._refuse(str(error))
        self.keep = version == "HTTP/1.1" and headers.get("connection", "").lower() != "close"
        if verb == "POST":
            self._post(target, headers, body)
        elif verb == "PUT" and target.startswith("/import_raw_vdi?"):
            self._import_raw_vdi(target, body)
        elif verb == "GET" and target == "/":
            self.reply(200, "text/html", b"<html><body>XAPI, emulated</body></html>")
        else:
            self.reply(404, "text/html", b"<html><body>Not found</body></html>")
        if not self.keep:
            raise Closed()

    def _refuse(self, text):
        self.keep = False
        self.reply(500, "text/html", error_page(text))
        # A client that is still writing would lose the reply to a reset.
        try:
            self.sock.shutdown(socket.SHUT_WR)
            self.sock.settimeout(1)
            while self.sock.recv(65536):
                pass
        except OSError:
            pass
        raise Closed()

    # Reading

    def _more(self):
        data = self.sock.recv(65536)
        if not data:
            raise Closed()
        self.buffer += data

    def _read_head(self):
        while b"\r\n\r\n" not in self.buffer:
            if len(self.buffer) > HEAD_LIMIT:
                raise Closed()
            self._more()
        head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        line, *rest = head.decode("latin-1").split("\r\n")
        headers = {}
        for text in rest:
            name, _, value = text.partition(":")
            headers[name.strip().lower()] = value.strip()
        return line, headers

    def _read_body(self, verb, headers):
        if verb not in ("POST", "PUT"):
            return b""
        if "transfer-encoding" in headers:
            raise Refused("chunked bodies are not supported")
        try:
            length = int(headers["content-length"])
        except (KeyError, ValueError):
            raise Refused("no Content-Length") from None
        if length > (IMPORT_LIMIT if verb == "PUT" else BODY_LIMIT):
            raise Refused("the body is too long")
        if headers.get("expect", "").lower() == "100-continue":
            self.sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        while len(self.buffer) < length:
            self._more()
        body, self.buffer = self.buffer[:length], self.buffer[length:]
        return body

    # Answering

    def _post(self, target, headers, body):
        path = target.partition("?")[0]
        if path.startswith("/_control"):
            self._control(headers, body)
            return
        envelope = JsonCall if path.startswith("/jsonrpc") else XmlCall
        try:
            call = envelope(body)
        except Malformed as error:
            self.server.note(self, "", [], f"HTTP 500: {error}")
            self.reply(500, "text/html", error_page(str(error)))
            return
        self._answer(call, headers)

    def _import_raw_vdi(self, target, body):
        """Bytes of a disk: 200 comes before they are all there, a task tells how it ended."""
        query = dict(parse_qsl(target.partition("?")[2]))
        rules = self.server.faults.match("import_raw_vdi", self.listener.index)
        note = self.server.note(self, "import_raw_vdi", [query.get("vdi")], "pending")
        for rule in rules:
            self._strike_before(rule, note)
        pool = self.server.pool
        try:
            pool.sessions.check(query.get("session_id", ""), self.listener.host)
            pool.disks.write(query.get("vdi", ""), body, query.get("task_id"))
            note["outcome"] = "ok"
        except XapiError as error:
            note["outcome"] = error.code
            self._refuse(error.code)
        self.keep = False
        self.sock.sendall(self.head(200, "application/octet-stream", -1))
        self._end_well()

    def _end_well(self):
        """The end of an answer without a length, as stunnel tells it: a cut one is none to newer libcurls."""
        if isinstance(self.sock, ssl.SSLSocket):
            self.sock.setblocking(False)  # told, without waiting for the client's own
            try:
                self.sock.unwrap()
            except (OSError, ValueError):
                pass
        raise Closed()

    def _answer(self, call, headers):
        rules = self.server.faults.match(call.method, self.listener.index)
        note = self.server.note(self, call.method, call.params, "pending")
        note["agent"] = headers.get("user-agent")
        for rule in rules:
            self._strike_before(rule, note)
        began = time.monotonic()
        extra = {}
        try:
            value = dispatch.call(
                self.server.pool, self.listener.host, call.method, call.params, rules, headers
            )
            note["outcome"] = "ok"
            body = call.success(value)
        except XapiError as error:
            note["outcome"] = error.code
            extra = self._thumbprint(error, headers)
            body = call.failure(error.code, error.params)
        except (Lost, Closed, OSError):
            note["outcome"] = "lost"
            raise Closed() from None
        except Exception as error:  # the emulator's own fault: told as XAPI tells of its own
            self.server.pool.log_exception(error)
            note["outcome"] = "INTERNAL_ERROR"
            body = call.failure("INTERNAL_ERROR", [repr(error)])
        note["seconds"] = round(time.monotonic() - began, 6)
        for rule in rules:
            if self._strike_after(rule, call, body, note):
                return
        self.reply(200, call.content_type, body, extra)

    def _thumbprint(self, error, headers):
        """To a client that trusts this slave, it vouches for the master's certificate."""
        wanted = headers.get("x-xenapi-request-host-certificate-thumbprint", "")
        if error.code != "HOST_IS_SLAVE" or wanted != "sha-256:master":
            return {}
        prefix = self.server.certificate_of_master()
        if prefix is None:
            return {}
        thumbprint = certificate_fingerprint(prefix + ".pem")
        return {"x-xenapi-response-host-certificate-thumbprint": thumbprint}

    def reply(self, status, content_type, body, extra=None, length=None):
        """A whole reply, in one piece."""
        self.sock.sendall(self.head(status, content_type, len(body) if length is None else length,
                                    extra) + body)  # fmt: skip

    def head(self, status, content_type, length, extra=None):
        """The head of a reply; a length of -1 is not told."""
        lines = [f"HTTP/1.1 {status} {REASONS.get(status, 'Unknown')}"]
        if length >= 0:
            lines.append(f"content-length: {length}")
        lines += [
            "connection: keep-alive" if self.keep else "connection: close",
            "cache-control: no-cache, no-store",
            f"content-type: {content_type}",
        ]
        if content_type == "application/json":
            lines.append("Access-Control-Allow-Origin: *")
            lines.append("Access-Control-Allow-Headers: X-Requested-With")
        lines += [f"{name}: {value}" for name, value in (extra or {}).items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def _control(self, headers, body):
        if headers.get("authorization") != f"Bearer {self.server.token}":
            self.reply(403, "application/json", b'{"error":"wrong token"}')
            return
        answer = self.server.control.answer(body.decode("utf-8", "replace"))
        self.reply(200, "application/json", json.dumps(answer).encode())

    # Faults of the connection and of the reply

    def _reset(self):
        raw = self.sock
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise Closed()

    def _strike_before(self, rule, note):
        name = rule.name
        if name in ("reset_before", "close_before", "http", "redirect"):
            note["outcome"] = name
        if name == "reset_before":
            self._reset()
        if name == "close_before":
            raise Closed()
        if name == "http":
            status = rule.get("status", 500)
            body = rule.get("body", error_page("an injected fault").decode()).encode()
            self.keep = False
            self.reply(status, rule.get("type", "text/html"), body, rule.get("headers"))
            raise Closed()
        if name == "redirect":
            where = rule.get("location", "http://127.0.0.1:9/")
            self.keep = False
            self.reply(301, "text/html", b"", {"location": where})
            raise Closed()

    def _strike_after(self, rule, call, body, note):
        """Answer in another way; whether it was done."""
        strange = strange_body(rule, call, body)
        if strange is not None:
            self.reply(200, call.content_type, strange)
            return True
        function = getattr(self, f"_after_{rule.name}", None)
        if function is None:
            return False
        note["reply"] = rule.name
        return function(rule, call, body)

    def _after_reset_after(self, _rule, _call, _body):
        self._reset()

    def _after_close_after(self, _rule, _call, _body):
        raise Closed()

    def _after_slow_reply(self, rule, _call, _body):
        self.listener.stopped.wait(rule.get("seconds", 1))

    def _after_gzip(self, _rule, call, body):
        packed = gzip.compress(body)
        self.reply(200, call.content_type, packed, {"content-encoding": "gzip"})
        return True

    def _after_cut(self, rule, call, body):
        self.reply(200, call.content_type, body[: rule.get("bytes", len(body) // 2)])
        return True

    def _after_cut_close(self, rule, call, body):
        part = body[: rule.get("bytes", len(body) // 2)]
        self.reply(200, call.content_type, part, length=len(body))
        raise Closed()

    def _after_drip(self, rule, call, body):
        data = self.head(200, call.content_type, len(body)) + body
        for place in range(len(data)):
            self.sock.sendall(data[place : place + 1])
            if self.listener.stopped.wait(rule.get("seconds", 1)):
                raise Closed()
        return True

    def _after_endless(self, rule, call, body):
        chunked = rule.get("chunked", False)
        self.keep = False
        extra = {"transfer-encoding": "chunked"} if chunked else {}
        self.sock.sendall(self.head(200, call.content_type, -1, extra))
        piece = b" " * 65536
        if chunked:
            piece = b"10000\r\n" + piece + b"\r\n"
        while not self.listener.stopped.is_set():
            self.sock.sendall(piece)
        raise Closed()
