"""The data model: classes with fields, and messages with parameters, read from the tables.

Getters, setters and the other messages that every class has follow from its fields; methods.txt
lists the rest. What a message does is written elsewhere: here is only its shape.
"""

import os
from collections import namedtuple

from .values import MapOf, RecordOf, SetOf, parse_type

Field = namedtuple("Field", "name type kind required default")
Param = namedtuple("Param", "name type optional")

# event.from counts the objects of every class there is, of these as well.
OTHER_CLASSES = """
user tunnel subject sr_stat secret role probe_result pool_update pool_patch network_sriov
message host_patch host_crashdump host_cpu event data_source crashdump blob auth vusb vtpm
vm_group vm_appliance vmss vmpp vlan vif_metrics vgpu_type vgpu vbd_metrics usb_group sm
sdn_controller repository rate_limit pvs_site pvs_server pvs_proxy pvs_cache_storage pusb
pif_metrics pgpu pci observer lvhd host_driver gpu_group feature driver_variant diagnostics
dr_task cluster_host cluster certificate caller bond vdi_nbd_server_info
""".split()

# A field of a class, and the set of the other class that always mirrors it.
RELATIONS = {
    ("VIF", "VM"): "VIFs",
    ("VIF", "network"): "VIFs",
    ("VBD", "VM"): "VBDs",
    ("VBD", "VDI"): "VBDs",
    ("VDI", "SR"): "VDIs",
    ("VDI", "snapshot_of"): "snapshots",
    ("PBD", "SR"): "PBDs",
    ("PBD", "host"): "PBDs",
    ("PIF", "network"): "PIFs",
    ("PIF", "host"): "PIFs",
    ("console", "VM"): "consoles",
    ("VM", "resident_on"): "resident_VMs",
    ("VM", "snapshot_of"): "snapshots",
    ("VM", "parent"): "children",
    ("task", "subtask_of"): "subtasks",
}


class Message:
    """One method: its parameters after the session, whether it has an asynchronous form."""

    def __init__(self, cls, name, params, has_async=False, session=True):
        self.cls, self.name, self.params = cls, name, params
        self.has_async, self.session = has_async, session
        self.wire_name = f"{cls}.{name}"
        self.required = sum(not param.optional for param in params)
        # A message with optional parameters takes, and ignores, any number of further ones.
        self.open_ended = self.required < len(params)


class Class:
    """A class: its fields by name, and its messages by name."""

    def __init__(self, name):
        self.name = name
        self.fields = {}
        self.messages = {}
        # No method lists the sessions, and events are no objects.
        self.listed = name not in ("session", "event")

    def defaults(self):
        """A record that nobody has filled in."""
        return {
            field.name: field.type.default() if field.default is None else field.default
            for field in self.fields.values()
        }

    def constructor_fields(self):
        """The fields that a constructor takes."""
        return [field for field in self.fields.values() if field.kind != "rt"]


class Model:
    """All classes and messages."""

    def __init__(self, folder=None):
        folder = folder or os.path.dirname(os.path.abspath(__file__))
        self.enums = read_enums(os.path.join(folder, "enums.txt"))
        self.classes = {}
        self._read_fields(os.path.join(folder, "fields.txt"))
        self._derive()
        self._read_methods(os.path.join(folder, "methods.txt"))
        self.messages = {
            message.wire_name: message
            for cls in self.classes.values()
            for message in cls.messages.values()
        }
        self.by_lower = {name.lower(): name for name in self.classes}

    def _class(self, name):
        return self.classes.setdefault(name, Class(name))

    def _read_fields(self, path):
        for section, line in read_sections(path):
            kind, type_name, *names = line.split()
            type_ = parse_type(type_name, self.enums)
            for text in names:
                name, has_default, default = text.partition("=")
                value = type_.parse(default) if default else None
                self._class(section).fields[name] = Field(name, type_, kind, not has_default, value)

    def _read_methods(self, path):
        for section, line in read_sections(path):
            head, *words = line.split()
            name = head.rstrip("*!")
            params = [self._param(word) for word in words[: words.index("->")]]
            self._class(section).messages[name] = Message(
                section, name, params, "*" in head, "!" not in head
            )

    def _param(self, word):
        name, type_name = word.split(":", 1)
        return Param(name, parse_type(type_name.rstrip("?"), self.enums), word.endswith("?"))

    def _derive(self):
        for cls in self.classes.values():
            self._derive_objects(cls)
            for field in cls.fields.values():
                self._derive_field(cls, field)

    def _derive_objects(self, cls):
        this = Param("self", parse_type("@" + cls.name, {}), False)

        def add(name, *params):
            cls.messages[name] = Message(cls.name, name, list(params))

        def text(name):
            return Param(name, parse_type("string", {}), False)

        add("get_record", this)
        add("get_by_uuid", text("uuid"))
        if cls.listed:
            add("get_all")
            add("get_all_records")
            add("get_all_where", text("expr"))
            add("get_all_records_where", text("expr"))
        if "name_label" in cls.fields and cls.name != "pool":
            add("get_by_name_label", text("label"))

    def _derive_field(self, cls, field):
        this = Param("self", parse_type("@" + cls.name, {}), False)

        def add(name, *params):
            shape = [this, *(Param(name, type_, False) for name, type_ in params)]
            cls.messages[name] = Message(cls.name, name, shape)

        add("get_" + field.name)
        if field.kind != "rw":
            return
        add("set_" + field.name, ("value", field.type))
        if isinstance(field.type, MapOf):
            add("add_to_" + field.name, ("key", field.type.key), ("value", field.type.item))
            add("remove_from_" + field.name, ("key", field.type.key))
        elif isinstance(field.type, SetOf):
            add("add_" + field.name, ("value", field.type.item))
            add("remove_" + field.name, ("value", field.type.item))

    def is_constructor(self, message):
        """Whether the one argument is a struct of fields."""
        return any(isinstance(param.type, RecordOf) for param in message.params)


def lines_of(path):
    """The lines of a table, without comments and empty ones."""
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                yield line.rstrip("\n")


def read_sections(path):
    """The lines of a table, each with the section that it stands in."""
    section = None
    for line in lines_of(path):
        if line.startswith("["):
            section = line.strip("[]")
        else:
            yield section, line


def read_enums(path):
    """Enumerations by name."""
    enums, name = {}, None
    for line in lines_of(path):
        if not line.startswith(" "):
            name, _, line = line.partition(":")
            enums[name] = []
        enums[name] += line.split()
    return enums
