"""VMs as objects: made, cloned, provisioned, put away in snapshots, destroyed."""

import re
import uuid

from . import devices, disks, life, sizing  # noqa: F401 (they register methods)
from .errors import XapiError
from .power import allowed_operations, find_error, operation, refresh
from .registry import method
from .tasks import now
from .values import NULL, check_text

# What a copy of a VM does not take over.
NOT_COPIED = """
uuid allowed_operations current_operations power_state resident_on domid domarch VIFs VBDs VUSBs
VTPMs VGPUs consoles crash_dumps metrics guest_metrics snapshots snapshot_of snapshot_time
snapshot_info snapshot_metadata is_a_snapshot parent children suspend_VDI blocked_operations
blobs is_default_template scheduled_to_be_resident_on attached_PCIs requires_reboot groups
last_booted_record last_boot_CPU_flags transportable_snapshot_id
""".split()

# What VM.revert brings back, besides the disks.
REVERTED = """name_description memory_static_max memory_dynamic_max memory_dynamic_min
memory_static_min VCPUs_params VCPUs_max VCPUs_at_startup platform other_config xenstore_data
HVM_boot_policy HVM_boot_params""".split()


def new_vm(pool, **fields):
    """A VM with its metrics, without checks."""
    metrics = pool.store.create("VM_metrics", VCPUs_number=0, hvm=True, last_updated=now())
    ref = pool.store.create(
        "VM",
        **{
            "domid": -1,
            "metrics": metrics,
            "VCPUs_max": 1,
            "VCPUs_at_startup": 1,
            "user_version": 1,
            "actions_after_shutdown": "destroy",
            "actions_after_reboot": "restart",
            "actions_after_crash": "destroy",
            "domain_type": "hvm",
            "memory_overhead": 6 << 20,
            "generation_id": "",
            "has_vendor_device": False,
            **fields,
        },
    )
    refresh(pool, ref)
    return ref


def dom0(pool, host, name):
    """The control domain of a host."""
    memory = 1 << 30
    ref = pool.store.create(
        "VM",
        name_label=f"Control domain on host: {name}",
        name_description="The domain which manages physical devices and manages other domains",
        power_state="Running",
        is_control_domain=True,
        resident_on=host,
        affinity=host,
        domid=0,
        domarch="x64",
        domain_type="pv",
        metrics=pool.store.create("VM_metrics", last_updated=now()),
        memory_target=memory,
        memory_static_max=memory,
        memory_dynamic_max=memory,
        memory_dynamic_min=memory,
        memory_static_min=memory,
        VCPUs_max=2,
        VCPUs_at_startup=2,
    )
    allowed = allowed_operations(ref, pool.store.record("VM", ref))
    pool.store.set("VM", ref, allowed_operations=allowed)
    return ref


def copy_record(pool, source, **fields):
    """A VM like another, without its devices."""
    record = pool.store.record("VM", source)
    kept = {name: value for name, value in record.items() if name not in NOT_COPIED}
    other_config = {**kept["other_config"], "mac_seed": str(uuid.uuid4())}
    if record["is_a_template"]:
        other_config.setdefault("base_template_name", record["name_label"])
    return new_vm(pool, **{**kept, "other_config": other_config, **fields})


def copy_guest_metrics(pool, source, target):
    """The old addresses come along, though they are the source's."""
    metrics = pool.store.get("VM", source, "guest_metrics")
    if metrics == NULL or not pool.store.exists("VM_guest_metrics", metrics):
        return
    record = dict(pool.store.record("VM_guest_metrics", metrics))
    record.pop("uuid")
    pool.store.set("VM", target, guest_metrics=pool.store.create("VM_guest_metrics", **record))


def copy_disks(pool, source, target, sr=None, snapshot=False):
    """Every disk is copied and belongs to the copy; a CD stays the same one."""
    for vbd in pool.store.get("VM", source, "VBDs"):
        record = pool.store.record("VBD", vbd)
        vdi, owner = record["VDI"], False
        if record["type"] == "Disk" and pool.store.exists("VDI", vdi):
            vdi, owner = disks.duplicate(pool, vdi, sr=sr, snapshot=snapshot), True
        disks.attach(
            pool,
            target,
            vdi,
            record["userdevice"],
            record["bootable"],
            mode=record["mode"],
            type=record["type"],
            currently_attached=False,
            other_config={**record["other_config"], **({"owner": ""} if owner else {})},
        )


def copy_vifs(pool, source, target, keep_mac=False):
    """Every interface is copied, with a MAC of its own."""
    for vif in pool.store.get("VM", source, "VIFs"):
        record = pool.store.record("VIF", vif)
        devices.add_vif(
            pool,
            target,
            record["network"],
            record["device"],
            record["MAC"] if keep_mac else "",
            MTU=record["MTU"],
            other_config=record["other_config"],
            qos_algorithm_type=record["qos_algorithm_type"],
            qos_algorithm_params=record["qos_algorithm_params"],
            currently_attached=False,
        )


def remove(pool, vm):
    """A VM with its devices; its disks stay behind."""
    store = pool.store
    record = store.record("VM", vm)
    for cls, field in (("VBD", "VBDs"), ("VIF", "VIFs"), ("console", "consoles")):
        for ref in record[field]:
            store.delete(cls, ref)
    for cls, field in (("VM_metrics", "metrics"), ("VM_guest_metrics", "guest_metrics")):
        if store.exists(cls, record[field]):
            store.delete(cls, record[field])
    pool.agents.forget(vm)
    pool.disks.remove("vm-" + record["uuid"])
    store.delete("VM", vm)


@method("VM.create")
def create(context, fields):
    """A VM without devices."""
    other_config = {"mac_seed": str(uuid.uuid4()), **fields.pop("other_config", {})}
    fields["power_state"] = "Halted"
    return new_vm(context.pool, other_config=other_config, **fields)


@method("VM.clone", paced=True)
def clone(context, vm, name):
    """A copy whose disks share what has not changed."""
    return copy(context, vm, name, None)


@method("VM.copy", paced=True)
def copy(context, vm, name, sr):
    """A copy with disks of its own, on this repository or that of the source."""
    pool, store = context.pool, context.store
    check_text(name)
    with operation(context, vm, context.message.name):
        with store.lock:
            if sr not in (None, NULL):
                store.find("SR", sr)
            check_space(context, vm, sr)
            into = {sr} if sr not in (None, NULL) else disks.repositories(store, vm)
        # Once its disks are being cloned nothing stops a clone.
        context.task.cancellable = context.message.name != "clone"
        with disks.copying(context, into):
            context.work()
        with store.lock:
            new = copy_record(pool, vm, name_label=name)
            pool.agents.inherit(vm, new)
            copy_disks(pool, vm, new, None if sr in (None, NULL) else sr)
            copy_vifs(pool, vm, new)
            copy_guest_metrics(pool, vm, new)
            refresh(pool, new)
        return new


def check_space(context, vm, sr):
    """SR_FULL before anything is copied."""
    store = context.store
    for vbd in disks.disk_vbds(store, vm):
        vdi = store.record("VDI", store.get("VBD", vbd, "VDI"))
        record = store.record("SR", vdi["SR"] if sr in (None, NULL) else sr)
        free = record["physical_size"] - record["physical_utilisation"]
        if vdi["virtual_size"] > free:
            raise XapiError("SR_FULL", vdi["virtual_size"], free)


@method("VM.provision", paced=True)
def provision(context, vm):
    """Make the disks that the template asks for; it is a template no longer."""
    pool, store = context.pool, context.store
    with operation(context, vm, "provision"):
        context.work()
        with store.lock:
            other_config = dict(store.get("VM", vm, "other_config"))
            for attributes in re.findall(r"<disk\b([^>]*)>", other_config.pop("disks", "")):
                provision_disk(pool, vm, dict(re.findall(r'(\w+)="([^"]*)"', attributes)))
            store.set("VM", vm, is_a_template=False, other_config=other_config)
    return ""


def provision_disk(pool, vm, wanted):
    """One disk of a template's list."""
    for entry in pool.store.all("SR"):
        if entry.record["uuid"] == wanted.get("sr", ""):
            vdi = disks.add_vdi(pool, entry.ref, "", int(wanted["size"]))
            bootable = wanted.get("bootable") == "true"
            disks.attach(pool, vm, vdi, wanted["device"], bootable=bootable, owner=True)
            return
    raise XapiError("UUID_INVALID", "sr", wanted.get("sr", ""))


@method("VM.destroy", paced=True)
def destroy(context, vm):
    """The VM and its devices. Its disks stay: whoever wants them gone has to collect them first."""
    with operation(context, vm, "destroy"):
        context.work()
        with context.store.lock:
            context.pool.agents.end(vm)
            remove(context.pool, vm)
    return ""


@method("VM.snapshot", "VM.snapshot_with_quiesce", paced=True)
def snapshot(context, vm, name, _ignored=()):
    """The disks as they are."""
    check_text(name)
    with operation(context, vm, "snapshot"):
        context.work()
        with context.store.lock:
            return take_snapshot(context.pool, vm, name)


@method("VM.checkpoint", paced=True)
def checkpoint(context, vm, name):
    """The disks and the memory as they are."""
    pool, store = context.pool, context.store
    with operation(context, vm, "checkpoint"):
        pool.agents.freeze(vm)
        try:
            context.work()
            with store.lock:
                new = take_snapshot(pool, vm, name)
                suspend = disks.add_vdi(pool, pool.sr, "Suspend image", 1 << 20, type="suspend")
                store.set("VM", new, power_state="Suspended", suspend_VDI=suspend)
                refresh(pool, new)
                return new
        finally:
            if store.get("VM", vm, "power_state") == "Running":
                pool.agents.thaw(vm)


def take_snapshot(pool, vm, name):
    """A snapshot: a template of its own, that remembers where it comes from."""
    store = pool.store
    state = store.get("VM", vm, "power_state")
    new = copy_record(
        pool,
        vm,
        name_label=name,
        is_a_template=True,
        is_a_snapshot=True,
        snapshot_of=vm,
        parent=store.get("VM", vm, "parent"),
        snapshot_time=now(),
        snapshot_info={
            "disk-snapshot-type": "crash_consistent",
            "power-state-at-snapshot": state,
        },
        snapshot_metadata=f"(('name__label' '{store.get('VM', vm, 'name_label')}'))",
        other_config=store.get("VM", vm, "other_config"),
    )
    pool.agents.inherit(vm, new)
    copy_disks(pool, vm, new, snapshot=True)
    copy_vifs(pool, vm, new, keep_mac=True)
    copy_guest_metrics(pool, vm, new)
    store.set("VM", vm, parent=new)
    refresh(pool, new)
    return new


@method("VM.revert", paced=True)
def revert(context, snapshot_ref):
    """Disks and settings of a snapshot again; the old addresses come back with it."""
    pool, store = context.pool, context.store
    vm = store.get("VM", snapshot_ref, "snapshot_of")
    if not store.exists("VM", vm):  # what is no snapshot, or has outlived its VM
        raise XapiError("VM_REVERT_FAILED", snapshot_ref, vm)
    with operation(context, snapshot_ref, "revert"):
        with operation(context, vm, "reverting"):
            context.work()
            with store.lock:
                if store.get("VM", vm, "power_state") != "Halted":
                    life.power_off(pool, vm)
                bring_back(pool, vm, snapshot_ref)
    return ""


def bring_back(pool, vm, snapshot_ref):
    """Replace the disks, interfaces and settings of a VM by those of its snapshot."""
    store = pool.store
    for vbd in store.get("VM", vm, "VBDs"):
        vdi = store.get("VBD", vbd, "VDI")
        if store.get("VBD", vbd, "type") == "Disk" and store.exists("VDI", vdi):
            disks.drop(pool, vdi)
        else:
            store.delete("VBD", vbd)
    for vif in store.get("VM", vm, "VIFs"):
        store.delete("VIF", vif)
    record = store.record("VM", snapshot_ref)
    suspended = record["power_state"] == "Suspended"
    name = re.search(r"'name__label' '(.*)'\)\)$", record["snapshot_metadata"], re.DOTALL)[1]
    store.set("VM", vm, name_label=name, parent=snapshot_ref)
    store.set("VM", vm, **{name: record[name] for name in REVERTED})
    copy_disks(pool, snapshot_ref, vm)
    copy_vifs(pool, snapshot_ref, vm, keep_mac=True)
    old = store.get("VM", vm, "guest_metrics")
    if store.exists("VM_guest_metrics", old):
        store.delete("VM_guest_metrics", old)
        store.set("VM", vm, guest_metrics=NULL)
    copy_guest_metrics(pool, snapshot_ref, vm)
    if suspended:
        image = disks.duplicate(pool, record["suspend_VDI"])
        store.set("VM", vm, power_state="Suspended", suspend_VDI=image)


@method("VM.set_ha_restart_priority")
def set_ha_restart_priority(context, vm, value):
    """One of three words, none of them for a VM that nobody restarts."""
    if value not in ("", "best-effort", "restart"):
        raise XapiError("INVALID_VALUE", "ha_restart_priority", value)
    context.store.set("VM", vm, ha_restart_priority=value)
    return ""


@method("VM.set_is_a_template")
def set_is_a_template(context, vm, value):
    """A VM that does not run may become a template, and a template a VM."""
    if value:
        error = find_error(vm, context.store.record("VM", vm), "make_into_template")
        if error and error.code == "VM_BAD_POWER_STATE":
            raise error
    context.store.set("VM", vm, is_a_template=value)
    refresh(context.pool, vm)
    return ""


@method("VM.set_blocked_operations")
def set_blocked_operations(context, vm, value):
    """What nobody may do to a VM, and the code that says why."""
    context.store.set("VM", vm, blocked_operations=value)
    refresh(context.pool, vm)
    return ""


@method("VM.add_to_blocked_operations")
def block_operation(context, vm, op, reason):
    """One more."""
    blocked = context.store.get("VM", vm, "blocked_operations")
    if op in blocked:
        raise XapiError("MAP_DUPLICATE_KEY", "VM", "blocked_operations", vm, op)
    return set_blocked_operations(context, vm, {**blocked, op: reason})


@method("VM.remove_from_blocked_operations")
def unblock_operation(context, vm, op):
    """One less."""
    blocked = dict(context.store.get("VM", vm, "blocked_operations"))
    blocked.pop(op, None)
    return set_blocked_operations(context, vm, blocked)


@method("VM.assert_operation_valid")
def assert_operation_valid(context, vm, op):
    """The error that the operation would have now."""
    error = find_error(vm, context.store.record("VM", vm), op, context.pool.agents.lacks_tools(vm))
    if error:
        raise error
    return ""


@method("VM.update_allowed_operations")
def update_allowed_operations(context, vm):
    """Work them out again."""
    refresh(context.pool, vm)
    return ""


@method("VM.get_boot_record")
def get_boot_record(context, vm):
    """The VM as it was when it started; here, as it is."""
    return dict(context.store.record("VM", vm))


@method("VM.get_cooperative")
def get_cooperative(context, vm):
    """Whether the guest gives memory back when asked."""
    context.store.find("VM", vm)
    return True
