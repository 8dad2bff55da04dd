"""Logging in, and how long it lasts."""

import json
import time

from harness import Case, Client


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
