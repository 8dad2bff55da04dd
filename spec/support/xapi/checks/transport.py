"""HTTP, TLS, and the envelopes of calls."""

import json
import os
import socket
import subprocess
import sys
import xmlrpc.client
from urllib.parse import urlsplit

from harness import EMULATOR, Case, Client


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
            reply = self.rawly(
                b"POST /jsonrpc HTTP/1.1\r\nHost: x\r\n" + line + b"\r\n2\r\n{}\r\n0\r\n\r\n"
            )
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
        label = '<a> & "b" \u00e4\u4e2d'
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

    def test_control(self):
        """Commands over HTTP, which take a token."""
        program = os.path.join(EMULATOR, "control.py")
        words = [self.facts["control"], self.facts["token"], '{"command":"counts"}']
        done = subprocess.run([sys.executable, program, *words], capture_output=True, check=True)
        self.assertEqual(json.loads(done.stdout)["ok"]["templates"], 1)
        self.assertEqual(self.xapi.post("/_control", words[2])[0], 403)

    def test_more_hosts(self):
        """A host that joins listens too, and VMs may start on it."""
        url = self.emulator.control("add_host")["url"].replace("127.0.0.1", "127.0.0.3")
        slave = Client(url)
        with self.fails("HOST_IS_SLAVE", "127.0.0.1"):
            slave.raw("VM.get_all", self.xapi.session)
        slave.http.close()
        vm = self.new_vm("more hosts")
        host = self.xapi("host.get_by_name_label", "host3")[0]
        self.xapi("VM.start_on", vm, host, False, False)
        self.assertIn(vm, self.xapi("host.get_resident_VMs", host))
        self.xapi("VM.hard_shutdown", vm)

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
        session = slave.raw(
            "session.slave_local_login_with_password", "root", self.facts["password"]
        )
        self.assertTrue(slave.raw("host.get_all", session))
        self.emulator.control("master", host=2)
        with self.fails("HOST_IS_SLAVE", "127.0.0.2"):
            self.xapi("VM.get_all")
        self.assertTrue(slave.raw("VM.get_all", self.xapi.session))
        self.emulator.control("master", host=1)
        slave.http.close()
