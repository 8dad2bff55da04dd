"""Checks of the emulator by a client of its own: python3 checks.py [Class[.test]...]."""

import http.client
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import unittest
import xmlrpc.client
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
        self.http.request("POST", path, body, {"Content-Type": "application/json", **(headers or {})})
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
            lambda: self.xapi("VM_guest_metrics.get_networks", self.xapi("VM.get_guest_metrics", vm))
            .get(key)
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
             "-o", "BatchMode=yes", "-o", "LogLevel=ERROR", f"{facts['ssh_user']}@{address}", command],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20,
        )  # fmt: skip
        if check:
            self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.strip() if check else done

    def guest(self, vm):
        """What the control interface says of a VM's guest."""
        return next(guest for guest in self.emulator.control("guests") if guest["vm"] == vm)


class Transport(Case):
    """HTTP, and the envelopes."""

    options = ("--https", "--hosts", "2")

    def rawly(self, text, port=None):
        """Everything that the server sends after this text."""
        port = port or urlsplit(self.facts["url"]).port
        with socket.create_connection(("127.0.0.1", port)) as sock:
            sock.sendall(text)
            sock.settimeout(5)
            data = b""
            while piece := sock.recv(65536):
                data += piece
            return data

    def test_versions(self):
        """Version 2 with "jsonrpc", else 1."""
        call = {"method": "VM.nosuch", "params": [], "id": "x"}
        _, body = self.xapi.post("/jsonrpc", json.dumps(call))
        expected = {"result": None, "error": ["MESSAGE_METHOD_UNKNOWN", "VM.nosuch"], "id": "x"}
        self.assertEqual(json.loads(body), expected)
        _, body = self.xapi.post("/jsonrpc/below", json.dumps({**call, "jsonrpc": "2.0"}))
        self.assertEqual(json.loads(body)["error"]["code"], 1)

    def test_malformed_envelopes(self):
        """HTTP 500 with HTML; the connection stays."""
        good = {"jsonrpc": "2.0", "method": "session.logout", "params": []}
        for body in (b"", b"{", b"[]", b"\xff", json.dumps(good).encode(),
                     json.dumps({**good, "id": None}).encode(),
                     json.dumps({**good, "id": 1, "params": {}}).encode()):  # fmt: skip
            status, reply = self.xapi.post("/jsonrpc", body)
            self.assertEqual(status, 500, body)
            self.assertEqual(self.xapi.headers["content-type"], "text/html")
            self.assertIn(b"<h1>", reply)
        self.assertEqual(self.xapi.post("/RPC2", b"<no xml")[0], 500)

    def test_body_limit(self):
        """307,200 bytes, not one more."""
        status, _ = self.xapi.post("/jsonrpc", b" " * 307200)
        self.assertEqual(status, 500)
        call = json.dumps({"method": "VM.nosuch", "params": ["x"], "id": 1}).encode()
        self.assertEqual(self.xapi.post("/jsonrpc", call.ljust(307200))[0], 200)
        self.assertEqual(self.xapi.post("/jsonrpc", call.ljust(307201))[0], 500)
        self.assertEqual(self.xapi.headers["connection"], "close")

    def test_no_length(self):
        """Neither without a length nor in chunks."""
        for line in (b"", b"Transfer-Encoding: chunked\r\n"):
            reply = self.rawly(b"POST /jsonrpc HTTP/1.1\r\nHost: x\r\n" + line + b"\r\n2\r\n{}\r\n0\r\n\r\n")
            self.assertTrue(reply.startswith(b"HTTP/1.1 500 "), reply)

    def test_keep_alive(self):
        """Two requests in one packet, then the end that the client asks for."""
        body = b'{"method":"VM.nosuch","params":[],"id":1}'
        head = b"POST /jsonrpc HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n" % len(body)
        reply = self.rawly(head + b"\r\n" + body + head + b"Connection: close\r\n\r\n" + body)
        self.assertEqual(reply.count(b"HTTP/1.1 200 OK"), 2)

    def test_xml_rpc(self):
        """XML on every path but /jsonrpc; integers without a type; system methods unwrapped."""
        for path in ("", "/RPC2", "/xmlrpc"):
            server = xmlrpc.client.ServerProxy(self.facts["url"] + path, allow_none=True)
            reply = server.session.login_with_password("root", self.facts["password"])
            self.assertEqual(reply["Status"], "Success")
            session = reply["Value"]
            reply = server.VM.get_record(session, self.template())["Value"]
            self.assertEqual(reply["memory_static_max"], "268435456")
            self.assertIs(reply["is_a_template"], True)
            self.assertEqual(reply["HVM_shadow_multiplier"], 1.0)
            reply = server.VM.clone(session, self.template())
            self.assertEqual(
                reply,
                {
                    "Status": "Failure",
                    "ErrorDescription": ["MESSAGE_PARAMETER_COUNT_MISMATCH", "VM.clone", "2", "1"],
                },
            )
            self.assertEqual(server.session.logout(session), {"Status": "Success", "Value": ""})
            self.assertIn("VM.start", server.system.listMethods())
            server("close")()

    def test_xml_text(self):
        """What has to be escaped comes through."""
        server = xmlrpc.client.ServerProxy(self.facts["url"])
        label = "<a> & \"b\" \u00e4\u4e2d"
        vm = server.VM.clone(self.xapi.session, self.template(), label)["Value"]
        self.assertEqual(server.VM.get_name_label(self.xapi.session, vm)["Value"], label)
        self.assertEqual(self.xapi("VM.get_name_label", vm), label)
        server("close")()

    def test_tls(self):
        """The certificate holds for the address, and its fingerprint is the one that was told."""
        client = Client(self.facts["https_url"], self.facts["password"], self.facts["ca_file"])
        self.assertEqual(client("pool.get_all"), self.xapi("pool.get_all"))
        import hashlib  # only here

        certificate = client.http.sock.getpeercert(binary_form=True)
        digest = hashlib.sha256(certificate).hexdigest().upper()
        self.assertEqual(self.facts["fingerprint"].replace(":", ""), digest)
        client.http.close()

    def test_slave(self):
        """It names the master, and vouches for its certificate when asked."""
        slave = Client(self.facts["slave_url"])
        with self.fails("HOST_IS_SLAVE", "127.0.0.1"):
            slave.raw("session.login_with_password", "root", self.facts["password"])
        self.assertNotIn("x-xenapi-response-host-certificate-thumbprint", slave.headers)
        wanted = {"x-xenapi-request-host-certificate-thumbprint": "sha-256:master"}
        with self.fails("HOST_IS_SLAVE", "127.0.0.1"):
            slave.raw("VM.get_all", self.xapi.session, headers=wanted)
        self.assertEqual(
            slave.headers["x-xenapi-response-host-certificate-thumbprint"],
            self.facts["fingerprint"],
        )
        session = slave.raw("session.slave_local_login_with_password", "root", self.facts["password"])
        self.assertTrue(slave.raw("host.get_all", session))
        self.emulator.control("master", host=2)
        with self.fails("HOST_IS_SLAVE", "127.0.0.2"):
            self.xapi("VM.get_all")
        self.assertTrue(slave.raw("VM.get_all", self.xapi.session))
        self.emulator.control("master", host=1)
        slave.http.close()


class Calls(Case):
    """Parameters, objects and the messages that all classes have."""

    def test_parameters(self):
        """Their number and their types."""
        template = self.template()
        with self.fails("MESSAGE_PARAMETER_COUNT_MISMATCH", "VM.get_all", "0", "2"):
            self.xapi("VM.get_all", 1, 2)
        with self.fails("MESSAGE_PARAMETER_COUNT_MISMATCH", "VM.get_all", "0", "-1"):
            self.xapi.raw("VM.get_all")
        for value, shown in ((1, "I(1)"), ("true", "S(true)"), (None, "N")):
            with self.fails("INTERNAL_ERROR", f'Failure("Expected bool, got \'{shown}\'")'):
                self.xapi("VM.start", template, value, False)
        with self.fails("INTERNAL_ERROR", "Failure(\"Expected string, got 'I(5)'\")"):
            self.xapi("VM.set_name_label", template, 5)
        self.xapi("VM.set_user_version", template, "12")
        self.assertEqual(self.xapi("VM.get_user_version", template), 12)
        with self.fails("INTERNAL_ERROR", None):
            self.xapi("VM.set_user_version", template, "twelve")
        with self.fails("INTERNAL_ERROR", None):
            self.xapi("VM.set_user_version", template, 1.5)

    def test_objects(self):
        """What is not there."""
        with self.fails("HANDLE_INVALID", "VM", NULL):
            self.xapi("VM.get_record", NULL)
        with self.fails("UUID_INVALID", "VM", "no"):
            self.xapi("VM.get_by_uuid", "no")
        self.assertEqual(self.xapi("VM.get_by_name_label", "no"), [])
        with self.fails("MESSAGE_METHOD_UNKNOWN", "VM.nosuch"):
            self.xapi("Async.VM.nosuch")
        with self.fails("SESSION_INVALID", "OpaqueRef:x"):
            self.xapi.raw("VM.get_all", "OpaqueRef:x")

    def test_collections(self):
        """Maps and sets."""
        vm = self.xapi("VM.clone", self.template(), "collections")
        self.xapi("VM.add_to_xenstore_data", vm, "vm-data/a", "b")
        with self.fails("MAP_DUPLICATE_KEY", "VM", "xenstore_data", vm, "vm-data/a"):
            self.xapi("VM.add_to_xenstore_data", vm, "vm-data/a", "c")
        self.xapi("VM.remove_from_xenstore_data", vm, "not there")
        self.xapi("VM.remove_from_xenstore_data", vm, "vm-data/a")
        self.assertEqual(self.xapi("VM.get_xenstore_data", vm), {})
        self.xapi("VM.add_tags", vm, "t")
        self.xapi("VM.add_tags", vm, "t")
        self.assertEqual(self.xapi("VM.get_tags", vm), ["t"])
        self.xapi("VM.remove_tags", vm, "t")
        self.assertEqual(self.xapi("VM.get_tags", vm), [])

    def test_queries(self):
        """get_all_records_where."""
        vm = self.xapi("VM.clone", self.template(), "a query")
        for query in (
            'field "name__label" = "a query"',
            "field 'name_label'='a query' and true",
            'not (field "uuid"="x" or false) and field "name__label"="a query"',
        ):
            self.assertEqual(list(self.xapi("VM.get_all_records_where", query)), [vm])
        everything = self.xapi("VM.get_all_records")
        self.assertEqual(self.xapi("VM.get_all_records_where", "true"), everything)
        self.assertEqual(self.xapi("VM.get_all_where", "false"), [])
        with self.fails("INTERNAL_ERROR", None):
            self.xapi("VM.get_all_records_where", "field =")

    def test_vif(self):
        """Its fields are required; devices and MACs are checked."""
        vm = self.new_vm("vif")
        network = self.xapi("network.get_by_uuid", self.facts["network_uuid"])
        record = {
            "device": "1", "network": network, "VM": vm, "MAC": "", "MTU": "1500", "other_config": {},
            "qos_algorithm_type": "", "qos_algorithm_params": {},
        }  # fmt: skip
        for field in record:
            less = {name: value for name, value in record.items() if name != field}
            with self.fails("FIELD_TYPE_ERROR", field):
                self.xapi("VIF.create", less)
        self.assertEqual(self.xapi("VM.get_allowed_VIF_devices", vm)[0], "1")
        vif = self.xapi("VIF.create", record)
        self.assertIn(vif, self.xapi("VM.get_VIFs", vm))
        self.assertIn(vif, self.xapi("network.get_VIFs", network))
        self.assertTrue(self.xapi("VIF.get_MAC_autogenerated", vif))
        with self.fails("DEVICE_ALREADY_EXISTS", "1"):
            self.xapi("VIF.create", record)
        with self.fails("INVALID_DEVICE", "x"):
            self.xapi("VIF.create", {**record, "device": "x"})
        with self.fails("MAC_INVALID", "zz"):
            self.xapi("VIF.create", {**record, "device": "2", "MAC": "zz"})
        with self.fails("HANDLE_INVALID", "network", NULL):
            self.xapi("VIF.create", {**record, "network": NULL})
        self.xapi("VIF.destroy", vif)
        self.assertNotIn(vif, self.xapi("VM.get_VIFs", vm))

    def test_sizes(self):
        """Memory keeps its order; processors may be raised first, and lowered last."""
        vm = self.new_vm("sizes")
        with self.fails("MEMORY_CONSTRAINT_VIOLATION_ORDER"):
            self.xapi("VM.set_memory_limits", vm, 1 << 30, 1 << 20, 1 << 30, 1 << 30)
        self.xapi("VM.set_memory_limits", vm, "1048576", 1 << 30, 1 << 28, 1 << 29)
        self.assertEqual(self.xapi("VM.get_memory_dynamic_max", vm), 1 << 29)
        self.xapi("VM.set_memory", vm, 1 << 31)
        self.assertEqual(self.xapi("VM.get_memory_static_max", vm), 1 << 31)
        with self.fails("INVALID_VALUE", "VCPUs_at_startup", "2"):
            self.xapi("VM.set_VCPUs_at_startup", vm, 2)
        self.xapi("VM.set_VCPUs_max", vm, 2)
        self.xapi("VM.set_VCPUs_at_startup", vm, 2)
        with self.fails("INVALID_VALUE", "VCPUs_max", "1"):
            self.xapi("VM.set_VCPUs_max", vm, 1)
        self.xapi("VM.start", vm, False, False)
        with self.fails("VM_BAD_POWER_STATE", vm, "halted", "running"):
            self.xapi("VM.set_memory", vm, 1 << 30)
        self.xapi("VM.hard_shutdown", vm)

    def test_capacity(self):
        """A host has so much memory, a repository so much room."""
        vm = self.new_vm("capacity")
        self.xapi("VM.set_memory", vm, 1 << 40)
        with self.fails("NO_HOSTS_AVAILABLE"):
            self.xapi("VM.start", vm, False, False)
        with self.fails("HOST_NOT_ENOUGH_FREE_MEMORY", None, None):
            self.xapi("VM.start_on", vm, self.xapi("host.get_all")[0], False, False)
        small = self.emulator.control("add_sr", name="small", size=1 << 20)["ref"]
        with self.fails("SR_FULL", None, None):
            self.xapi("VM.copy", self.template(), "copy", small)
        self.assertEqual(self.xapi("VM.get_by_name_label", "copy"), [])


class Sessions(Case):
    """Who may speak."""

    def test_login(self):
        """The password is checked, and takes its time when it is wrong."""
        with self.fails("SESSION_AUTHENTICATION_FAILED", "root", "Authentication failure"):
            self.xapi.raw("session.login_with_password", "root", "wrong")
        self.emulator.control("delays", authentication_failure=0.2)
        began = time.monotonic()
        with self.fails("SESSION_AUTHENTICATION_FAILED", None, None):
            self.xapi.raw("session.login_with_password", "root", "wrong", "1.0", "x")
        self.assertGreater(time.monotonic() - began, 0.2)
        log = self.emulator.control("requests", method="session.login_with_password")
        self.assertNotIn("wrong", json.dumps(log))
        self.assertNotIn(self.facts["password"], json.dumps(log))

    def test_caps(self):
        """The longest idle ones of the same originator go first."""
        login = ("session.login_with_password", "root", self.facts["password"], "1.0")
        first = self.xapi.raw(*login, "many")
        second = self.xapi.raw(*login, "many")
        for _ in range(498):
            self.xapi.raw(*login, "many")
        self.xapi.raw("VM.get_all", first)
        self.xapi.raw(*login, "many")
        self.xapi.raw("VM.get_all", first)
        with self.fails("SESSION_INVALID", second):
            self.xapi.raw("VM.get_all", second)
        nameless = [self.xapi.raw(*login[:3]) for _ in range(401)]
        with self.fails("SESSION_INVALID", nameless[0]):
            self.xapi.raw("VM.get_all", nameless[0])
        self.xapi.raw("VM.get_all", nameless[1])
        self.xapi("VM.get_all")

    def test_idle(self):
        """A session that nobody uses ends."""
        client = Client(self.facts["url"], self.facts["password"])
        self.emulator.control("delays", session_idle=0.2)
        client("VM.get_all")
        time.sleep(0.3)
        with self.fails("SESSION_INVALID", client.session):
            client("VM.get_all")
        self.emulator.control("delays", session_idle=3600)
        client.http.close()
        self.xapi.session = self.xapi.raw(
            "session.login_with_password", "root", self.facts["password"], "1.0", "checks"
        )


class Events(Case):
    """event.from and its tokens."""

    def events(self, classes, token="", seconds=5.0):
        """Events by class and operation, and the token."""
        reply = self.xapi("event.from", classes, token, seconds)
        return reply["events"], reply["token"]

    def test_everything_first(self):
        """Without a token, everything there is."""
        events, token = self.events(["*"])
        self.assertEqual({event["operation"] for event in events} - {"del"}, {"add"})
        self.assertIn("host", {event["class"] for event in events})
        self.assertRegex(token, r"^\d{20},\d{20}$")
        began = time.monotonic()
        events, again = self.events(["vm"], token, 0.2)
        self.assertEqual((events, again >= token), ([], True))
        self.assertGreater(time.monotonic() - began, 0.19)

    def test_changes(self):
        """Each object once, as it is now; deletions without a snapshot."""
        vm = self.xapi("VM.clone", self.template(), "events")
        _, token = self.events(["vm"])
        self.xapi("VM.set_name_label", vm, "events 2")
        self.xapi("VM.set_name_label", vm, "events 3")
        events, token = self.events(["VM"], token)
        self.assertEqual([(one["operation"], one["ref"]) for one in events], [("mod", vm)])
        self.assertEqual(events[0]["snapshot"]["name_label"], "events 3")
        self.xapi("VM.set_name_label", vm, "events 3")
        self.assertEqual(self.events(["vm"], token, 0.1)[0], [])
        self.xapi("VM.destroy", vm)
        events, _ = self.events(["vm/" + vm], token)
        self.assertEqual([one["operation"] for one in events], ["del"])
        self.assertNotIn("snapshot", events[0])

    def test_waiting(self):
        """A change wakes; a change of something else does not; logging out does."""
        vm, other = (self.xapi("VM.clone", self.template(), name) for name in ("w1", "w2"))
        client = Client(self.facts["url"], self.facts["password"])
        token = client("event.from", ["vm/" + vm], "", 1.0)["token"]
        call = {"jsonrpc": "2.0", "method": "event.from", "id": 1,
                "params": [client.session, ["vm/" + vm], token, 10.0]}  # fmt: skip

        def ask():
            client.http.request("POST", "/jsonrpc", json.dumps(call))

        ask()
        self.xapi("VM.set_name_description", other, "x")
        client.http.sock.settimeout(0.2)
        with self.assertRaises(TimeoutError):
            client.http.sock.recv(1, socket.MSG_PEEK)
        client.http.sock.settimeout(5)
        self.xapi("VM.set_name_description", vm, "x")
        reply = json.loads(client.http.getresponse().read())["result"]
        self.assertEqual([one["ref"] for one in reply["events"]], [vm])
        call["params"][2] = reply["token"]
        ask()
        time.sleep(0.05)
        self.xapi.raw("session.logout", client.session)
        reply = json.loads(client.http.getresponse().read())
        self.assertEqual(reply["error"]["message"], "SESSION_INVALID")
        client.http.close()

    def test_inject(self):
        """A barrier: its token comes after everything before."""
        pool = self.xapi("pool.get_all")[0]
        _, token = self.events(["pool"])
        injected = self.xapi("event.inject", "pool", pool)
        self.assertGreater(injected, token)
        events, token = self.events(["pool"], token)
        self.assertEqual([one["ref"] for one in events], [pool])
        self.assertGreaterEqual(token, injected)

    def test_errors(self):
        """Tokens and subscriptions that make no sense."""
        with self.fails("EVENT_FROM_TOKEN_PARSE_FAILURE", "x"):
            self.events(["*"], "x")
        with self.fails("EVENT_SUBSCRIPTION_PARSE_FAILURE", "a b"):
            self.events(["a b"])
        with self.fails("SESSION_NOT_REGISTERED", self.xapi.session):
            self.xapi("event.next")
        self.xapi("event.register", ["vm"])
        self.xapi("VM.set_name_description", self.template(), str(time.time()))
        self.assertEqual([one["class"] for one in self.xapi("event.next")], ["vm"])
        self.xapi("event.unregister", ["vm"])


class Tasks(Case):
    """Asynchronous calls."""

    def end_of(self, task):
        """The record of a task that has ended."""
        return self.wait(
            lambda: (record := self.xapi("task.get_record", task))["status"] != "pending" and record
        )

    def test_result(self):
        """Its value in XML."""
        task = self.xapi("Async.VM.clone", self.template(), "task")
        record = self.end_of(task)
        self.assertEqual(record["status"], "success")
        self.assertRegex(record["result"], r"^<value>OpaqueRef:[0-9a-f-]{36}</value>$")
        self.xapi("task.destroy", task)
        with self.fails("HANDLE_INVALID", "task", task):
            self.xapi("task.get_status", task)

    def test_failure(self):
        """Its error is in the task; some fail at once, and some have no such form."""
        record = self.end_of(self.xapi("Async.VM.start", self.template(), False, False))
        self.assertEqual(record["status"], "failure")
        self.assertEqual(record["error_info"], ["VM_IS_TEMPLATE", self.template(), "start"])
        with self.fails("MESSAGE_PARAMETER_COUNT_MISMATCH", "VM.start", "3", "0"):
            self.xapi("Async.VM.start")
        with self.fails("Fault", None):
            self.xapi("Async.VM.get_name_label", self.template())

    def test_cancel(self):
        """What was cancelled did not happen."""
        self.emulator.control("delays", **{"VM.clone": 30})
        task = self.xapi("Async.VM.clone", self.template(), "never")
        self.assertEqual(self.xapi("task.get_allowed_operations", task), ["cancel"])
        operations = self.xapi("VM.get_current_operations", self.template())
        self.assertEqual(operations, {task: "clone"})
        self.xapi("task.cancel", task)
        record = self.end_of(task)
        self.assertEqual((record["status"], record["error_info"][0]), ("cancelled", "TASK_CANCELLED"))
        self.emulator.control("delays", **{"VM.clone": 0})
        self.assertEqual(self.xapi("VM.get_by_name_label", "never"), [])
        self.assertEqual(self.xapi("VM.get_current_operations", self.template()), {})

    def test_hang(self):
        """A task that never ends, and that does not listen either."""
        self.emulator.control("fault", fault="hang", method="VM.clone", cancellable=False)
        task = self.xapi("Async.VM.clone", self.template(), "hang")
        self.xapi("task.cancel", task)
        time.sleep(0.1)
        self.assertEqual(self.xapi("task.get_status", task), "pending")
        self.xapi("task.destroy", task)
        self.emulator.control("crash")
        self.xapi.http.close()
        with self.fails("HANDLE_INVALID", "task", task):
            self.wait(lambda: self.xapi("task.get_status", task))
        self.assertEqual(self.xapi("VM.get_current_operations", self.template()), {})

    def test_progress(self):
        """A task shows how far it is."""
        self.emulator.control("delays", **{"VM.clone": 0.4})
        task = self.xapi("Async.VM.clone", self.template(), "progress")
        self.wait(lambda: 0 < self.xapi("task.get_progress", task) < 1)
        self.assertEqual(self.end_of(task)["progress"], 1.0)
        self.emulator.control("delays", **{"VM.clone": 0})


class LifeCycle(Case):
    """VMs: power states, copies, snapshots, the end."""

    def test_states(self):
        """Every operation in every state."""
        vm = self.new_vm("states")
        for op, expected in (("pause", "running"), ("unpause", "paused"), ("suspend", "running"),
                             ("hard_shutdown", "paused, suspended, running"),
                             ("clean_shutdown", "running"), ("hard_reboot", "paused, running")):  # fmt: skip
            with self.fails("VM_BAD_POWER_STATE", vm, expected, "halted"):
                self.xapi("VM." + op, vm)
        with self.fails("VM_BAD_POWER_STATE", vm, "suspended", "halted"):
            self.xapi("VM.resume", vm, False, False)
        self.xapi("VM.start", vm, True, False)
        self.assertEqual(self.xapi("VM.get_power_state", vm), "Paused")
        self.xapi("VM.unpause", vm)
        for op, state in (("pause", "Paused"), ("unpause", "Running"), ("suspend", "Suspended")):
            self.xapi("VM." + op, vm)
            self.assertEqual(self.xapi("VM.get_power_state", vm), state)
        self.assertNotEqual(self.xapi("VM.get_suspend_VDI", vm), NULL)
        self.assertEqual(self.xapi("VM.get_resident_on", vm), NULL)
        self.xapi("VM.resume", vm, False, False)
        for op, state in (("clean_reboot", "Running"), ("hard_reboot", "Running"), ("shutdown", "Halted")):
            self.xapi("VM." + op, vm)
            self.assertEqual(self.xapi("VM.get_power_state", vm), state)
        with self.fails("VM_BAD_POWER_STATE", vm, "paused, suspended, running", "halted"):
            self.xapi("VM.checkpoint", vm, "no")

    def test_order_of_checks(self):
        """Blocked first, then the state, then what goes on, then what the VM is."""
        vm = self.new_vm("order")
        self.xapi("VM.add_to_blocked_operations", vm, "start", "BECAUSE")
        self.xapi("VM.start_on", vm, self.xapi("host.get_all")[0], False, False)
        with self.fails("OPERATION_BLOCKED", vm, "BECAUSE"):
            self.xapi("VM.start", vm, False, False)
        self.xapi("VM.remove_from_blocked_operations", vm, "start")
        with self.fails("VM_BAD_POWER_STATE", vm, "halted", "running"):
            self.xapi("VM.start", vm, False, False)
        snapshot = self.xapi("VM.snapshot", vm, "snapshot")
        with self.fails("VM_IS_SNAPSHOT", snapshot, "start"):
            self.xapi("VM.start", snapshot, False, False)
        with self.fails("VM_IS_TEMPLATE", self.template(), "start"):
            self.xapi("VM.start", self.template(), False, False)
        with self.fails("PROVISION_ONLY_ALLOWED_ON_TEMPLATE"):
            self.xapi("VM.hard_shutdown", vm)
            self.xapi("VM.provision", vm)

    def test_other_operation(self):
        """Waited for, not refused; after the wait, refused."""
        vm = self.new_vm("busy")
        self.emulator.control("delays", **{"VM.start": 0.3})
        task = self.xapi("Async.VM.start", vm, False, False)
        self.wait(lambda: self.xapi("VM.get_current_operations", vm))
        self.assertNotIn("start", self.xapi("VM.get_allowed_operations", vm))
        self.emulator.control("delays", operation_wait=0)
        with self.fails("OTHER_OPERATION_IN_PROGRESS", "VM", vm, "start", task):
            self.xapi("VM.destroy", vm)
        self.emulator.control("delays", operation_wait=10, **{"VM.start": 0})
        with self.fails("VM_BAD_POWER_STATE", vm, "halted, suspended", "running"):
            self.xapi("VM.destroy", vm)
        self.xapi("VM.hard_shutdown", vm)

    def test_clone(self):
        """What a clone takes over, and what it does not."""
        template = self.template()
        self.xapi("VM.set_tags", template, ["tag"])
        self.xapi("VM.set_xenstore_data", template, {"vm-data/x": "y"})
        clone = self.xapi("VM.clone", template, "clone")
        old, new = (self.xapi("VM.get_record", vm) for vm in (template, clone))
        for field in ("tags", "xenstore_data", "name_description", "memory_static_max", "is_a_template"):
            self.assertEqual(old[field], new[field])
        self.assertEqual(new["other_config"]["base_template_name"], old["name_label"])
        self.assertNotEqual(new["other_config"]["mac_seed"], old["other_config"]["mac_seed"])
        macs = [self.xapi("VIF.get_MAC", vm["VIFs"][0]) for vm in (old, new)]
        self.assertNotEqual(*macs)
        disks = [self.xapi("VBD.get_VDI", vm["VBDs"][0]) for vm in (old, new)]
        self.assertNotEqual(*disks)
        self.assertIn("owner", self.xapi("VBD.get_other_config", new["VBDs"][0]))
        self.assertNotEqual(old["guest_metrics"], new["guest_metrics"])
        networks = self.xapi("VM_guest_metrics.get_networks", new["guest_metrics"])
        self.assertEqual(networks, {"0/ip": "192.0.2.77"})
        self.xapi("VM.set_tags", template, [])
        self.xapi("VM.set_xenstore_data", template, {})

    def test_guest_metrics(self):
        """Gone when the VM starts, new when its domain appears, filled in later."""
        vm = self.new_vm("metrics")
        stale = self.xapi("VM.get_guest_metrics", vm)
        self.emulator.control("agent", vm=vm, delay=0.3)
        self.emulator.control("delays", **{"VM.start": 0.2})
        self.xapi("Async.VM.start", vm, False, False)
        self.wait(lambda: self.xapi("VM.get_guest_metrics", vm) == NULL)
        with self.fails("HANDLE_INVALID", "VM_guest_metrics", stale):
            self.xapi("VM_guest_metrics.get_networks", stale)
        self.emulator.control("delays", **{"VM.start": 0})
        self.wait(lambda: self.xapi("VM.get_power_state", vm) == "Running")
        fresh = self.xapi("VM_guest_metrics.get_record", self.xapi("VM.get_guest_metrics", vm))
        self.assertEqual((fresh["networks"], fresh["os_version"], fresh["other"]), ({}, {}, {}))
        self.address(vm)
        self.xapi("VM.hard_shutdown", vm)

    def test_destroy(self):
        """The disks stay until they are destroyed too, which takes that nobody uses them."""
        vm = self.new_vm("destroy", started=True)
        vdi = self.xapi("VBD.get_VDI", self.xapi("VM.get_VBDs", vm)[0])
        with self.fails("VM_BAD_POWER_STATE", vm, "halted, suspended", "running"):
            self.xapi("VM.destroy", vm)
        with self.fails("VDI_IN_USE", vdi, "destroy"):
            self.xapi("VDI.destroy", vdi)
        self.xapi("VM.hard_shutdown", vm)
        vifs = self.xapi("VM.get_VIFs", vm)
        self.xapi("VM.destroy", vm)
        with self.fails("HANDLE_INVALID", "VIF", vifs[0]):
            self.xapi("VIF.get_MAC", vifs[0])
        self.assertEqual(self.xapi("VDI.get_VBDs", vdi), [])
        self.xapi("VDI.destroy", vdi)
        with self.fails("HANDLE_INVALID", "VDI", vdi):
            self.xapi("VDI.destroy", vdi)

    def test_default_template(self):
        """Disks that a template asks for need a repository."""
        vm = self.xapi("VM.clone", self.template(), "default")
        disks = '<provision><disk device="1" size="1073741824" sr="%s" bootable="false"/></provision>'
        self.xapi("VM.add_to_other_config", vm, "disks", disks % "")
        with self.fails("UUID_INVALID", "sr", ""):
            self.xapi("VM.provision", vm)
        self.xapi("VM.remove_from_other_config", vm, "disks")
        self.xapi("VM.add_to_other_config", vm, "disks", disks % self.facts["sr_uuid"])
        self.xapi("VM.provision", vm)
        self.assertEqual(len(self.xapi("VM.get_VBDs", vm)), 2)
        self.assertFalse(self.xapi("VM.get_is_a_template", vm))

    def test_shutdown(self):
        """A guest that refuses, one that never does it, and the plug."""
        vm = self.new_vm("shutdown")
        self.emulator.control("agent", vm=vm, shutdown="refuse")
        self.xapi("VM.start", vm, False, False)
        with self.fails("VM_FAILED_SHUTDOWN_ACKNOWLEDGMENT", vm):
            self.xapi("VM.clean_shutdown", vm)
        self.emulator.control("agent", vm=vm, shutdown="never")
        self.emulator.control("delays", shutdown_timeout=0.2)
        with self.fails("VM_SHUTDOWN_TIMEOUT", vm, "0.2"):
            self.xapi("VM.clean_shutdown", vm)
        self.emulator.control("delays", shutdown_timeout=1200)
        task = self.xapi("Async.VM.clean_shutdown", vm)
        self.wait(lambda: self.xapi("VM.get_current_operations", vm))
        self.xapi("VM.hard_shutdown", vm)
        self.wait(lambda: self.xapi("task.get_status", task) == "cancelled")
        self.assertEqual(self.xapi("VM.get_power_state", vm), "Halted")

    def test_no_tools(self):
        """Without guest tools nothing is told, and nothing is asked for."""
        vm = self.new_vm("tools")
        self.emulator.control("agent", vm=vm, tools=False)
        self.xapi("VM.start", vm, False, False)
        with self.fails("VM_LACKS_FEATURE", vm):
            self.xapi("VM.clean_shutdown", vm)
        time.sleep(0.1)
        metrics = self.xapi("VM_guest_metrics.get_record", self.xapi("VM.get_guest_metrics", vm))
        self.assertEqual((metrics["networks"], metrics["os_version"]), ({}, {}))
        self.xapi("VM.hard_shutdown", vm)


class Guests(Case):
    """What runs in VMs."""

    def test_login(self):
        """A shell in a home folder of its own, at an address of its own."""
        vms = [self.new_vm(name, started=True) for name in ("g1", "g2")]
        addresses = [self.address(vm) for vm in vms]
        self.assertEqual(len(set(addresses)), 2)
        homes = {self.ssh(address, "echo $HOME; pwd") for address in addresses}
        self.assertEqual(len(homes), 2)
        for text in homes:
            self.assertEqual(*text.split("\n"))
        self.ssh(addresses[0], "echo data | cat >file; exit 0")
        self.assertEqual(self.ssh(addresses[1], "ls"), "")
        self.assertEqual(self.ssh(addresses[0], "exit 7", check=False).returncode, 7)
        for vm in vms:
            self.xapi("VM.hard_shutdown", vm)
        self.assertEqual(self.emulator.control("guests"), [])

    def test_disks(self):
        """What is on a disk survives a reboot, is cloned, and comes back with a snapshot."""
        with open(os.path.join(self.facts["template_home"], "installed"), "w", encoding="ascii") as file:
            file.write("1")
        vm = self.new_vm("disks", started=True)
        address = self.address(vm)
        self.assertEqual(self.ssh(address, "cat installed"), "1")
        snapshot = self.xapi("VM.snapshot", vm, "before")
        self.ssh(address, "echo 2 >installed")
        self.xapi("VM.clean_reboot", vm)
        self.assertEqual(self.address(vm), address)
        self.assertEqual(self.ssh(address, "cat installed"), "2")
        self.xapi("VM.revert", snapshot)
        self.assertEqual(self.xapi("VM.get_power_state", vm), "Halted")
        stale = self.xapi("VM_guest_metrics.get_networks", self.xapi("VM.get_guest_metrics", vm))
        self.assertEqual(stale["0/ip"], address)
        self.xapi("VM.start", vm, False, False)
        self.assertEqual(self.ssh(self.address(vm), "cat installed"), "1")
        self.xapi("VM.hard_shutdown", vm)
        os.unlink(os.path.join(self.facts["template_home"], "installed"))

    def states(self, vm):
        """The letters of the states of a guest's processes."""
        letters = set()
        for pid in self.guest(vm)["pids"]:
            with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
                letters.add(file.read().rpartition(")")[2].split()[0])
        return letters

    def test_processes(self):
        """They stand still when the VM is paused, and die with it, daemons too."""
        vm = self.new_vm("processes", started=True)
        self.ssh(self.address(vm), "setsid sh -c 'sleep 4000 & sleep 4001' >/dev/null 2>&1 &")
        self.wait(lambda: len(self.guest(vm)["pids"]) >= 4)
        pids = self.guest(vm)["pids"]
        for stop, go in (("pause", "unpause"), ("suspend", "resume")):
            self.xapi("VM." + stop, vm)
            self.assertEqual(self.states(vm), {"T"})
            self.xapi("VM." + go, vm, *([False, False] if go == "resume" else []))
            self.wait(lambda: "T" not in self.states(vm))
        self.xapi("VM.hard_shutdown", vm)
        self.assertFalse([pid for pid in pids if os.path.exists(f"/proc/{pid}")])

    def test_agent(self):
        """Other devices, IPv6, addresses that come late, and services."""
        vm = self.new_vm("agent")
        self.emulator.control(
            "agent",
            vm="agent",
            networks={"1/ip": "{ip}", "1/ipv6/0": "fe80::1"},
            timeline=[[0.1, {"0/ip": "{ip}"}]],
            services={"ssh/host-key": "{fingerprint}"},
            sshd={"host_key": "own"},
        )
        self.xapi("VM.start", vm, False, False)
        self.address(vm, "1/ipv6/0")
        address = self.address(vm, "0/ip")
        metrics = self.xapi("VM.get_guest_metrics", vm)
        told = self.xapi("VM_guest_metrics.get_services", metrics)["ssh/host-key"]
        scan = subprocess.run(
            ["ssh-keyscan", "-t", "ed25519", "-p", str(self.facts["ssh_port"]), address],
            capture_output=True, check=True,
        )  # fmt: skip
        shown = subprocess.run(
            ["ssh-keygen", "-lf", "-"], input=scan.stdout, capture_output=True, check=True
        )
        self.assertIn(told, shown.stdout.decode())
        self.assertNotEqual(told, self.facts["host_key_fingerprint"])
        refused = self.ssh(address, "true", check=False)
        self.assertIn("REMOTE HOST IDENTIFICATION HAS CHANGED", refused.stderr + refused.stdout)
        self.xapi("VM.hard_shutdown", vm)

    def test_moves(self):
        """An address that changes while the guest runs."""
        vm = self.new_vm("moves", started=True)
        old = self.address(vm)
        self.emulator.control("guest", vm=vm, action="move")
        new = self.address(vm)
        self.assertNotEqual(old, new)
        self.assertEqual(self.ssh(new, "echo here"), "here")
        self.assertNotEqual(self.ssh(old, "echo here", check=False).returncode, 0)
        self.xapi("VM.hard_shutdown", vm)

    def test_accidents(self):
        """Authentication refused, sshd killed, the guest shutting itself down."""
        vm = self.new_vm("accidents", started=True)
        address = self.address(vm)
        self.emulator.control("guest", vm=vm, action="sshd", refuse=True)
        self.assertIn("Permission denied", self.ssh(address, "true", check=False).stderr)
        self.emulator.control("guest", vm=vm, action="sshd")
        self.ssh(address, "true")
        self.emulator.control("guest", vm=vm, action="kill")
        self.wait(lambda: not self.guest(vm)["pids"])
        self.assertEqual(self.xapi("VM.get_power_state", vm), "Running")
        self.emulator.control("guest", vm=vm, action="halt")
        self.assertEqual(self.xapi("VM.get_power_state", vm), "Halted")


class Faults(Case):
    """What tests can make go wrong."""

    def fault(self, name, method="VM.clone", **options):
        """Ask for a fault of a method."""
        self.emulator.control("fault", fault=name, method=method, **options)

    def clones(self):
        """How many clones there are of the name that these tests use."""
        return len(self.xapi("VM.get_by_name_label", self.id()))

    def clone(self):
        """The call that goes wrong."""
        return self.xapi("VM.clone", self.template(), self.id())

    def test_lost_replies(self):
        """Before the method acted, and after it."""
        template = self.template()
        for name, made in (("reset_before", 0), ("close_before", 0), ("reset_after", 1),
                           ("close_after", 2)):  # fmt: skip
            self.fault(name)
            with self.assertRaises((ConnectionError, http.client.HTTPException)):
                self.xapi("VM.clone", template, self.id())
            self.xapi.http.close()
            self.assertEqual(self.clones(), made, name)

    def test_errors(self):
        """The nth call fails, so many times; the method has acted or not."""
        self.fault("error", code="SR_FULL", params=["2", "1"], nth=2, times=2)
        self.clone()
        for _ in range(2):
            with self.fails("SR_FULL", "2", "1"):
                self.clone()
        self.clone()
        self.assertEqual(self.clones(), 2)
        self.fault("error", code="INTERNAL_ERROR", acts=True)
        with self.fails("INTERNAL_ERROR"):
            self.clone()
        self.assertEqual(self.clones(), 3)
        self.fault("no_hosts", "VM.start")
        vm = self.new_vm("errors")
        task = self.xapi("Async.VM.start", vm, False, False)
        self.wait(lambda: self.xapi("task.get_error_info", task) == ["NO_HOSTS_AVAILABLE"])
        self.assertEqual(self.emulator.control("faults")[-1]["fired"], 1)

    def test_sessions(self):
        """A session that is gone once."""
        self.fault("session_invalid", "VM.get_all")
        lost = self.xapi.session
        with self.fails("SESSION_INVALID", lost):
            self.xapi("VM.get_all")
        with self.fails("SESSION_INVALID", lost):
            self.xapi("VM.get_all")
        self.xapi.session = self.xapi.raw(
            "session.login_with_password", "root", self.facts["password"], "1.0", "checks"
        )

    def test_replies(self):
        """Bodies that are no replies, and lengths that are not true."""
        template, call = self.template(), {"jsonrpc": "2.0", "method": "VM.clone", "id": 1}
        call["params"] = [self.xapi.session, template, self.id()]

        def reply(fault, **options):
            self.fault(fault, **options)
            return self.xapi.post("/jsonrpc", json.dumps(call))

        self.assertEqual(reply("http"), (500, reply("http")[1]))
        self.xapi.http.close()
        self.assertEqual(reply("redirect")[0], 301)
        self.xapi.http.close()
        self.assertEqual(reply("empty"), (200, b""))
        self.assertEqual(reply("body", text="{}"), (200, b"{}"))
        self.assertEqual(reply("error_array")[1],
                         b'{"jsonrpc":"2.0","error":["HOST_STILL_BOOTING"],"id":0}')  # fmt: skip
        self.assertEqual(json.loads(reply("wrong_id")[1])["id"], 987654321)
        self.assertEqual(reply("gzip")[1][:2], b"\x1f\x8b")
        self.assertIn(b"Infinity", reply("infinity")[1])
        self.assertEqual(len(reply("cut", bytes=10)[1]), 10)
        with self.assertRaises(http.client.IncompleteRead):
            reply("cut_close")
        self.xapi.http.close()
        began = time.monotonic()
        reply("drip", seconds=0.001)
        self.assertGreater(time.monotonic() - began, 0.2)

    def test_listener(self):
        """Nobody listens for a while."""
        self.emulator.control("fault", fault="refuse", seconds=0.2)
        self.xapi.http.close()
        with self.assertRaises(ConnectionRefusedError):
            self.xapi("VM.get_all")
        self.xapi.http.close()
        time.sleep(0.3)
        self.xapi("VM.get_all")

    def test_reset(self):
        """Everything as at the start."""
        vm = self.new_vm("reset", started=True)
        facts = self.emulator.control("reset")
        self.assertEqual(self.emulator.control("counts")["vms"], 0)
        self.assertEqual(self.emulator.control("guests"), [])
        self.xapi.http.close()
        type(self).facts = facts
        self.xapi.session = self.xapi.raw("session.login_with_password", "root", facts["password"])
        with self.fails("HANDLE_INVALID", "VM", vm):
            self.xapi("VM.get_record", vm)


class End(unittest.TestCase):
    """However the emulator ends, nothing is left."""

    def check(self, end):
        """Start a guest with a daemon, end the emulator, and look."""
        emulator = Emulator()
        call = emulator.control
        template = call("call", method="VM.get_by_name_label", params=["bioxen-template"])[0]
        vm = call("call", method="VM.clone", params=[template, "end"])
        call("call", method="VM.provision", params=[vm])
        call("call", method="VM.start", params=[vm, False, False])
        while not (pids := call("guests")[0]["pids"]):
            time.sleep(0.01)
        pids.append(call("guests")[0]["supervisor"])
        state = emulator.facts["state"]
        end(emulator)
        give_up = time.monotonic() + 10
        while time.monotonic() < give_up and (
            os.path.exists(state) or any(os.path.exists(f"/proc/{pid}") for pid in pids)
        ):
            time.sleep(0.01)
        self.assertFalse(os.path.exists(state))
        self.assertFalse([pid for pid in pids if os.path.exists(f"/proc/{pid}")])
        emulator.process.wait(5)
        emulator.process.stdin.close()
        emulator.process.stdout.close()

    def test_end_of_input(self):
        """Standard input ends."""
        self.check(lambda emulator: emulator.process.stdin.close())

    def test_signals(self):
        """It is asked to end, and it is killed."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGKILL):
            self.check(lambda emulator, number=number: emulator.process.send_signal(number))

    @unittest.skipUnless(os.geteuid() == 0, "needs root to become somebody else")
    def test_ordinary_user(self):
        """An ordinary user's guests run as that user. (No such user here can log in anywhere.)"""
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            shutil.copytree(EMULATOR, os.path.join(folder, "xapi"))
            done = subprocess.run(
                [sys.executable, "-c", ORDINARY, os.path.join(folder, "xapi", "clients")],
                user="nobody", group="nogroup", extra_groups=[], capture_output=True, text=True,
                env={"PATH": "/usr/bin:/bin"}, cwd="/", timeout=60,
            )  # fmt: skip
        self.assertEqual(done.returncode, 0, done.stderr)


# What an ordinary user runs.
ORDINARY = """
import sys
sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True
from checks import Case, socket, os, unittest

class One(Case):
    def test(self):
        vm = self.new_vm("user", started=True)
        with socket.create_connection((self.address(vm), self.facts["ssh_port"])) as sock:
            self.assertEqual(sock.recv(4), b"SSH-")
            owners = {os.stat(f"/proc/{pid}").st_uid for pid in self.guest(vm)["pids"]}
        self.assertEqual(owners, {os.geteuid()})
        self.xapi("VM.hard_shutdown", vm)

suite = unittest.defaultTestLoader.loadTestsFromTestCase(One)
sys.exit(not unittest.TextTestRunner().run(suite).wasSuccessful())
"""


if __name__ == "__main__":
    unittest.main(verbosity=1)
