"""The pool: everything there is, and what it holds when it begins."""

import collections
import sys
import traceback
import uuid

from . import (
    devices,
    disks,
    events,
    hosts,
    sessions,
    tasks,
    vm,
)  # noqa: F401 (they register methods)
from .agent import Agents
from .disks import Disks
from .errors import XapiError
from .model import Model
from .sessions import Sessions
from .store import Store

GIB = 1 << 30
# Log of requests: enough for any spec, little enough for a long run.
REMEMBERED_REQUESTS = 20000


class Pool:
    """State and settings. `guests` runs the sshd processes, `disks` keeps their files."""

    def __init__(self, settings, guests):
        self.settings = settings
        self.guests = guests
        self.model = Model()
        self.username = settings["username"]
        self.password = settings["password"]
        self.requests = collections.deque(maxlen=REMEMBERED_REQUESTS)
        self.request_count = 0
        self.master_address = None
        self.delays = dict(settings["delays"])
        self._begin()

    def _begin(self):
        self.store = Store(self.model)
        self.sessions = Sessions(self)
        self.tasks = {}  # by reference
        self.calls = set()  # the same and those without a reference
        self.registered = {}
        self.copying = set()  # repositories that a copy is made on
        self.copies = []  # of each copy that was made: how often it had waited for another
        self.disks = Disks(self)
        self.agents = Agents(self)
        self.next_domain = 1
        self._populate()

    def reset(self):
        """Everything as it was at the start, guests gone."""
        self.lose_tasks()
        self.sessions.end_all()
        self.agents.end_all()
        self.guests.end_all()
        self.disks.remove_all()
        self.delays = dict(self.settings["delays"])
        self.password = self.settings["password"]
        self._begin()

    def restart_toolstack(self, keep_sessions=True):
        """xapi starts anew: tasks are gone, what runs goes on."""
        self.lose_tasks()
        with self.store.lock:
            for entry in self.store.all("task"):
                self.store.delete("task", entry.ref)
            for entry in self.store.all("VM"):
                if entry.record["current_operations"]:
                    self.store.set("VM", entry.ref, current_operations={})
                    vm.refresh(self, entry.ref)
            self.store.deleted.clear()  # of what it has forgotten it tells nobody
            if not keep_sessions:
                self.sessions.end_all()

    def lose_tasks(self):
        """End all calls that are under way without an answer."""
        for task in list(self.calls):
            task.lose()
        self.tasks.clear()

    def forget_task(self, ref):
        """A task's record goes, unless it has."""
        with self.store.lock:
            if self.store.exists("task", ref):
                self.store.delete("task", ref)

    def check_master(self, host):
        """HOST_IS_SLAVE on every host but the master."""
        master = self.master
        if host != master:
            raise XapiError("HOST_IS_SLAVE", self.store.get("host", master, "address"))

    @property
    def master(self):
        """The host that speaks for the pool."""
        return self.store.get("pool", self.pool_ref, "master")

    def move_master(self, index):
        """Another host speaks for the pool from now on."""
        self.store.set("pool", self.pool_ref, master=self.hosts[index])

    def log_exception(self, error):
        """An error of the emulator itself, to its standard error."""
        traceback.print_exception(error, file=sys.stderr)

    # The first contents

    def _populate(self):
        addresses = self.settings["host_addresses"]
        self.hosts = [hosts.add_host(self, index, addr) for index, addr in enumerate(addresses)]
        self.sr = disks.add_sr(self, "Local storage", 500 * GIB)
        self.network = hosts.add_network(self, "Pool-wide network associated with eth0", "xenbr0")
        for host in self.hosts:
            hosts.add_pif(self, host, self.network)
        self.pool_ref = self.store.create(
            "pool",
            name_label="bioxen-sandbox",
            master=self.hosts[0],
            default_SR=self.sr,
            suspend_image_SR=self.sr,
            crash_dump_SR=self.sr,
            tls_verification_enabled=True,
        )
        self.template = self.add_template(self.settings["template"])

    def add_host(self, address):
        """One more host, with the repositories and the network that all have."""
        with self.store.lock:
            host = hosts.add_host(self, len(self.hosts), address)
            hosts.add_pif(self, host, self.network)
            for entry in self.store.all("SR"):
                self.store.create("PBD", host=host, SR=entry.ref, currently_attached=True)
            self.hosts.append(host)
            self.settings["host_addresses"].append(address)
            return host

    def add_template(self, name, with_disk=True, with_vif=True, agent=None, **fields):
        """A template with one disk and one network interface, made of an installed guest."""
        memory = 256 << 20
        template = vm.new_vm(
            self,
            name_label=name,
            name_description="A guest with sshd and guest tools",
            is_a_template=True,
            memory_static_max=memory,
            memory_dynamic_max=memory,
            memory_dynamic_min=memory,
            memory_static_min=memory // 2,
            HVM_boot_policy="BIOS order",
            HVM_boot_params={"order": "cd"},
            platform={"device-model": "qemu-upstream-compat"},
            other_config={"mac_seed": str(uuid.uuid4())},
            **fields,
        )
        if with_disk:
            vdi = disks.add_vdi(self, self.sr, name + " disk", 8 * GIB)
            disks.attach(self, template, vdi, "0", bootable=True, owner=True)
        if with_vif:
            devices.add_vif(self, template, self.network, "0")
        self.agents.configure(template, agent or {})
        self._leave_old_metrics(template)
        vm.refresh(self, template)
        return template

    def _leave_old_metrics(self, template):
        # The template was a guest once: its last address is still written there.
        ref = self.store.create(
            "VM_guest_metrics",
            networks={"0/ip": "192.0.2.77"},
            os_version={
                "name": "Debian GNU/Linux 12 (bookworm)",
                "distro": "debian",
                "major": "12",
            },
        )
        self.store.set("VM", template, guest_metrics=ref)

    def find_vm(self, name):
        """A VM by its reference, uuid or name, for the control interface."""
        for entry in self.store.all("VM"):
            if name in (entry.ref, entry.record["uuid"], entry.record["name_label"]):
                return entry.ref
        raise KeyError(f"no VM {name}")
