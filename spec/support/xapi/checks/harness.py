"""What the checks share: an emulator, a client, and a test case that has both."""

import http.client
import json
import os
import ssl
import subprocess
import sys
import time
import unittest
from urllib.parse import urlsplit

EMULATOR = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
NULL = "OpaqueRef:NULL"


class Failure(Exception):
    """An API failure: its code and parameters are the arguments."""


class Emulator:
    """An emulator in a process of its own."""

    def __init__(self, *options):
        self.process = subprocess.Popen(
            [sys.executable, EMULATOR, "--until-eof", *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.facts = json.loads(self.process.stdout.readline())

    def control(self, command, **options):
        """A control command and its answer."""
        self.process.stdin.write(json.dumps({"command": command, **options}) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["ok"]

    def stop(self):
        """End it by the end of its input."""
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()


class Client:
    """A JSON-RPC client with a session."""

    def __init__(self, url, password=None, cafile=None, user="root"):
        parts = urlsplit(url)
        if parts.scheme == "https":
            context = ssl.create_default_context(cafile=cafile)
            self.http = http.client.HTTPSConnection(parts.hostname, parts.port, context=context)
        else:
            self.http = http.client.HTTPConnection(parts.hostname, parts.port)
        self.headers = None
        self.session = None
        if password is not None:
            self.session = self.raw("session.login_with_password", user, password, "1.0", "checks")

    def post(self, path, body, headers=None):
        """Status and body of a POST."""
        self.http.request(
            "POST", path, body, {"Content-Type": "application/json", **(headers or {})}
        )
        reply = self.http.getresponse()
        self.headers = {name.lower(): value for name, value in reply.getheaders()}
        return reply.status, reply.read()

    def raw(self, method, *params, headers=None):
        """A call without a session."""
        call = {"jsonrpc": "2.0", "method": method, "params": params, "id": 7}
        _, body = self.post("/jsonrpc", json.dumps(call), headers)
        reply = json.loads(body)
        if "error" in reply:
            raise Failure(reply["error"]["message"], *reply["error"]["data"])
        return reply["result"]

    def __call__(self, method, *params):
        return self.raw(method, self.session, *params)


class Case(unittest.TestCase):
    """One emulator for all tests of a class."""

    options = ()

    @classmethod
    def setUpClass(cls):
        cls.emulator = Emulator("--delays", '{"event_batch": 0.01}', *cls.options)
        cls.facts = cls.emulator.facts
        cls.xapi = Client(cls.facts["url"], cls.facts["password"])

    @classmethod
    def tearDownClass(cls):
        cls.xapi.http.close()
        cls.emulator.stop()

    def tearDown(self):
        self.emulator.control("clear_faults")

    def fails(self, *expected):
        """A context in which the failure has this code and these parameters, None being any."""
        case = self

        class Check:
            """The context."""

            def __enter__(self):
                return self

            def __exit__(self, kind, error, trace):
                case.assertIs(kind, Failure, f"no failure, or another: {error!r}")
                case.assertEqual(len(expected), len(error.args), error.args)
                for wanted, found in zip(expected, error.args):
                    case.assertIn(wanted, (None, found), error.args)
                return True

        return Check()

    def template(self):
        """The template."""
        return self.xapi("VM.get_by_uuid", self.facts["template_uuid"])

    def new_vm(self, name="vm", started=False):
        """A VM of the template."""
        vm = self.xapi("VM.clone", self.template(), name)
        self.xapi("VM.provision", vm)
        if started:
            self.xapi("VM.start", vm, False, False)
            self.address(vm)
        return vm

    def address(self, vm, key="0/ip"):
        """The address of a VM, once its guest tools tell it."""
        return self.wait(
            lambda: self.xapi(
                "VM_guest_metrics.get_networks", self.xapi("VM.get_guest_metrics", vm)
            ).get(key)
        )

    def wait(self, question, seconds=10):
        """What a question answers when it answers."""
        give_up = time.monotonic() + seconds
        while time.monotonic() < give_up:
            answer = question()
            if answer:
                return answer
            time.sleep(0.01)
        return self.fail("it did not happen")

    def ssh(self, address, command, check=True):
        """The output of a command in a guest."""
        facts = self.facts
        done = subprocess.run(
            ["ssh", "-F", "none", "-i", facts["ssh_key"], "-p", str(facts["ssh_port"]),
             "-o", f"UserKnownHostsFile={facts['known_hosts']}", "-o", "StrictHostKeyChecking=yes",
             "-o", "BatchMode=yes", "-o", "LogLevel=ERROR", "-o", "KexAlgorithms=curve25519-sha256",
             f"{facts['ssh_user']}@{address}", command],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20,
        )  # fmt: skip
        if check:
            self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.strip() if check else done

    def guest(self, vm):
        """What the control interface says of a VM's guest."""
        return next(guest for guest in self.emulator.control("guests") if guest["vm"] == vm)
