"""What runs in the guests of VMs: sshd, and the guest tools that tell XAPI of addresses.

How a VM's guest behaves is told by its options, which a clone inherits from its source:

  tools      false: no guest tools at all
  boot       seconds until sshd listens (the delay "boot" by default)
  delay      seconds from then until the tools speak (the delay "agent" by default)
  networks   what they say of addresses, such as {"1/ip": "{ip}"}; {ip} is the guest's
  timeline   [[seconds, networks], ...]: what they say of addresses afterwards
  services   what they publish below data/service, such as {"ssh/key": "{fingerprint}"}
  shutdown   "refuse" or "never", when asked to shut down
  moves      seconds after which the guest has another address, without a restart
  new_address  true: another address at every boot
  sshd       {"absent": true}, {"refuse": true}, {"host_key": "own" or "other"}, {"lines": [...]}
  cloud_init  true: nobody is let in but those that a seed drive names (seed.py)
"""

import collections
import signal
import threading
import time

from .seed import authorized_keys
from .tasks import now
from .values import NULL

OS_VERSION = {
    "name": "Debian GNU/Linux 12 (bookworm)",
    "uname": "6.1.0-18-amd64",
    "distro": "debian",
    "major": "12",
    "minor": "5",
}
DRIVERS = {"major": "7", "minor": "30", "micro": "0", "build": "0"}
FEATURES = {
    "feature-shutdown": "1",
    "feature-reboot": "1",
    "feature-suspend": "1",
    "feature-balloon": "1",
    "data-updated": "1",
}
# What the toolstack itself writes there for every guest, tools or not.
PLATFORM = {
    "platform-feature-xs_reset_watches": "1",
    "platform-feature-multiprocessor-suspend": "1",
}
# Of one pool. They are not given out again before all have been.
ADDRESSES = 500
# Processes that are asked to end get so long.
GRACE_SECONDS = 2.0


class Guest:
    """One boot of a VM's guest."""

    def __init__(self, agents, vm, options, address, frozen):
        self.agents, self.vm, self.options, self.address = agents, vm, options, address
        self.ended = threading.Event()
        self.moving = threading.Event()  # not set while the VM is paused
        if not frozen:
            self.moving.set()
        self.process = None
        self.home = agents.pool.disks.home(vm)
        self.name = agents.pool.store.get("VM", vm, "uuid")

    def wanted(self):
        """Whether this boot is still the VM's."""
        return not self.ended.is_set()

    def pass_time(self, seconds):
        """Let time pass in the guest; whether it still exists."""
        if seconds:
            self.ended.wait(seconds)
        while self.wanted() and not self.moving.wait(0.1):
            pass
        return self.wanted()

    def run(self):
        """Boot, and let the tools speak."""
        delays = self.agents.pool.delays
        self.publish(other=dict(PLATFORM))
        if not self.pass_time(self.options.get("boot", delays.get("boot", 0))):
            return
        sshd = self.options.get("sshd", {})
        if self.options.get("cloud_init"):
            user = self.agents.pool.settings["ssh_user"]
            volumes = self.agents.pool.disks.contents(self.vm)
            sshd = {**sshd, "keys": authorized_keys(volumes, user)}
        if not sshd.get("absent"):
            with self.agents.lock:
                if not self.wanted():
                    return
                self.process = self.agents.pool.guests.start(
                    self.name, self.address, self.home, sshd
                )
                if not self.moving.is_set():
                    self.process.freeze()
            self.process.wait_for_sshd(self.wanted)
        if self.options.get("tools", True):
            if self.pass_time(self.options.get("delay", delays.get("agent", 0))):
                self.speak()

    def speak(self):
        """Tell of the system and of the addresses, and of what changes later."""
        self.publish(
            os_version=dict(OS_VERSION),
            PV_drivers_version=dict(DRIVERS),
            PV_drivers_up_to_date=True,
            PV_drivers_detected=True,
            other={**PLATFORM, **FEATURES},
            memory={},
            live=True,
            can_use_hotplug_vbd="yes",
            can_use_hotplug_vif="yes",
            services=self.fill(self.options.get("services", {})),
            networks=self.networks(),
        )
        began = time.monotonic()
        steps = [(at, networks) for at, networks in self.options.get("timeline", [])]
        if "moves" in self.options:
            steps.append((self.options["moves"], None))
        for at, networks in sorted(steps, key=lambda step: step[0]):
            if not self.pass_time(max(0.0, began + at - time.monotonic())):
                return
            if networks is None:
                self.move()
            else:
                self.publish(networks=self.fill(networks))

    def move(self):
        """Another address, at once."""
        with self.agents.lock:
            self.address = self.agents.new_address(self.vm)
            if self.process:
                self.agents.pool.guests.restart_sshd(
                    self.process, self.name, self.home, self.options.get("sshd", {}), self.address
                )
        if self.process:
            self.process.wait_for_sshd(self.wanted)
        self.publish(networks=self.networks())

    def networks(self):
        """What the tools say of addresses: by default, that of the first interface."""
        if "networks" in self.options:
            return self.fill(self.options["networks"])
        store = self.agents.pool.store
        with store.lock:
            if not store.exists("VM", self.vm):
                return {}
            devices = [store.get("VIF", vif, "device") for vif in store.get("VM", self.vm, "VIFs")]
        if not devices:
            return {}
        device = min(devices, key=int)
        return {f"{device}/ip": self.address, f"{device}/ipv4/0": self.address}

    def fill(self, pairs):
        """Put the guest's address and fingerprint where the options say."""
        keys = self.agents.pool.settings["keys"]
        host_key = self.options.get("sshd", {}).get("host_key", "template")
        filled = {}
        for key, text in pairs.items():
            if "{fingerprint}" in text:
                text = text.replace("{fingerprint}", keys.host_fingerprint(host_key, self.name))
            filled[key] = text.replace("{ip}", self.address)
        return filled

    def publish(self, **fields):
        """Write to the guest metrics of this boot."""
        store = self.agents.pool.store
        with store.lock:
            if self.wanted() and store.exists("VM", self.vm):
                metrics = store.get("VM", self.vm, "guest_metrics")
                if metrics != NULL and store.exists("VM_guest_metrics", metrics):
                    store.set("VM_guest_metrics", metrics, last_updated=now(), **fields)

    def freeze(self):
        """Stand still."""
        self.moving.clear()
        if self.process:
            self.process.freeze()

    def thaw(self):
        """Go on."""
        if self.process:
            self.process.signal(signal.SIGCONT)
        self.moving.set()


class Agents:
    """The guests of all VMs, and their options."""

    def __init__(self, pool):
        self.pool = pool
        self.lock = threading.RLock()
        self.options = {}  # by VM
        self.defaults = {}
        self.guests = {}  # by VM
        self.addresses = {}  # by VM
        self.free = collections.deque(map(pool.guests.address, range(1, ADDRESSES + 1)))

    def configure(self, vm, options):
        """Options of a VM's guest, from its next boot on."""
        self.options[vm] = {**self.options.get(vm, {}), **options}

    def inherit(self, source, target):
        """A clone's guest behaves like the source's."""
        self.options[target] = dict(self.options.get(source, {}))

    def options_of(self, vm):
        """All options of a VM's guest."""
        return {**self.defaults, **self.options.get(vm, {})}

    def lacks_tools(self, vm):
        """Whether a VM's guest has no tools."""
        return not self.options_of(vm).get("tools", True)

    def new_address(self, vm):
        """The address that was free for longest."""
        self.release_address(vm)
        if not self.free:
            raise RuntimeError(f"all {ADDRESSES} addresses are taken")
        self.addresses[vm] = self.free.popleft()
        return self.addresses[vm]

    def release_address(self, vm):
        """The address of a VM may be another's, later."""
        if vm in self.addresses:
            self.free.append(self.addresses.pop(vm))

    def boot(self, vm, frozen=False):
        """Start the guest of a VM."""
        options = self.options_of(vm)
        with self.lock:
            self.end(vm)
            address = self.addresses.get(vm)
            if address is None or options.get("new_address"):
                address = self.new_address(vm)
            guest = self.guests[vm] = Guest(self, vm, options, address, frozen)
        threading.Thread(target=guest.run, daemon=True).start()

    def freeze(self, vm):
        """Pause."""
        with self.lock:
            if vm in self.guests:
                self.guests[vm].freeze()

    def thaw(self, vm):
        """Go on; a guest whose memory was not kept boots."""
        with self.lock:
            if vm in self.guests:
                self.guests[vm].thaw()
            else:
                self.boot(vm)

    def end(self, vm):
        """Kill."""
        with self.lock:
            guest = self.guests.pop(vm, None)
            if guest:
                guest.ended.set()
                if guest.process:
                    self.pool.guests.end(guest.process)

    def end_all(self):
        """Kill all."""
        for vm in list(self.guests):
            self.end(vm)

    def forget(self, vm):
        """The VM is gone."""
        self.end(vm)
        self.options.pop(vm, None)
        with self.lock:
            self.release_address(vm)

    def shut_down(self, vm, task, limit):
        """Ask a guest to end: "" when it did, else why not."""
        manner = self.options_of(vm).get("shutdown")
        if manner == "refuse":
            return "refused"
        if manner == "never":
            task.sleep(limit)
            return "late"
        guest = self.guests.get(vm)
        if guest and guest.process:
            guest.process.signal(signal.SIGTERM)
            give_up = time.monotonic() + self.pool.delays.get("shutdown_grace", GRACE_SECONDS)
            while guest.process.pids() and time.monotonic() < give_up:
                task.sleep(0.005)
        self.end(vm)
        return ""
