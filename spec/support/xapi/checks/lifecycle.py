"""VMs from their making to their end."""

import time

from harness import Case, NULL


class LifeCycle(Case):
    """VMs: power states, copies, snapshots, the end."""

    def test_states(self):
        """Every operation in every state."""
        vm = self.new_vm("states")
        for op, expected in (("pause", "running"), ("unpause", "paused"), ("suspend", "running"),
                             ("hard_shutdown", "paused, suspended, running"),
                             ("clean_shutdown", "running"),
                             ("hard_reboot", "paused, running")):  # fmt: skip
            with self.fails("VM_BAD_POWER_STATE", vm, expected, "halted"):
                self.xapi("VM." + op, vm)
        with self.fails("VM_BAD_POWER_STATE", vm, "suspended", "halted"):
            self.xapi("VM.resume", vm, False, False)
        self.xapi("VM.start", vm, True, False)
        self.assertEqual(self.xapi("VM.get_power_state", vm), "Paused")
        self.xapi("VM.unpause", vm)
        for op, state in (("pause", "Paused"), ("unpause", "Running"), ("suspend", "Suspended")):
            self.xapi("VM." + op, vm)
            self.assertEqual(self.xapi("VM.get_power_state", vm), state)
        self.assertNotEqual(self.xapi("VM.get_suspend_VDI", vm), NULL)
        self.assertEqual(self.xapi("VM.get_resident_on", vm), NULL)
        self.xapi("VM.resume", vm, False, False)
        for op, state in (
            ("clean_reboot", "Running"),
            ("hard_reboot", "Running"),
            ("shutdown", "Halted"),
        ):
            self.xapi("VM." + op, vm)
            self.assertEqual(self.xapi("VM.get_power_state", vm), state)
        with self.fails("VM_BAD_POWER_STATE", vm, "paused, suspended, running", "halted"):
            self.xapi("VM.checkpoint", vm, "no")

    def test_order_of_checks(self):
        """Blocked first, then the state, then what goes on, then what the VM is."""
        vm = self.new_vm("order")
        self.xapi("VM.add_to_blocked_operations", vm, "start", "BECAUSE")
        self.xapi("VM.start_on", vm, self.xapi("host.get_all")[0], False, False)
        with self.fails("OPERATION_BLOCKED", vm, "BECAUSE"):
            self.xapi("VM.start", vm, False, False)
        self.xapi("VM.remove_from_blocked_operations", vm, "start")
        with self.fails("VM_BAD_POWER_STATE", vm, "halted", "running"):
            self.xapi("VM.start", vm, False, False)
        snapshot = self.xapi("VM.snapshot", vm, "snapshot")
        with self.fails("VM_IS_SNAPSHOT", snapshot, "start"):
            self.xapi("VM.start", snapshot, False, False)
        with self.fails("VM_IS_TEMPLATE", self.template(), "start"):
            self.xapi("VM.start", self.template(), False, False)
        with self.fails("PROVISION_ONLY_ALLOWED_ON_TEMPLATE"):
            self.xapi("VM.hard_shutdown", vm)
            self.xapi("VM.provision", vm)

    def test_other_operation(self):
        """Waited for, not refused; after the wait, refused."""
        vm = self.new_vm("busy")
        self.emulator.control("delays", **{"VM.start": 0.3})
        task = self.xapi("Async.VM.start", vm, False, False)
        self.wait(lambda: self.xapi("VM.get_current_operations", vm))
        self.assertNotIn("start", self.xapi("VM.get_allowed_operations", vm))
        self.emulator.control("delays", operation_wait=0)
        with self.fails("OTHER_OPERATION_IN_PROGRESS", "VM", vm, "start", task):
            self.xapi("VM.destroy", vm)
        self.emulator.control("delays", operation_wait=10, **{"VM.start": 0})
        with self.fails("VM_BAD_POWER_STATE", vm, "halted, suspended", "running"):
            self.xapi("VM.destroy", vm)
        self.xapi("VM.hard_shutdown", vm)

    def test_clone(self):
        """What a clone takes over, and what it does not."""
        template = self.template()
        self.xapi("VM.set_tags", template, ["tag"])
        self.xapi("VM.set_xenstore_data", template, {"vm-data/x": "y"})
        clone = self.xapi("VM.clone", template, "clone")
        old, new = (self.xapi("VM.get_record", vm) for vm in (template, clone))
        for field in (
            "tags",
            "xenstore_data",
            "name_description",
            "memory_static_max",
            "is_a_template",
        ):
            self.assertEqual(old[field], new[field])
        self.assertEqual(new["other_config"]["base_template_name"], old["name_label"])
        self.assertNotEqual(new["other_config"]["mac_seed"], old["other_config"]["mac_seed"])
        macs = [self.xapi("VIF.get_MAC", vm["VIFs"][0]) for vm in (old, new)]
        self.assertNotEqual(*macs)
        disks = [self.xapi("VBD.get_VDI", vm["VBDs"][0]) for vm in (old, new)]
        self.assertNotEqual(*disks)
        self.assertIn("owner", self.xapi("VBD.get_other_config", new["VBDs"][0]))
        self.assertNotEqual(old["guest_metrics"], new["guest_metrics"])
        networks = self.xapi("VM_guest_metrics.get_networks", new["guest_metrics"])
        self.assertEqual(networks, {"0/ip": "192.0.2.77"})
        self.xapi("VM.set_tags", template, [])
        self.xapi("VM.set_xenstore_data", template, {})

    def test_guest_metrics(self):
        """Gone when the VM starts, new when its domain appears, filled in later."""
        vm = self.new_vm("metrics")
        stale = self.xapi("VM.get_guest_metrics", vm)
        self.emulator.control("agent", vm=vm, delay=0.3)
        self.emulator.control("delays", **{"VM.start": 0.2})
        self.xapi("Async.VM.start", vm, False, False)
        self.wait(lambda: self.xapi("VM.get_guest_metrics", vm) == NULL)
        with self.fails("HANDLE_INVALID", "VM_guest_metrics", stale):
            self.xapi("VM_guest_metrics.get_networks", stale)
        self.emulator.control("delays", **{"VM.start": 0})
        self.wait(lambda: self.xapi("VM.get_power_state", vm) == "Running")
        fresh = self.xapi("VM_guest_metrics.get_record", self.xapi("VM.get_guest_metrics", vm))
        self.assertEqual((fresh["networks"], fresh["os_version"]), ({}, {}))
        # The toolstack's own keys, which are there without any guest tools.
        self.assertTrue(all(key.startswith("platform-feature-") for key in fresh["other"]))
        self.address(vm)
        self.xapi("VM.hard_shutdown", vm)

    def test_destroy(self):
        """The disks stay until they are destroyed too, which takes that nobody uses them."""
        vm = self.new_vm("destroy", started=True)
        vdi = self.xapi("VBD.get_VDI", self.xapi("VM.get_VBDs", vm)[0])
        with self.fails("VM_BAD_POWER_STATE", vm, "halted, suspended", "running"):
            self.xapi("VM.destroy", vm)
        with self.fails("VDI_IN_USE", vdi, "destroy"):
            self.xapi("VDI.destroy", vdi)
        self.xapi("VM.hard_shutdown", vm)
        vifs = self.xapi("VM.get_VIFs", vm)
        self.xapi("VM.destroy", vm)
        with self.fails("HANDLE_INVALID", "VIF", vifs[0]):
            self.xapi("VIF.get_MAC", vifs[0])
        self.assertEqual(self.xapi("VDI.get_VBDs", vdi), [])
        self.xapi("VDI.destroy", vdi)
        with self.fails("HANDLE_INVALID", "VDI", vdi):
            self.xapi("VDI.destroy", vdi)

    def test_default_template(self):
        """Disks that a template asks for need a repository."""
        vm = self.xapi("VM.clone", self.template(), "default")
        disks = (
            '<provision><disk device="1" size="1073741824" sr="%s" bootable="false"/></provision>'
        )
        self.xapi("VM.add_to_other_config", vm, "disks", disks % "")
        with self.fails("UUID_INVALID", "sr", ""):
            self.xapi("VM.provision", vm)
        self.xapi("VM.remove_from_other_config", vm, "disks")
        self.xapi("VM.add_to_other_config", vm, "disks", disks % self.facts["sr_uuid"])
        self.xapi("VM.provision", vm)
        self.assertEqual(len(self.xapi("VM.get_VBDs", vm)), 2)
        self.assertFalse(self.xapi("VM.get_is_a_template", vm))

    def test_snapshots(self):
        """A snapshot's parents; what reverting takes back, and what it does not."""
        vm = self.new_vm("first name")
        with self.fails("VM_REVERT_FAILED", vm, NULL):
            self.xapi("VM.revert", vm)
        one = self.xapi("VM.snapshot", vm, "one")
        self.xapi("VM.set_name_label", vm, "second name")
        self.xapi("VM.set_tags", vm, ["kept"])
        two = self.xapi("VM.snapshot", vm, "two")
        self.assertEqual(self.xapi("VM.get_parent", one), NULL)
        self.assertEqual(self.xapi("VM.get_parent", two), one)
        self.assertEqual(self.xapi("VM.get_parent", vm), two)
        self.xapi("VM.revert", one)
        record = self.xapi("VM.get_record", vm)
        self.assertEqual((record["name_label"], record["parent"]), ("first name", one))
        self.assertEqual(record["tags"], ["kept"])

    def test_where_to_start(self):
        """What keeps a VM from a host; a host that is none comes before the VM's state."""
        vm = self.new_vm("where")
        host = self.xapi("host.get_all")[0]
        self.xapi("VM.set_VCPUs_max", vm, 64)
        with self.fails("HOST_NOT_ENOUGH_PCPUS", "64", "16"):
            self.xapi("VM.assert_can_boot_here", vm, host)
        with self.fails("NO_HOSTS_AVAILABLE"):
            self.xapi("VM.start", vm, False, False)
        self.xapi("VM.set_VCPUs_max", vm, 1)
        self.emulator.control("set", cls="host", ref=host, capabilities=[])
        with self.fails("VM_HVM_REQUIRED", vm):
            self.xapi("VM.start_on", vm, host, False, False)
        self.emulator.control("set", cls="host", ref=host, capabilities=["hvm-3.0-x86_64"])
        self.xapi("VM.start_on", vm, host, False, False)
        with self.fails("HANDLE_INVALID", "host", NULL):
            self.xapi("VM.start_on", vm, NULL, False, False)
        self.xapi("VM.hard_shutdown", vm)

    def test_shutdown(self):
        """A guest that refuses, one that never does it, and the plug."""
        vm = self.new_vm("shutdown")
        self.emulator.control("agent", vm=vm, shutdown="refuse")
        self.xapi("VM.start", vm, False, False)
        with self.fails("VM_FAILED_SHUTDOWN_ACKNOWLEDGMENT", vm):
            self.xapi("VM.clean_shutdown", vm)
        self.emulator.control("agent", vm=vm, shutdown="never")
        self.emulator.control("delays", shutdown_timeout=0.2)
        with self.fails("VM_SHUTDOWN_TIMEOUT", vm, "0.2"):
            self.xapi("VM.clean_shutdown", vm)
        self.emulator.control("delays", shutdown_timeout=1200)
        task = self.xapi("Async.VM.clean_shutdown", vm)
        self.wait(lambda: self.xapi("VM.get_current_operations", vm))
        self.xapi("VM.hard_shutdown", vm)
        self.wait(lambda: self.xapi("task.get_status", task) == "cancelled")
        self.assertEqual(self.xapi("VM.get_power_state", vm), "Halted")

    def test_no_tools(self):
        """Without guest tools nothing is told, and nothing is asked for."""
        vm = self.new_vm("tools")
        self.emulator.control("agent", vm=vm, tools=False)
        self.xapi("VM.start", vm, False, False)
        with self.fails("VM_LACKS_FEATURE", vm):
            self.xapi("VM.clean_shutdown", vm)
        time.sleep(0.1)
        metrics = self.xapi("VM_guest_metrics.get_record", self.xapi("VM.get_guest_metrics", vm))
        self.assertEqual((metrics["networks"], metrics["os_version"]), ({}, {}))
        self.xapi("VM.hard_shutdown", vm)
