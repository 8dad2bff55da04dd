"""The end of the emulator."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

from harness import EMULATOR, Emulator


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
                [sys.executable, "-c", ORDINARY, os.path.join(folder, "xapi", "checks")],
                user="nobody", group="nogroup", extra_groups=[], capture_output=True, text=True,
                env={"PATH": "/usr/bin:/bin"}, cwd="/", timeout=60,
            )  # fmt: skip
        self.assertEqual(done.returncode, 0, done.stderr)


# What an ordinary user runs.
ORDINARY = """
import sys
sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True
import os, socket, unittest
from harness import Case

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
