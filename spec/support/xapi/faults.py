"""Faults that tests ask for: rules that strike calls of some methods, some times.

A rule is a table such as {"fault": "reset_after", "method": "VM.clone", "nth": 1, "times": 1}. It
strikes the nth matching call and the `times` - 1 that follow; times = -1 is for ever. `method` may
be a list and may have wildcards; without it, all calls match. `host` limits it to the listener of
one host, counted from 1.

When the method is to act or not, and the reply arrives as it should:

  error            {code, params}: the method does nothing and fails; in its task when asynchronous.
                   at_once: before there is a task. acts: it acts, and fails all the same. In
                   params, "{0}" is the first parameter of the call after the session
  session_invalid  the session is gone, and the call fails with SESSION_INVALID
  hang             the task does not end before the command "go_on"; cancellable: false makes it deaf
                   to being cancelled, as a clone is once its disks are being cloned
  slow             {seconds}: the method takes so much longer
  sr_full, no_hosts, vdi_in_use, task_fails   errors with the usual codes

When the connection or the reply is at fault:

  reset_before, reset_after, close_before, close_after   the method has not acted, or has
  http             {status, body, headers}: HTTP 500 with HTML unless told otherwise; no action
  redirect         {location}: 301
  slow_reply       {seconds}: acts, then waits
  drip             {seconds}: acts, then sends one byte each so many seconds (1)
  cut              {bytes}: the body ends early, and Content-Length says so
  cut_close        {bytes}: the connection ends early
  endless          {chunked}: a body without end
  gzip             the body is compressed, though nobody asked
  wrong_id         the reply is to another call
  body             {text} or {base64}: this body instead, with HTTP 200; in text, "{id}" is the call's
  invalid_utf8, deep, huge_int, infinity, garbage, empty, oversized, html, error_array
                   bodies of that kind instead
"""

import base64
import fnmatch
import json
import re
import threading

from .errors import XapiError

DURING = ("error", "hang", "slow")
BEFORE = ("session_invalid",)
ALIASES = {
    "sr_full": ("SR_FULL", ["8589934592", "4294967296"]),
    "no_hosts": ("NO_HOSTS_AVAILABLE", []),
    "vdi_in_use": ("VDI_IN_USE", ["{0}", "destroy"]),
    "task_fails": ("INTERNAL_ERROR", ['Failure("the task was told to fail")']),
}


class Rule:
    """One fault. A copy of it is bound to each call that it strikes."""

    def __init__(self, table):
        table = dict(table)
        name = table.pop("fault")
        if name in ALIASES:
            code, params = ALIASES[name]
            table = {"code": code, "params": params, **table}
            name = "error"
        self.name, self.options = name, table
        methods = table.get("method", "*")
        self.methods = [methods] if isinstance(methods, str) else methods
        self.host = table.get("host")
        self.first = table.get("nth", 1)
        self.times = table.get("times", 1)
        self.seen = self.fired = 0

    def get(self, key, default=None):
        """An option."""
        return self.options.get(key, default)

    def matches(self, method, host_index):
        """Whether a call is of those that the rule is about; it counts."""
        if self.host not in (None, host_index + 1):
            return False
        plain = method.removeprefix("Async.")
        if not any(fnmatch.fnmatchcase(name, glob) for glob in self.methods
                   for name in (method, plain)):  # fmt: skip
            return False
        self.seen += 1
        if self.seen < self.first or self.times >= 0 and self.fired >= self.times:
            return False
        self.fired += 1
        return True

    def error(self, context):
        """The failure that the rule asks for; {0} is the first parameter of the call, and so on."""
        params = []
        for text in self.get("params", []):
            match = re.fullmatch(r"\{(\d)\}", text)
            params.append(context.arguments[int(match[1])] if match else text)
        return XapiError(self.get("code", "INTERNAL_ERROR"), *params)

    def before(self, context):
        """Before there is a task."""
        if self.name == "session_invalid" and context.session:
            context.pool.sessions.end(context.session)
            raise XapiError("SESSION_INVALID", context.session)
        if self.name == "error" and self.get("at_once"):
            raise self.error(context)

    def during(self, context):
        """In the task, before the method takes effect."""
        if self.name == "slow":
            context.task.sleep(self.get("seconds", 1))
        elif self.name == "hang":
            context.task.cancellable = self.get("cancellable", True)
            context.task.sleep(None)
        elif self.name == "error" and not self.get("acts"):
            raise self.error(context)

    def after(self, context):
        """In the task, when the method has taken effect."""
        if self.name == "error" and self.get("acts"):
            raise self.error(context)


class Faults:
    """All rules in force."""

    def __init__(self):
        self.lock = threading.Lock()
        self.rules = []

    def add(self, table):
        """One more."""
        rule = Rule(table)
        with self.lock:
            self.rules.append(rule)
        return rule

    def clear(self):
        """None any more."""
        with self.lock:
            self.rules = []

    def match(self, method, host_index):
        """The rules that strike a call."""
        if not self.rules:
            return ()
        with self.lock:
            return [rule for rule in self.rules if rule.matches(method, host_index)]

    def report(self):
        """How often each struck."""
        with self.lock:
            return [
                {"fault": rule.name, "method": rule.methods, "seen": rule.seen, "fired": rule.fired}
                for rule in self.rules
            ]


def strange_body(rule, call, body):
    """The body that a rule puts in the place of a reply."""
    head = b'{"jsonrpc":"2.0","id":' + json.dumps(call.id).encode() + b',"result":'
    bodies = {
        "invalid_utf8": lambda: head + b'"\xff\xfe\xc3\x28"}',
        "deep": lambda: head
        + b"[" * rule.get("depth", 100000)
        + b"]" * rule.get("depth", 100000)
        + b"}",
        "huge_int": lambda: head + b"1" * rule.get("digits", 400) + b"}",
        "infinity": lambda: head + b'{"a":Infinity,"b":-Infinity,"c":NaN}}',
        "garbage": lambda: b"\x00\x01\x02 this is no reply \x7f",
        "empty": lambda: b"",
        "oversized": lambda: head + b'"' + b"x" * rule.get("bytes", 64 << 20) + b'"}',
        "html": lambda: b"<html><body><h1>It works!</h1></body></html>",
        "error_array": lambda: call.early_failure(
            rule.get("code", "HOST_STILL_BOOTING"), rule.get("params", [])
        ),
        "wrong_id": lambda: with_wrong_id(body),
        "body": lambda: base64.b64decode(rule.get("base64"))
        if rule.get("base64")
        else rule.get("text", "").replace("{id}", json.dumps(call.id)).encode(),
    }
    make = bodies.get(rule.name)
    return make() if make else None


def with_wrong_id(body):
    """The same reply to a call that nobody made."""
    reply = json.loads(body)
    reply["id"] = 987654321
    return json.dumps(reply, separators=(",", ":")).encode()
