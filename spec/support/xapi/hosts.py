"""Hosts, networks and the few methods of theirs that clients of VMs call."""

import time

from .errors import XapiError
from .life import free_memory
from .registry import method
from .tasks import now
from .values import NULL
from .vm import dom0

MEMORY = 64 << 30

SOFTWARE = {
    "product_version": "8.3.0",
    "product_version_text": "8.3",
    "product_version_text_short": "8.3",
    "product_brand": "XCP-ng",
    "platform_name": "XCP",
    "platform_version": "3.4.0",
    "build_number": "cloud",
    "hostname": "localhost",
    "date": "20240101T00:00:00Z",
    "xapi": "25.15",
    "xapi_build": "25.15.0",
    "xen": "4.17.5",
    "linux": "4.19.0+1",
    "xencenter_min": "2.23",
    "xencenter_max": "2.23",
    "network_backend": "openvswitch",
    "db_schema": "5.909",
}


def add_host(pool, index, address):
    """A host with its metrics and its control domain."""
    metrics = pool.store.create(
        "host_metrics", memory_total=MEMORY, memory_free=MEMORY, live=True, last_updated=now()
    )
    name = f"host{index + 1}"
    host = pool.store.create(
        "host",
        name_label=name,
        name_description="Default install",
        hostname=name,
        address=address,
        enabled=True,
        metrics=metrics,
        API_version_major=2,
        API_version_minor=23,
        API_version_vendor="XenSource",
        software_version=dict(SOFTWARE),
        capabilities=["xen-3.0-x86_64", "hvm-3.0-x86_32", "hvm-3.0-x86_64"],
        sched_policy="credit",
        supported_bootloaders=["pygrub", "eliloader"],
        cpu_info={"cpu_count": "16", "socket_count": "1", "vendor": "GenuineIntel"},
        other_config={
            "agent_start_time": f"{time.time():.0f}.",
            "boot_time": f"{time.time():.0f}.",
        },
        allowed_operations=["vm_migrate", "provision", "vm_resume", "evacuate", "vm_start"],
        edition="xcp-ng",
        editions=["xcp-ng"],
        virtual_hardware_platform_versions=[0, 1, 2],
        https_only=False,
        timezone="Etc/UTC",
    )
    pool.store.set("host", host, control_domain=dom0(pool, host, name))
    return host


def add_network(pool, name, bridge):
    """A network."""
    return pool.store.create("network", name_label=name, bridge=bridge)


def add_pif(pool, host, network):
    """The network card of a host on a network."""
    return pool.store.create(
        "PIF",
        device="eth0",
        network=network,
        host=host,
        MAC="00:16:3e:00:00:01",
        MTU=1500,
        VLAN=-1,
        physical=True,
        management=True,
        IP=pool.store.get("host", host, "address"),
        netmask="255.0.0.0",
        ip_configuration_mode="Static",
    )


@method("host.compute_free_memory")
def compute_free_memory(context, host):
    """Memory that no VM has."""
    return free_memory(context.store, host)


@method("host.get_servertime", "host.get_server_localtime")
def get_servertime(context, host):
    """The host's clock."""
    context.store.find("host", host)
    return now()


@method("host.get_management_interface")
def get_management_interface(context, host):
    """The card that XAPI listens on."""
    return context.store.get("host", host, "PIFs")[0]


@method("host.get_server_certificate")
def get_server_certificate(context, host):
    """The certificate of the host's port."""
    context.store.find("host", host)
    certificates = context.pool.settings["keys"].certificates
    if not certificates:
        return ""
    with open(certificates[context.pool.hosts.index(host)] + ".pem", encoding="ascii") as file:
        return file.read()


@method("host.list_methods")
def list_methods(context):
    """All methods there are."""
    return list(context.pool.model.messages)


@method("host.enable", "host.disable")
def enable(context, host, _auto=None):
    """Whether VMs may start there."""
    context.store.set("host", host, enabled=context.message.name == "enable")
    return ""


@method("host.call_plugin")
def call_plugin(context, host, plugin, function, arguments):
    """The only plugin there is gives its argument `text` back."""
    context.store.find("host", host)
    if plugin != "echo":
        raise XapiError("XENAPI_MISSING_PLUGIN", plugin)
    if function != "say":
        raise XapiError("XENAPI_PLUGIN_FAILURE", function, "UnknownFunction", "")
    return arguments.get("text", "")


@method("network.create")
def create_network(context, fields):
    """A network, its bridge named when the client does not."""
    fields.setdefault("bridge", "")
    fields["bridge"] = fields["bridge"] or f"xapi{len(context.store.all('network'))}"
    return context.store.create("network", **fields)


@method("network.destroy")
def destroy_network(context, network):
    """Only one without interfaces."""
    vifs = context.store.get("network", network, "VIFs")
    if vifs:
        raise XapiError("NETWORK_CONTAINS_VIF", vifs[0])
    context.store.delete("network", network)
    return ""


@method("pool.is_slave")
def is_slave(context, host):
    """Whether another host speaks for the pool."""
    return host not in (context.pool.master, NULL)


@method("pool.sync_database")
def sync_database(_context):
    """There is nothing to write."""
    return ""


@method("pool.designate_new_master")
def designate_new_master(context, host):
    """Another host speaks for the pool from now on."""
    context.store.find("host", host)
    context.store.set("pool", context.pool.pool_ref, master=host)
    return ""
