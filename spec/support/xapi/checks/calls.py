"""Parameters, objects, and what all classes have."""


from harness import Case, NULL

VCPUS = "VCPU values must satisfy: 0 < VCPUs_at_startup ≤ VCPUs_max"


class Calls(Case):
    """Parameters, objects and the messages that all classes have."""

    def test_parameters(self):
        """Their number and their types."""
        template = self.template()
        with self.fails("MESSAGE_PARAMETER_COUNT_MISMATCH", "VM.get_all", "0", "2"):
            self.xapi("VM.get_all", 1, 2)
        with self.fails("MESSAGE_PARAMETER_COUNT_MISMATCH", "VM.get_all", "0", "-1"):
            self.xapi.raw("VM.get_all")
        for value, shown in ((1, "I(1)"), ("true", "S(true)"), (None, "N")):
            with self.fails("INTERNAL_ERROR", f"Failure(\"Expected bool, got '{shown}'\")"):
                self.xapi("VM.start", template, value, False)
        with self.fails("INTERNAL_ERROR", "Failure(\"Expected string, got 'I(5)'\")"):
            self.xapi("VM.set_name_label", template, 5)
        self.xapi("VM.set_user_version", template, "12")
        self.assertEqual(self.xapi("VM.get_user_version", template), 12)
        with self.fails("INTERNAL_ERROR", None):
            self.xapi("VM.set_user_version", template, "twelve")
        with self.fails("INTERNAL_ERROR", None):
            self.xapi("VM.set_user_version", template, 1.5)

    def test_objects(self):
        """What is not there."""
        with self.fails("HANDLE_INVALID", "VM", NULL):
            self.xapi("VM.get_record", NULL)
        with self.fails("UUID_INVALID", "VM", "no"):
            self.xapi("VM.get_by_uuid", "no")
        self.assertEqual(self.xapi("VM.get_by_name_label", "no"), [])
        with self.fails("MESSAGE_METHOD_UNKNOWN", "VM.nosuch"):
            self.xapi("Async.VM.nosuch")
        with self.fails("SESSION_INVALID", "OpaqueRef:x"):
            self.xapi.raw("VM.get_all", "OpaqueRef:x")

    def test_collections(self):
        """Maps and sets."""
        vm = self.xapi("VM.clone", self.template(), "collections")
        self.xapi("VM.add_to_xenstore_data", vm, "vm-data/a", "b")
        with self.fails("MAP_DUPLICATE_KEY", "VM", "xenstore_data", vm, "vm-data/a"):
            self.xapi("VM.add_to_xenstore_data", vm, "vm-data/a", "c")
        self.xapi("VM.remove_from_xenstore_data", vm, "not there")
        self.xapi("VM.remove_from_xenstore_data", vm, "vm-data/a")
        self.assertEqual(self.xapi("VM.get_xenstore_data", vm), {})
        self.xapi("VM.add_tags", vm, "t")
        self.xapi("VM.add_tags", vm, "t")
        self.assertEqual(self.xapi("VM.get_tags", vm), ["t"])
        self.xapi("VM.remove_tags", vm, "t")
        self.assertEqual(self.xapi("VM.get_tags", vm), [])

    def test_queries(self):
        """get_all_records_where."""
        vm = self.xapi("VM.clone", self.template(), "a query")
        for query in (
            'field "name__label" = "a query"',
            "field 'name_label'='a query' and true",
            'not (field "uuid"="x" or false) and field "name__label"="a query"',
        ):
            self.assertEqual(list(self.xapi("VM.get_all_records_where", query)), [vm])
        everything = self.xapi("VM.get_all_records")
        self.assertEqual(self.xapi("VM.get_all_records_where", "true"), everything)
        self.assertEqual(self.xapi("VM.get_all_where", "false"), [])
        with self.fails("INTERNAL_ERROR", None):
            self.xapi("VM.get_all_records_where", "field =")

    def test_names(self):
        """What no XML can carry is no name; tabs and the like are."""
        vm = self.new_vm("names")
        for set_name in ("VM.set_name_label", "VM.set_name_description"):
            with self.fails("INTERNAL_ERROR", "Db_exn.Invalid_value"):
                self.xapi(set_name, vm, "a\x01b")
            self.xapi(set_name, vm, "a\t\u03b2\U0001f9ecb")
        for method in ("VM.clone", "VM.snapshot"):
            with self.fails("INTERNAL_ERROR", "Db_exn.Invalid_value"):
                self.xapi(method, vm, "a\x7f\x1bb")
        with self.fails("INVALID_VALUE", "ha_restart_priority", "1"):
            self.xapi("VM.set_ha_restart_priority", vm, "1")
        self.xapi("VM.set_ha_restart_priority", vm, "best-effort")

    def test_vif(self):
        """Its fields are required; devices and MACs are checked."""
        vm = self.new_vm("vif")
        network = self.xapi("network.get_by_uuid", self.facts["network_uuid"])
        record = {
            "device": "1", "network": network, "VM": vm, "MAC": "", "MTU": "1500",
            "other_config": {}, "qos_algorithm_type": "", "qos_algorithm_params": {},
        }  # fmt: skip
        for field in record:
            less = {name: value for name, value in record.items() if name != field}
            missing = f'Server_helpers.Dispatcher_FieldNotFound("{field}")'
            with self.fails("INTERNAL_ERROR", missing):
                self.xapi("VIF.create", less)
        self.assertEqual(self.xapi("VM.get_allowed_VIF_devices", vm)[0], "1")
        vif = self.xapi("VIF.create", record)
        self.assertIn(vif, self.xapi("VM.get_VIFs", vm))
        self.assertIn(vif, self.xapi("network.get_VIFs", network))
        self.assertTrue(self.xapi("VIF.get_MAC_autogenerated", vif))
        with self.fails("DEVICE_ALREADY_EXISTS", "1"):
            self.xapi("VIF.create", record)
        with self.fails("INVALID_DEVICE", "x"):
            self.xapi("VIF.create", {**record, "device": "x"})
        with self.fails("MAC_INVALID", "zz"):
            self.xapi("VIF.create", {**record, "device": "2", "MAC": "zz"})
        with self.fails("HANDLE_INVALID", "network", NULL):
            self.xapi("VIF.create", {**record, "network": NULL})
        self.xapi("VIF.destroy", vif)
        self.assertNotIn(vif, self.xapi("VM.get_VIFs", vm))

    def test_sizes(self):
        """Memory keeps its order; processors may be raised first, and lowered last."""
        vm = self.new_vm("sizes")
        with self.fails("MEMORY_CONSTRAINT_VIOLATION_ORDER"):
            self.xapi("VM.set_memory_limits", vm, 1 << 30, 1 << 20, 1 << 30, 1 << 30)
        self.xapi("VM.set_memory_limits", vm, "1048576", 1 << 30, 1 << 28, 1 << 29)
        self.assertEqual(self.xapi("VM.get_memory_dynamic_max", vm), 1 << 29)
        self.xapi("VM.set_memory", vm, 1 << 31)
        self.assertEqual(self.xapi("VM.get_memory_static_max", vm), 1 << 31)
        with self.fails("INVALID_VALUE", VCPUS, "2"):
            self.xapi("VM.set_VCPUs_at_startup", vm, 2)
        self.xapi("VM.set_VCPUs_max", vm, 2)
        self.xapi("VM.set_VCPUs_at_startup", vm, 2)
        with self.fails("INVALID_VALUE", VCPUS, "1"):
            self.xapi("VM.set_VCPUs_max", vm, 1)
        self.xapi("VM.start", vm, False, False)
        with self.fails("VM_BAD_POWER_STATE", vm, "halted", "running"):
            self.xapi("VM.set_memory", vm, 1 << 30)
        self.xapi("VM.hard_shutdown", vm)

    def test_capacity(self):
        """A host has so much memory, a repository so much room."""
        vm = self.new_vm("capacity")
        self.xapi("VM.set_memory", vm, 1 << 40)
        with self.fails("NO_HOSTS_AVAILABLE"):
            self.xapi("VM.start", vm, False, False)
        with self.fails("HOST_NOT_ENOUGH_FREE_MEMORY", None, None):
            self.xapi("VM.start_on", vm, self.xapi("host.get_all")[0], False, False)
        small = self.emulator.control("add_sr", name="small", size=1 << 20)["ref"]
        with self.fails("SR_FULL", None, None):
            self.xapi("VM.copy", self.template(), "copy", small)
        self.assertEqual(self.xapi("VM.get_by_name_label", "copy"), [])
