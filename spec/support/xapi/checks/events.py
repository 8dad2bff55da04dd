"""event.from, tokens, barriers."""

import json
import socket
import time

from harness import Case, Client, NULL


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
        for token in ("1,2,3", "1.5,0", ","):
            with self.fails("EVENT_FROM_TOKEN_PARSE_FAILURE", token):
                self.events(["*"], token)
        self.assertEqual(self.events(["no class"], "1,-0", 0.0)[0], [])  # heard of, never to be heard
        template = self.template()
        for cls, ref in (("VM", NULL), ("vm", template), ("task", template), ("none", template)):
            with self.fails("HANDLE_INVALID", cls, ref):
                self.xapi("event.inject", cls, ref)
        with self.fails("SESSION_NOT_REGISTERED", self.xapi.session):
            self.xapi("event.next")
        self.xapi("event.register", ["vm"])
        self.xapi("VM.set_name_description", self.template(), str(time.time()))
        self.assertEqual([one["class"] for one in self.xapi("event.next")], ["vm"])
        self.xapi("event.unregister", ["vm"])
