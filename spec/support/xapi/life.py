"""The life cycle of a VM: start, pause, suspend, shut down, and back."""

from . import disks
from .errors import XapiError
from .power import operation, refresh
from .registry import method
from .tasks import now
from .values import NULL

# A guest that is asked to shut down gets so long.
SHUTDOWN_SECONDS = 1200


def free_memory(store, host):
    """Memory of a host that no VM has."""
    metrics = store.get("host", host, "metrics")
    used = sum(
        store.get("VM", vm, "memory_dynamic_max") for vm in store.get("host", host, "resident_VMs")
    )
    return store.get("host_metrics", metrics, "memory_total") - used


def check_host(store, vm, host):
    """Raise what keeps a VM from running on a host."""
    if not store.get("host", host, "enabled"):
        raise XapiError("HOST_DISABLED", host)
    processors = store.get("VM", vm, "VCPUs_max")
    there = store.get("host", host, "cpu_info")["cpu_count"]
    if processors > int(there):
        raise XapiError("HOST_NOT_ENOUGH_PCPUS", processors, there)
    check_devices(store, vm, host)
    capabilities = store.get("host", host, "capabilities")
    hvm = store.get("VM", vm, "HVM_boot_policy") != ""
    if hvm and not any(name.startswith("hvm-") for name in capabilities):
        raise XapiError("VM_HVM_REQUIRED", vm)
    needed = store.get("VM", vm, "memory_dynamic_max") + store.get("VM", vm, "memory_overhead")
    available = free_memory(store, host)
    if needed > available:
        raise XapiError("HOST_NOT_ENOUGH_FREE_MEMORY", needed, available)


def check_devices(store, vm, host):
    """Raise what its disks and networks keep a VM from running on a host for."""
    for vbd in disks.disk_vbds(store, vm):
        sr = store.get("VDI", store.get("VBD", vbd, "VDI"), "SR")
        plugged = [
            pbd
            for pbd in store.get("SR", sr, "PBDs")
            if store.get("PBD", pbd, "host") == host and store.get("PBD", pbd, "currently_attached")
        ]
        if not plugged:
            raise XapiError("VM_REQUIRES_SR", vm, sr)
    for vif in store.get("VM", vm, "VIFs"):
        network = store.get("VIF", vif, "network")
        if not store.exists("network", network):
            raise XapiError("VM_REQUIRES_NETWORK", vm, network)


def possible_hosts(store, vm):
    """The hosts that a VM could run on, the emptiest first."""
    fit = []
    for entry in store.all("host"):
        try:
            check_host(store, vm, entry.ref)
            fit.append(entry.ref)
        except XapiError:
            pass
    return sorted(fit, key=lambda host: len(store.get("host", host, "resident_VMs")))


def choose_host(store, vm):
    """The host for a VM: where it likes to be, or any."""
    fit = possible_hosts(store, vm)
    if not fit:
        raise XapiError("NO_HOSTS_AVAILABLE")
    affinity = store.get("VM", vm, "affinity")
    return affinity if affinity in fit else fit[0]


def set_attached(store, vm, attached):
    """The devices of a VM, plugged in or not."""
    for vif in store.get("VM", vm, "VIFs"):
        store.set("VIF", vif, currently_attached=attached)
    for vbd in store.get("VM", vm, "VBDs"):
        record = store.record("VBD", vbd)
        device = disks.device_name(record["userdevice"]) if attached else ""
        store.set(
            "VBD",
            vbd,
            currently_attached=attached and not record["empty"],
            device=device or record["device"],
        )


def drop_guest_metrics(store, vm):
    """What the guest of the last boot said."""
    metrics = store.get("VM", vm, "guest_metrics")
    if store.exists("VM_guest_metrics", metrics):
        store.delete("VM_guest_metrics", metrics)
    store.set("VM", vm, guest_metrics=NULL)


def power_on(pool, vm, host, paused, clean=True):
    """A domain for a VM: a number, devices, a host, and guest metrics that say nothing yet."""
    store = pool.store
    number, pool.next_domain = pool.next_domain, pool.next_domain + 1
    set_attached(store, vm, True)
    if clean or store.get("VM", vm, "guest_metrics") == NULL:
        store.set("VM", vm, guest_metrics=store.create("VM_guest_metrics", last_updated=now()))
    record = store.record("VM", vm)
    store.set(
        "VM_metrics",
        record["metrics"],
        start_time=now(),
        VCPUs_number=record["VCPUs_at_startup"],
        memory_actual=record["memory_dynamic_max"],
        current_domain_type="hvm",
        state=["paused" if paused else "running"],
    )
    console = store.create("console", protocol="rfb", VM=vm, location=f"/console?ref={vm}")
    store.set("console", console, location=f"/console?ref={console}")
    store.set(
        "VM",
        vm,
        domid=number,
        resident_on=host,
        scheduled_to_be_resident_on=NULL,
        last_boot_CPU_flags={"vendor": "GenuineIntel", "features": ""},
        power_state="Paused" if paused else "Running",
    )
    refresh(pool, vm)


def power_off(pool, vm, state="Halted"):
    """The domain is gone, and so is what ran in it unless it was put away."""
    store = pool.store
    if state == "Halted":
        pool.agents.end(vm)
        image = store.get("VM", vm, "suspend_VDI")
        if store.exists("VDI", image):
            disks.drop(pool, image)
        store.set("VM", vm, suspend_VDI=NULL)
    set_attached(store, vm, False)
    for console in store.get("VM", vm, "consoles"):
        store.delete("console", console)
    store.set("VM", vm, domid=-1, resident_on=NULL, power_state=state)
    store.set("VM_metrics", store.get("VM", vm, "metrics"), VCPUs_number=0, state=[])
    refresh(pool, vm)


@method("VM.start", paced=True)
def start(context, vm, paused, _force):
    """On any host."""
    return start_on(context, vm, None, paused, _force)


@method("VM.start_on", paced=True)
def start_on(context, vm, host, paused, _force):
    """On this host."""
    pool, store = context.pool, context.store
    if host is not None:
        store.find("host", host)
    with operation(context, vm, "start" if host is None else "start_on"):
        with store.lock:
            if host is None:
                host = choose_host(store, vm)
            else:
                check_host(store, vm, host)
            drop_guest_metrics(store, vm)
            store.set("VM", vm, scheduled_to_be_resident_on=host)
        try:
            context.work()
        except BaseException:
            store.set("VM", vm, scheduled_to_be_resident_on=NULL)
            raise
        with store.lock:
            power_on(pool, vm, host, paused)
            pool.agents.boot(vm, paused)
    return ""


@method("VM.pause", paced=True)
def pause(context, vm):
    """No processor time for the guest."""
    with operation(context, vm, "pause"):
        context.work()
        with context.store.lock:
            context.pool.agents.freeze(vm)
            context.store.set("VM", vm, power_state="Paused")
    return ""


@method("VM.unpause", paced=True)
def unpause(context, vm):
    """Processor time again."""
    with operation(context, vm, "unpause"):
        context.work()
        with context.store.lock:
            context.pool.agents.thaw(vm)
            context.store.set("VM", vm, power_state="Running")
    return ""


@method("VM.suspend", paced=True)
def suspend(context, vm):
    """The memory goes to a disk; here, the processes just stand still."""
    pool, store = context.pool, context.store
    with operation(context, vm, "suspend"):
        context.work()
        with store.lock:
            pool.agents.freeze(vm)
            image = disks.add_vdi(pool, pool.sr, "Suspend image", 1 << 20, type="suspend")
            store.set("VM", vm, suspend_VDI=image)
            power_off(pool, vm, "Suspended")
    return ""


@method("VM.resume", paced=True)
def resume(context, vm, paused, _force):
    """On any host."""
    return resume_on(context, vm, None, paused, _force)


@method("VM.resume_on", paced=True)
def resume_on(context, vm, host, paused, _force):
    """The guest goes on where it was; its old addresses stay written down."""
    pool, store = context.pool, context.store
    with operation(context, vm, "resume" if host is None else "resume_on"):
        with store.lock:
            if host is None:
                host = choose_host(store, vm)
            check_host(store, vm, host)
        context.work()
        with store.lock:
            image = store.get("VM", vm, "suspend_VDI")
            if store.exists("VDI", image):
                disks.drop(pool, image)
            store.set("VM", vm, suspend_VDI=NULL)
            power_on(pool, vm, host, paused, clean=False)
            if not paused:
                pool.agents.thaw(vm)
    return ""


def ask_guest(context, vm):
    """Ask the guest to end, and wait until it has."""
    limit = context.pool.delays.get("shutdown_timeout", SHUTDOWN_SECONDS)
    outcome = context.pool.agents.shut_down(vm, context.task, limit)
    if outcome == "refused":
        raise XapiError("VM_FAILED_SHUTDOWN_ACKNOWLEDGMENT", vm)
    if outcome == "late":
        raise XapiError("VM_SHUTDOWN_TIMEOUT", vm, limit)


@method("VM.clean_shutdown", paced=True)
def clean_shutdown(context, vm):
    """The guest ends by itself."""
    with operation(context, vm, "clean_shutdown"):
        context.work()
        ask_guest(context, vm)
        with context.store.lock:
            if context.store.get("VM", vm, "power_state") != "Halted":
                power_off(context.pool, vm)
    return ""


def cancel_clean(context, vm):
    """A hard shutdown or reboot ends what waits for the guest to be kind."""
    store = context.store
    with store.lock:
        for ref, op in store.get("VM", vm, "current_operations").items():
            task = context.pool.tasks.get(ref)
            if task and op in ("clean_shutdown", "clean_reboot", "shutdown"):
                task.cancel()


@method("VM.hard_shutdown", paced=True)
def hard_shutdown(context, vm):
    """The plug is pulled."""
    with operation(context, vm, "hard_shutdown"):
        cancel_clean(context, vm)
        context.work()
        with context.store.lock:
            power_off(context.pool, vm)
    return ""


@method("VM.shutdown", paced=True)
def shutdown(context, vm):
    """Kindly first, then not."""
    with operation(context, vm, "shutdown"):
        context.work()
        if context.store.get("VM", vm, "power_state") == "Running":
            try:
                ask_guest(context, vm)
            except XapiError:
                context.task.check()
        with context.store.lock:
            if context.store.get("VM", vm, "power_state") != "Halted":
                power_off(context.pool, vm)
    return ""


def reboot(context, vm):
    """A new domain on the same host."""
    pool, store = context.pool, context.store
    with store.lock:
        host = store.get("VM", vm, "resident_on")
        pool.agents.end(vm)
        for console in store.get("VM", vm, "consoles"):
            store.delete("console", console)
        drop_guest_metrics(store, vm)
        power_on(pool, vm, host, False)
        pool.agents.boot(vm, False)


@method("VM.clean_reboot", paced=True)
def clean_reboot(context, vm):
    """The guest ends by itself and starts again."""
    with operation(context, vm, "clean_reboot"):
        context.work()
        ask_guest(context, vm)
        reboot(context, vm)
    return ""


@method("VM.hard_reboot", paced=True)
def hard_reboot(context, vm):
    """The plug is pulled and put in again."""
    with operation(context, vm, "hard_reboot"):
        cancel_clean(context, vm)
        context.work()
        reboot(context, vm)
    return ""


@method("VM.power_state_reset", paced=True)
def power_state_reset(context, vm):
    """The database says halted, whatever is true."""
    context.work()
    with context.store.lock:
        if context.store.get("VM", vm, "power_state") != "Halted":
            power_off(context.pool, vm)
    return ""


@method("VM.pool_migrate", paced=True)
def pool_migrate(context, vm, host, _options):
    """To another host of the pool, while it runs."""
    with operation(context, vm, "pool_migrate"):
        with context.store.lock:
            context.store.find("host", host)
            check_host(context.store, vm, host)
        context.work()
        context.store.set("VM", vm, resident_on=host)
    return ""


@method("VM.get_possible_hosts")
def get_possible_hosts(context, vm):
    """The hosts that a VM could run on."""
    context.store.find("VM", vm)
    return possible_hosts(context.store, vm)


@method("VM.assert_can_boot_here")
def assert_can_boot_here(context, vm, host):
    """Raise what keeps a VM from running on a host."""
    context.store.find("host", host)
    check_host(context.store, vm, host)
    return ""
