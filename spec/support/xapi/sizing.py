"""How much memory and how many processors a VM has."""

from .errors import XapiError
from .power import find_error
from .registry import method


def require(context, vm, op):
    """The operation has to be allowed right now."""
    error = find_error(vm, context.store.record("VM", vm), op)
    if error:
        raise error


def set_memory(context, vm, **fields):
    """Change limits that have to stay in their order."""
    record = {**context.store.record("VM", vm), **fields}
    static_min, dynamic_min, dynamic_max, static_max = (
        record["memory_" + name]
        for name in ("static_min", "dynamic_min", "dynamic_max", "static_max")
    )
    if not 0 <= static_min <= dynamic_min <= dynamic_max <= static_max:
        raise XapiError("MEMORY_CONSTRAINT_VIOLATION_ORDER")
    context.store.set("VM", vm, **fields)
    return ""


VCPUS_RULE = "VCPU values must satisfy: 0 < VCPUs_at_startup ≤ VCPUs_max"


@method("VM.set_memory_limits")
def set_memory_limits(context, vm, static_min, static_max, dynamic_min, dynamic_max):
    """All four at once."""
    require(context, vm, "changing_memory_limits")
    return set_memory(
        context,
        vm,
        memory_static_min=static_min,
        memory_static_max=static_max,
        memory_dynamic_min=dynamic_min,
        memory_dynamic_max=dynamic_max,
    )


@method("VM.set_memory")
def set_all_memory(context, vm, value):
    """So much, whatever the guest does."""
    require(context, vm, "changing_memory_limits")
    static_min = min(value, context.store.get("VM", vm, "memory_static_min"))
    return set_memory(
        context,
        vm,
        memory_static_min=static_min,
        memory_static_max=value,
        memory_dynamic_min=value,
        memory_dynamic_max=value,
    )


@method("VM.set_memory_dynamic_range")
def set_dynamic_range(context, vm, low, high):
    """Between these the guest may be moved while it runs."""
    require(context, vm, "changing_dynamic_range")
    return set_memory(context, vm, memory_dynamic_min=low, memory_dynamic_max=high)


@method("VM.set_memory_static_range")
def set_static_range(context, vm, low, high):
    """The bounds of the bounds."""
    require(context, vm, "changing_static_range")
    return set_memory(context, vm, memory_static_min=low, memory_static_max=high)


@method("VM.set_memory_dynamic_min", "VM.set_memory_dynamic_max")
def set_dynamic(context, vm, value):
    """One of the two."""
    require(context, vm, "changing_dynamic_range")
    return set_memory(context, vm, **{context.message.name[len("set_") :]: value})


@method("VM.set_memory_static_min", "VM.set_memory_static_max")
def set_static(context, vm, value):
    """One of the two."""
    require(context, vm, "changing_static_range")
    return set_memory(context, vm, **{context.message.name[len("set_") :]: value})


@method("VM.set_VCPUs_max")
def set_vcpus_max(context, vm, value):
    """Not below what the VM starts with."""
    require(context, vm, "changing_VCPUs")
    if value < max(1, context.store.get("VM", vm, "VCPUs_at_startup")):
        raise XapiError("INVALID_VALUE", VCPUS_RULE, value)
    context.store.set("VM", vm, VCPUs_max=value)
    return ""


@method("VM.set_VCPUs_at_startup")
def set_vcpus_at_startup(context, vm, value):
    """Not above what the VM may have."""
    require(context, vm, "changing_VCPUs")
    if not 1 <= value <= context.store.get("VM", vm, "VCPUs_max"):
        raise XapiError("INVALID_VALUE", VCPUS_RULE, value)
    context.store.set("VM", vm, VCPUs_at_startup=value)
    return ""


@method("VM.compute_memory_overhead")
def memory_overhead(context, vm):
    """What the hypervisor itself needs for a VM."""
    return context.store.get("VM", vm, "memory_overhead")


@method("VM.maximise_memory")
def maximise_memory(context, vm, total, _approximate):
    """How much a VM could have out of so much."""
    return max(0, total - context.store.get("VM", vm, "memory_overhead"))
