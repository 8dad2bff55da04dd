"""The emulator as a program: its options, its ready line, its end."""

import argparse
import getpass
import json
import os
import random
import secrets
import select
import shutil
import signal
import socket
import sys
import threading

from . import sandbox
from .agent import ADDRESSES
from .control import Control
from .faults import Faults
from .guests import Guests
from .keys import Keys, certificate_fingerprint
from .pool import Pool
from .server import Server


def parse(argv):
    """The command line."""
    parser = argparse.ArgumentParser(prog="xapi", description="An emulated XCP-ng pool.")
    parser.add_argument("--hosts", type=int, default=1, help="how many hosts the pool has")
    parser.add_argument("--port", type=int, default=0, help="HTTP port; 0 chooses")
    parser.add_argument("--https", action="store_true", help="HTTPS as well")
    parser.add_argument("--https-port", type=int, default=0, help="HTTPS port; 0 chooses")
    parser.add_argument("--ssh-port", type=int, default=0, help="port of all guests; 0 chooses")
    parser.add_argument("--delays", type=json.loads, default={}, help='{"VM.clone": 0.2, ...}')
    parser.add_argument("--template", default="bioxen-template", help="name of the template")
    parser.add_argument("--username", default="root")
    parser.add_argument("--password", help="made up when not given")
    parser.add_argument("--state", help="folder for everything, which stays at the end")
    parser.add_argument("--scratch", help="folder for everything, which goes at the end")
    parser.add_argument("--until-eof", action="store_true", help="end with standard input")
    parser.add_argument("--parent", type=int, help="end with this process")
    parser.add_argument(
        "--sandbox",
        action="store_true",
        help="for people: start a guest, and "
        "print a configuration for BioXen instead of the line of JSON",
    )
    parser.add_argument("--config", help="of a sandbox: write the configuration to this file, too")
    return parser.parse_args(argv)


def reserve_ssh_port(wanted):
    """A port for the guests of this emulator alone: whoever holds it at this address has it."""
    for _ in range(200):
        port = wanted or random.randint(20000, 32000)
        holder = socket.socket()
        try:
            holder.bind(("127.77.255.254", port))
            holder.listen(1)
            return port, holder
        except OSError:
            holder.close()
            if wanted:
                raise
    raise OSError("no port is free for the guests")


class Emulator:
    """Everything that runs."""

    def __init__(self, options, state, nursery):
        self.options, self.state = options, state
        control, self.lifeline, self.nursery_pid = nursery
        self.nursery_socket = control
        ssh_port, self.ssh_holder = reserve_ssh_port(options.ssh_port)
        addresses = [f"127.0.0.{number}" for number in range(1, options.hosts + 1)]
        self.keys = Keys(os.path.join(state, "keys"), addresses, options.https)
        self.settings = {
            "state": state,
            "keys": self.keys,
            "host_addresses": addresses,
            "ssh_port": ssh_port,
            "ssh_user": getpass.getuser(),
            "username": options.username,
            "password": options.password or secrets.token_urlsafe(12),
            "template": options.template,
            "delays": options.delays,
        }
        if os.geteuid() == 0:
            os.makedirs("/run/sshd", mode=0o755, exist_ok=True)
        self.guests = Guests(control, self.settings)
        self.known_hosts = self.keys.write_known_hosts(
            [self.guests.address(number) for number in range(1, ADDRESSES + 1)], ssh_port
        )
        self.pool = Pool(self.settings, self.guests)
        self.server = Server(self.pool, Faults(), secrets.token_hex(16))
        self.server.control = Control(self.server)
        self.server.ready = self.ready
        self.server.listen(addresses, options.port, self.keys.certificates, options.https_port)

    def ready(self):
        """What a client needs to know."""
        pool, store = self.pool, self.pool.store
        urls = [f"http://{one.address}:{one.port}" for one in self.server.plain]
        secure = [f"https://{one.address}:{one.port}" for one in self.server.secure]
        table = {
            "url": urls[0],
            "slave_url": urls[1] if len(urls) > 1 else None,
            "username": pool.username,
            "password": pool.password,
            "template": self.settings["template"],
            "template_uuid": store.get("VM", pool.template, "uuid"),
            "template_home": pool.disks.home(pool.template),
            "pool_uuid": store.get("pool", pool.pool_ref, "uuid"),
            "network_uuid": store.get("network", pool.network, "uuid"),
            "sr_uuid": store.get("SR", pool.sr, "uuid"),
            "ssh_user": self.settings["ssh_user"],
            "ssh_key": self.keys.user_key,
            "ssh_port": self.settings["ssh_port"],
            "known_hosts": self.known_hosts,
            "host_key_fingerprint": self.keys.host_fingerprint(),
            "control": urls[0] + "/_control",
            "token": self.server.token,
            "state": self.state,
            "pid": os.getpid(),
        }
        if secure:
            table["https_url"] = secure[0]
            table["slave_https_url"] = secure[1] if len(secure) > 1 else None
            table["ca_file"] = self.keys.certificates[0] + ".pem"
            table["fingerprint"] = certificate_fingerprint(table["ca_file"])
            table["fingerprints"] = [
                certificate_fingerprint(prefix + ".pem") for prefix in self.keys.certificates
            ]
        return table

    def close(self):
        """End the guests and remove the folder; the nursery does the same, if slower."""
        self.server.close()
        os.close(self.lifeline)
        self.nursery_socket.close()
        try:
            os.waitpid(self.nursery_pid, 0)
        except ChildProcessError:
            pass
        if not self.options.state:
            shutil.rmtree(self.state, ignore_errors=True)


def read_commands(emulator, done):
    """Answer control commands from standard input until it ends."""
    for line in sys.stdin:
        if line.strip():
            print(json.dumps(emulator.server.control.answer(line)), flush=True)
    if emulator.options.until_eof:
        done.set()


def follow(parent, done):
    """End with another process, which may leave standard input open to its children."""
    try:
        select.select([os.pidfd_open(parent)], [], [])
    except ProcessLookupError:
        pass
    done.set()


def run(state, nursery):
    """The whole life of the emulator."""
    options = parse(sys.argv[1:])
    done = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: done.set())
    emulator = Emulator(options, state, nursery)
    emulator.server.stop = done.set
    if options.parent:
        threading.Thread(target=follow, args=(options.parent, done), daemon=True).start()
    if options.sandbox:
        sandbox.open_for_people(emulator)
    else:
        print(json.dumps(emulator.ready()), flush=True)
    if not options.sandbox:
        threading.Thread(target=read_commands, args=(emulator, done), daemon=True).start()
    done.wait()
    if options.config:
        sandbox.remove_configuration(options.config)
    emulator.close()
    sys.stdout.flush()
    os._exit(0)
