"""Storage repositories, virtual disks, and the folders that stand for what is on them.

The home folder of a guest is what its first disk holds: cloning, snapshots and reverting copy it,
VDI.destroy removes it.
"""

import contextlib
import os
import shutil

from .errors import XapiError
from .registry import method
from .tasks import now
from .values import NULL

MIB = 1 << 20
# Seconds that a copy waits for another, the first time and at most.
COPY_PAUSE, LONGEST_PAUSE = 0.1, 4.0
# The file for the bytes that were written to a disk from outside.
CONTENTS = ".contents"
# The last number that a disk may have.
LAST_DEVICE = 254
IDLE = ["copy", "clone", "forget", "update", "resize", "snapshot", "destroy"]


class Disks:
    """The folders, each named by the uuid of its disk."""

    def __init__(self, pool):
        self.pool = pool
        self.folder = os.path.join(pool.settings["state"], "disks")
        os.makedirs(self.folder, mode=0o700, exist_ok=True)

    def path(self, vdi):
        """The folder of a disk, made when it is not there."""
        path = os.path.join(self.folder, self.pool.store.get("VDI", vdi, "uuid"))
        os.makedirs(path, mode=0o700, exist_ok=True)
        return path

    def home(self, vm):
        """The home folder of a VM's guest; one of its own when the VM has no disk."""
        for vbd in disk_vbds(self.pool.store, vm):
            return self.path(self.pool.store.get("VBD", vbd, "VDI"))
        path = os.path.join(self.folder, "vm-" + self.pool.store.get("VM", vm, "uuid"))
        os.makedirs(path, mode=0o700, exist_ok=True)
        return path

    def copy(self, source, target):
        """What is on one disk, to another."""
        old = self.path(source)
        new = os.path.join(self.folder, self.pool.store.get("VDI", target, "uuid"))
        shutil.copytree(
            old,
            new,
            symlinks=True,
            ignore_dangling_symlinks=True,
            copy_function=copy_file,
            dirs_exist_ok=True,
        )

    def write(self, vdi, data, task=None):
        """The first bytes of a disk; a client's own task tells what came of it."""
        path = os.path.join(self.path(vdi), CONTENTS)
        with open(path, "wb") as file:
            file.write(data)
        if task:
            store = self.pool.store
            result = {"status": "success", "result": "<value></value>"}
            if len(data) > store.get("VDI", vdi, "virtual_size"):
                result = {"status": "failure", "error_info": ["VDI_TOO_SMALL", vdi]}
            store.set("task", task, progress=1.0, finished=now(), **result)

    def contents(self, vm):
        """What was written to a VM's disks."""
        for vbd in disk_vbds(self.pool.store, vm):
            path = os.path.join(self.path(self.pool.store.get("VBD", vbd, "VDI")), CONTENTS)
            if os.path.exists(path):
                with open(path, "rb") as file:
                    yield file.read()

    def remove(self, uuid):
        """What was on a disk."""
        shutil.rmtree(os.path.join(self.folder, uuid), ignore_errors=True)

    def remove_all(self):
        """Everything."""
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder, mode=0o700, exist_ok=True)


@contextlib.contextmanager
def copying(context, repositories):
    """One copy at a time into a repository; who waits looks again after pauses that grow."""
    pool, pause, waits = context.pool, context.pool.delays.get("copy_pause", COPY_PAUSE), 0
    while True:
        with pool.store.lock:
            if pool.copying.isdisjoint(repositories):
                pool.copying |= repositories
                break
        waits += 1
        context.task.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)
    part = context.task.begin_part("Async.VDI." + context.message.name)
    try:
        yield
        pool.copies.append(waits)
    finally:
        with pool.store.lock:
            pool.copying -= repositories
            pool.forget_task(part)


def copy_file(source, target):
    """Copy a file; one that a running guest has just removed, or a socket, is left out."""
    try:
        return shutil.copy2(source, target)
    except (FileNotFoundError, shutil.SpecialFileError, OSError):
        return target


def disk_vbds(store, vm):
    """The attachments of a VM's disks, by device."""
    vbds = [
        vbd
        for vbd in store.get("VM", vm, "VBDs")
        if store.get("VBD", vbd, "type") == "Disk"
        and store.exists("VDI", store.get("VBD", vbd, "VDI"))
    ]
    return sorted(vbds, key=lambda vbd: store.get("VBD", vbd, "userdevice"))


def repositories(store, vm):
    """Where a VM's disks are."""
    return {store.get("VDI", store.get("VBD", vbd, "VDI"), "SR") for vbd in disk_vbds(store, vm)}


def add_sr(pool, name, size, type_="ext", shared=False):
    """A repository, plugged into every host."""
    sr = pool.store.create(
        "SR",
        name_label=name,
        physical_size=size,
        type=type_,
        content_type="user",
        shared=shared,
        allowed_operations=["vdi_create", "vdi_clone", "vdi_destroy", "vdi_snapshot", "scan"],
    )
    for host in pool.hosts:
        pool.store.create("PBD", host=host, SR=sr, currently_attached=True)
    return sr


def add_vdi(pool, sr, name, size, **fields):
    """A disk, or SR_FULL."""
    record = pool.store.record("SR", sr)
    free = record["physical_size"] - record["physical_utilisation"]
    if size > free:
        raise XapiError("SR_FULL", size, free)
    vdi = pool.store.create(
        "VDI",
        **{
            "SR": sr,
            "name_label": name,
            "virtual_size": size,
            "physical_utilisation": MIB,
            "type": "user",
            "managed": True,
            "allowed_operations": IDLE,
            **fields,
        },
    )
    pool.store.set("VDI", vdi, location=pool.store.get("VDI", vdi, "uuid"))
    account(pool.store, sr, size)
    return vdi


def account(store, sr, size):
    """A repository holds so much more, or less."""
    used = store.get("SR", sr, "physical_utilisation") + size
    store.set("SR", sr, physical_utilisation=used, virtual_allocation=used)


def device_name(number):
    """What the guest calls a disk: xvda to xvdz, then xvdaa."""
    number, letters = int(number) + 1, ""
    while number > 0:
        number, letter = divmod(number - 1, 26)
        letters = chr(ord("a") + letter) + letters
    return "xvd" + letters


def attach(pool, vm, vdi, device, bootable=False, owner=False, **fields):
    """A VBD."""
    running = pool.store.get("VM", vm, "power_state") in ("Running", "Paused")
    letter = device_name(device) if device.isdigit() else device
    return pool.store.create(
        "VBD",
        **{
            "VM": vm,
            "VDI": vdi,
            "userdevice": device,
            "device": letter if running else "",
            "bootable": bootable,
            "mode": "RW",
            "type": "Disk",
            "currently_attached": running and vdi != NULL,
            "empty": vdi == NULL,
            "other_config": {"owner": ""} if owner else {},
            "allowed_operations": ["attach"],
            **fields,
        },
    )


def duplicate(pool, vdi, name=None, sr=None, snapshot=False):
    """A copy of a disk: a clone, a full copy or a snapshot, all the same here."""
    old = pool.store.record("VDI", vdi)
    extra = {"is_a_snapshot": True, "snapshot_of": vdi, "snapshot_time": now()} if snapshot else {}
    new = add_vdi(
        pool,
        sr or old["SR"],
        old["name_label"] if name is None else name,
        old["virtual_size"],
        name_description=old["name_description"],
        type=old["type"],
        sharable=old["sharable"],
        read_only=old["read_only"],
        other_config=old["other_config"],
        xenstore_data=old["xenstore_data"],
        sm_config=old["sm_config"],
        tags=old["tags"],
        **extra,
    )
    pool.disks.copy(vdi, new)
    return new


def drop(pool, vdi):
    """Remove a disk, its attachments and what is on it."""
    store = pool.store
    record = store.record("VDI", vdi)
    for vbd in record["VBDs"]:
        store.delete("VBD", vbd)
    uuid, sr, size = record["uuid"], record["SR"], record["virtual_size"]
    store.delete("VDI", vdi)
    account(store, sr, -size)
    pool.disks.remove(uuid)


@method("VDI.create")
def create_vdi(context, fields):
    """A disk on a repository that must be there."""
    context.store.find("SR", fields["SR"])
    sr, name, size = fields.pop("SR"), fields.pop("name_label", ""), fields.pop("virtual_size")
    return add_vdi(context.pool, sr, name, size, **fields)


@method("VDI.destroy")
def destroy_vdi(context, vdi):
    """Only one that no running VM uses."""
    for vbd in context.store.get("VDI", vdi, "VBDs"):
        if context.store.get("VBD", vbd, "currently_attached"):
            raise XapiError("VDI_IN_USE", vdi, "destroy")
    drop(context.pool, vdi)
    return ""


@method("VDI.clone", "VDI.snapshot")
def clone_vdi(context, vdi, _params=None):
    """A copy on the same repository."""
    return duplicate(context.pool, vdi, snapshot=context.message.name == "snapshot")


@method("VDI.copy")
def copy_vdi(context, vdi, sr=NULL, _base=NULL, into=NULL):
    """A full copy on any repository, or onto a disk that is there."""
    if into != NULL:
        context.pool.disks.copy(vdi, into)
        return into
    if sr != NULL:
        context.store.find("SR", sr)
    return duplicate(context.pool, vdi, sr=None if sr == NULL else sr)


@method("VDI.resize", "VDI.resize_online")
def resize(context, vdi, size):
    """Larger only."""
    record = context.store.record("VDI", vdi)
    if size < record["virtual_size"]:
        raise XapiError("VDI_TOO_SMALL", vdi, record["virtual_size"])
    account(context.store, record["SR"], size - record["virtual_size"])
    context.store.set("VDI", vdi, virtual_size=size)
    return ""


@method("VDI.forget", "VDI.db_forget")
def forget(context, vdi):
    """Out of the database; its data stay where they are."""
    for vbd in context.store.get("VDI", vdi, "VBDs"):
        context.store.delete("VBD", vbd)
    context.store.delete("VDI", vdi)
    return ""


@method("VBD.create")
def create_vbd(context, fields):
    """Attach a disk, or an empty drive, to a VM."""
    store = context.store
    vm, vdi, device = fields.pop("VM"), fields.pop("VDI"), fields.pop("userdevice")
    store.find("VM", vm)
    if not fields["empty"]:
        store.find("VDI", vdi)
    allowed = allowed_vbd_devices(context, vm)
    if device == "autodetect":
        device = allowed[0]
    if device not in allowed:
        taken = [store.get("VBD", vbd, "userdevice") for vbd in store.get("VM", vm, "VBDs")]
        raise XapiError("DEVICE_ALREADY_EXISTS" if device in taken else "INVALID_DEVICE", device)
    fields.pop("currently_attached", None)
    fields.pop("device", None)
    return attach(context.pool, vm, vdi, device, currently_attached=False, **fields)


@method("VM.get_allowed_VBD_devices")
def allowed_vbd_devices(context, vm):
    """The device numbers that are free."""
    taken = {
        context.store.get("VBD", vbd, "userdevice") for vbd in context.store.get("VM", vm, "VBDs")
    }
    return [str(number) for number in range(LAST_DEVICE + 1) if str(number) not in taken]


@method("VBD.destroy")
def destroy_vbd(context, vbd):
    """Only one that is not plugged in."""
    if context.store.get("VBD", vbd, "currently_attached"):
        raise XapiError("OPERATION_NOT_ALLOWED", "VBD still attached to a running VM")
    context.store.delete("VBD", vbd)
    return ""


@method("VBD.plug", "VBD.unplug", "VBD.unplug_force", "VBD.unplug_force_no_safety_check")
def plug_vbd(context, vbd):
    """Attach to a running VM, or detach."""
    record = context.store.record("VBD", vbd)
    on = context.message.name == "plug"
    state = context.store.get("VM", record["VM"], "power_state")
    if state != "Running":
        raise XapiError("VM_BAD_POWER_STATE", record["VM"], "running", state.lower())
    if record["currently_attached"] == on:
        raise XapiError("DEVICE_ALREADY_ATTACHED" if on else "DEVICE_ALREADY_DETACHED", vbd)
    context.store.set("VBD", vbd, currently_attached=on)
    return ""


@method("VBD.insert")
def insert(context, vbd, vdi):
    """A medium into an empty drive."""
    record = context.store.record("VBD", vbd)
    if record["type"] != "CD":
        raise XapiError("VBD_NOT_REMOVABLE_MEDIA", vbd)
    if not record["empty"]:
        raise XapiError("VBD_NOT_EMPTY", vbd)
    context.store.find("VDI", vdi)
    context.store.set("VBD", vbd, VDI=vdi, empty=False)
    return ""


@method("VBD.eject")
def eject(context, vbd):
    """The medium out of a drive."""
    record = context.store.record("VBD", vbd)
    if record["type"] != "CD":
        raise XapiError("VBD_NOT_REMOVABLE_MEDIA", vbd)
    if record["empty"]:
        raise XapiError("VBD_IS_EMPTY", vbd)
    context.store.set("VBD", vbd, VDI=NULL, empty=True)
    return ""


@method("SR.scan", "SR.update", "PBD.plug")
def scan(_context, _ref):
    """There is nothing that XAPI does not know."""
    return ""


@method("SR.get_supported_types")
def supported_types(_context):
    """The drivers that XCP-ng brings."""
    return ["ext", "lvm", "nfs", "iso", "smb", "dummy", "udev"]
