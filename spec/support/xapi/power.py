"""What may be done to a VM when: the power states, and the order in which XAPI checks."""

import contextlib
import time

from .errors import XapiError
from .store import new_ref

ALL = ("Halted", "Paused", "Suspended", "Running")
HALTED, PAUSED, SUSPENDED, RUNNING = ((state,) for state in ALL)
UP = ("Paused", "Suspended", "Running")

# The states that an operation may begin in, in the order in which errors name them. These are the
# operations that allowed_operations lists.
STATES = {
    "snapshot": ALL,
    "clone": HALTED,
    "copy": HALTED,
    "revert": ALL,
    "provision": HALTED,
    "checkpoint": UP,
    "start": HALTED,
    "start_on": HALTED,
    "pause": RUNNING,
    "unpause": PAUSED,
    "clean_shutdown": RUNNING,
    "clean_reboot": RUNNING,
    "hard_shutdown": UP,
    "hard_reboot": ("Paused", "Running"),
    "suspend": RUNNING,
    "resume": SUSPENDED,
    "resume_on": SUSPENDED,
    "pool_migrate": RUNNING,
    "migrate_send": ("Halted", "Running"),
    "changing_dynamic_range": ("Halted", "Running"),
    "changing_VCPUs_live": RUNNING,
    "changing_static_range": HALTED,
    "changing_shadow_memory": HALTED,
    "changing_NVRAM": HALTED,
    "make_into_template": HALTED,
    "export": ("Halted", "Suspended"),
    "metadata_export": ALL,
    "destroy": ("Halted", "Suspended"),
    "create_vtpm": HALTED,
    "sysprep": RUNNING,
}
UNLISTED = {
    "shutdown": UP,
    "changing_memory_limits": HALTED,
    "changing_VCPUs": HALTED,
    "get_boot_record": UP,
    "power_state_reset": ALL,
    "reverting": ALL,
    "send_sysrq": RUNNING,
    "send_trigger": RUNNING,
}

ON_TEMPLATES = {
    "changing_dynamic_range", "changing_static_range", "changing_memory_limits",
    "changing_shadow_memory", "changing_NVRAM", "changing_VCPUs", "clone", "copy", "export",
    "metadata_export", "migrate_send", "provision", "destroy",
}  # fmt: skip
ON_SNAPSHOTS = {
    "revert", "clone", "copy", "export", "destroy", "hard_shutdown", "metadata_export",
}  # fmt: skip
ON_DOM0 = {"changing_dynamic_range", "changing_static_range", "metadata_export"}

# Operations that go on side by side: all of one set, or the second while the first runs.
TOGETHER = ({"clone", "copy", "export"}, {"snapshot", "checkpoint"}, {"get_boot_record"})
ONE_DURING_OTHER = {
    ("clean_shutdown", "hard_shutdown"),
    ("clean_reboot", "hard_shutdown"),
    ("clean_reboot", "hard_reboot"),
    ("shutdown", "hard_shutdown"),
    ("reverting", "hard_shutdown"),
}

WAIT_SECONDS = 2 * 3600


def may_run_beside(op, current):
    """Whether an operation may begin while others are under way."""
    if any(op in group and group.issuperset(current) for group in TOGETHER):
        return True
    return all((other, op) in ONE_DURING_OTHER for other in current)


def states_of(record, op):
    """The states in which an operation may begin."""
    states = STATES.get(op) or UNLISTED.get(op, ALL)
    if op in ("clone", "copy") and record["is_a_snapshot"]:
        return (*states, "Suspended")
    return states


def find_error(ref, record, op, lacks_tools=False):
    """The error of an operation on a VM as it is now, or None. The order is the real one."""
    if op in record["blocked_operations"]:
        return XapiError("OPERATION_BLOCKED", ref, record["blocked_operations"][op])
    states = states_of(record, op)
    if record["power_state"] not in states:
        expected = ", ".join(states).lower()
        return XapiError("VM_BAD_POWER_STATE", ref, expected, record["power_state"].lower())
    current = record["current_operations"]
    if current and not may_run_beside(op, current.values()):
        key, other = next(iter(current.items()))
        return XapiError("OTHER_OPERATION_IN_PROGRESS", "VM", ref, other, key)
    if record["is_a_template"] and not record["is_a_snapshot"]:
        if op not in ON_TEMPLATES or (op == "destroy" and record["is_default_template"]):
            return XapiError("VM_IS_TEMPLATE", ref, op)
    if record["is_a_snapshot"] and op not in ON_SNAPSHOTS:
        return XapiError("VM_IS_SNAPSHOT", ref, op)
    return find_special_error(ref, record, op, lacks_tools)


def find_special_error(ref, record, op, lacks_tools):
    """The errors that only some operations have."""
    if op == "provision" and not record["is_a_template"]:
        return XapiError("PROVISION_ONLY_ALLOWED_ON_TEMPLATE")
    if op == "revert" and not record["is_a_snapshot"]:
        return XapiError("REVERT_ONLY_ALLOWED_ON_SNAPSHOT")
    if record["is_control_domain"] and op not in ON_DOM0:
        return XapiError("OPERATION_NOT_ALLOWED", "Operations on domain 0 are not allowed")
    if lacks_tools and op in ("clean_shutdown", "clean_reboot", "suspend"):
        return XapiError("VM_LACKS_FEATURE", ref)
    return None


def allowed_operations(ref, record, lacks_tools=False):
    """What may be done to a VM as it is now; the last one checked comes first."""
    return [op for op in reversed(STATES) if not find_error(ref, record, op, lacks_tools)]


@contextlib.contextmanager
def operation(context, ref, op):
    """Do something to a VM: wait for what is in the way, and show meanwhile what goes on."""
    pool, store = context.pool, context.store
    with store.lock:
        begin(context, ref, op)
        context.task.work()
        key = context.task.ref or new_ref()
        current = store.get("VM", ref, "current_operations")
        store.set("VM", ref, current_operations={**current, key: op})
        refresh(pool, ref)
    try:
        yield
    finally:
        with store.lock:
            if store.exists("VM", ref):
                current = dict(store.get("VM", ref, "current_operations"))
                current.pop(key, None)
                store.set("VM", ref, current_operations=current)
                refresh(pool, ref)


def begin(context, ref, op):
    """Return when the operation may begin, or raise its error."""
    pool, store = context.pool, context.store
    give_up = time.monotonic() + pool.delays.get("operation_wait", WAIT_SECONDS)
    while True:
        context.task.check()
        error = find_error(ref, store.record("VM", ref), op, pool.agents.lacks_tools(ref))
        if error is None:
            return
        if error.code != "OTHER_OPERATION_IN_PROGRESS" or time.monotonic() > give_up:
            raise error
        store.changed.wait(0.05)


def refresh(pool, ref):
    """Write down what may be done to a VM now."""
    record = pool.store.record("VM", ref)
    allowed = allowed_operations(ref, record, pool.agents.lacks_tools(ref))
    pool.store.set("VM", ref, allowed_operations=allowed)
