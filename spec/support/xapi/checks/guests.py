"""What runs in VMs."""

import os
import subprocess

from harness import Case


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
        with open(
            os.path.join(self.facts["template_home"], "installed"), "w", encoding="ascii"
        ) as file:
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
            self.assertLessEqual(self.states(vm), {"T", "D"})
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
            timeline=[[0.1, {"0/ip": "{ip}", "1/ipv6/0": "fe80::1"}]],
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
