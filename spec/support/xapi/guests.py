"""Guests as processes: a supervisor each, and below it a real sshd at an address of its own."""

import json
import os
import select
import signal
import threading
import time

from .supervisor import descendants, is_still, signal_all

SSHD = "/usr/sbin/sshd"

CONFIG = """\
ListenAddress {address}
Port {port}
HostKey "{host_key}"
PidFile "{folder}/pid"
AuthorizedKeysFile "{authorized_keys}"
AllowUsers {user}
StrictModes no
UsePAM no
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
PrintMotd no
PrintLastLog no
PermitUserRC no
X11Forwarding no
UseDNS no
MaxStartups 200
LogLevel VERBOSE
SetEnv HOME="{home}" BIOXEN_GUEST="{name}"
ForceCommand "{login}"
Subsystem sftp /usr/lib/openssh/sftp-server
{lines}
"""

# The home folder of the account is the host's: a guest has its own, and begins there.
LOGIN = """\
#!/bin/sh
cd "$HOME" || exit 1
if [ -n "${SSH_ORIGINAL_COMMAND+set}" ]; then
    command=$SSH_ORIGINAL_COMMAND
    unset SSH_ORIGINAL_COMMAND
    exec "${SHELL:-/bin/sh}" -c "$command"
fi
exec "${SHELL:-/bin/sh}" -l
"""


class Process:
    """A guest that runs: its supervisor, and everything below that."""

    def __init__(self, pid, folder, address):
        self.pid, self.folder, self.address = pid, folder, address
        self.handle = os.pidfd_open(pid)

    def pids(self):
        """The processes inside the guest."""
        return descendants(self.pid)

    def signal(self, number):
        """A signal to all processes inside, until no new ones turn up."""
        seen = set()
        while True:
            fresh = set(self.pids()) - seen
            if not fresh:
                return
            signal_all(fresh, number)
            seen |= fresh

    def freeze(self):
        """Stop all processes inside; returns when they have."""
        give_up = time.monotonic() + 1
        self.signal(signal.SIGSTOP)
        while not all(map(is_still, self.pids())) and time.monotonic() < give_up:
            time.sleep(0.001)
            self.signal(signal.SIGSTOP)

    def sshd(self):
        """The process id of sshd once it listens, else None."""
        try:
            with open(os.path.join(self.folder, "pid"), encoding="ascii") as file:
                return int(file.read())
        except (FileNotFoundError, ValueError):
            return None

    def wait_for_sshd(self, still_wanted, seconds=20):
        """Whether sshd listens; it writes its pid when it does."""
        give_up = time.monotonic() + seconds
        while still_wanted() and time.monotonic() < give_up:
            if self.sshd():
                return True
            time.sleep(0.003)
        return False

    def end(self):
        """Kill everything, and wait until it is gone."""
        signal_all([self.pid], signal.SIGTERM)
        gone = select.poll()
        gone.register(self.handle, select.POLLIN)
        gone.poll(10000)
        os.close(self.handle)


class Guests:
    """All guests' processes."""

    def __init__(self, nursery, settings):
        self.nursery, self.settings = nursery, settings
        self.lock = threading.Lock()
        self.folder = os.path.join(settings["state"], "guests")
        os.makedirs(self.folder, mode=0o700, exist_ok=True)
        self.login = os.path.join(settings["state"], "login")
        with open(self.login, "w", encoding="ascii") as file:
            file.write(LOGIN)
        os.chmod(self.login, 0o755)
        self.running = set()
        self.count = 0

    def address(self, number):
        """The number-th guest's address: the address alone tells guests apart."""
        return f"127.77.{number >> 8}.{number & 255}"

    def configure(self, folder, name, address, home, options):
        """Write what sshd is to do. `options` are the sshd options of the guest's agent."""
        keys = self.settings["keys"]
        text = CONFIG.format(
            address=address,
            port=self.settings["ssh_port"],
            host_key=keys.host_key(options.get("host_key", "template"), name),
            folder=folder,
            authorized_keys=self.authorized_keys(folder, options),
            user=self.settings["ssh_user"],
            home=home,
            name=name,
            login=self.login,
            lines="\n".join(options.get("lines", [])),
        )
        path = os.path.join(folder, "sshd_config")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def authorized_keys(self, folder, options):
        """The file of keys that are let in: the user's, those that `keys` lists, or none."""
        if options.get("refuse"):
            return os.devnull
        if "keys" not in options:
            return self.settings["keys"].authorized_keys
        path = os.path.join(folder, "authorized_keys")
        with open(path, "w", encoding="utf-8") as file:
            file.write("".join(key + "\n" for key in options["keys"]))
        return path

    def start(self, name, address, home, options):
        """Start a guest."""
        with self.lock:
            self.count += 1
            folder = os.path.join(self.folder, str(self.count))
        os.makedirs(folder, mode=0o700)
        config = self.configure(folder, name, address, home, options)
        order = {
            "argv": [SSHD, "-D", "-e", "-f", config],
            "log": os.path.join(folder, "log"),
        }
        process = Process(self._order(order), folder, address)
        self.running.add(process)
        return process

    def _order(self, order):
        with self.lock:
            self.nursery.send(json.dumps(order).encode())
            return int(self.nursery.recv(64))

    def restart_sshd(self, process, name, home, options, address=None):
        """Another sshd for a guest that runs, perhaps at another address; open connections stay."""
        process.address = address or process.address
        self.configure(process.folder, name, process.address, home, options)
        os.unlink(os.path.join(process.folder, "pid"))
        signal_all([process.pid], signal.SIGUSR1)

    def end(self, process):
        """End a guest."""
        if process in self.running:
            self.running.discard(process)
            process.end()

    def end_all(self):
        """End every guest."""
        for process in list(self.running):
            self.end(process)
