"""What can be made to go wrong."""

import http.client
import json
import time

from harness import Case


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
