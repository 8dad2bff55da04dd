"""The emulator for people: a guest that runs, and a configuration to copy."""

import json
import os

from . import dispatch


def configuration(emulator):
    """What BioXen needs to know, in its own words."""
    facts = emulator.ready()
    table = {
        "xapi_url": facts.get("https_url") or facts["url"],
        "username": facts["username"],
        "password": facts["password"],
        "template_name": facts["template"],
        "ssh_user": facts["ssh_user"],
        "ssh_key_path": facts["ssh_key"],
        "ssh_port": facts["ssh_port"],
        "ssh_known_hosts": facts["known_hosts"],
        "install_worker": True,
    }
    if "https_url" in facts:
        table["fingerprint"] = facts["fingerprint"]
    else:
        table["allow_http"] = True
    return table


def lua_value(value):
    """A string, a number or a boolean in Lua."""
    return str(value).lower() if isinstance(value, bool) else json.dumps(value)


def start_guest(pool, name):
    """A VM of the template that runs."""
    session = pool.sessions.login(pool.master, pool.username, "sandbox", local=True)

    def call(method, *params):
        return dispatch.call(pool, pool.master, method, [session, *params])

    vm = call("VM.clone", pool.template, name)
    call("VM.provision", vm)
    call("VM.start", vm, False, False)
    pool.sessions.end(session)
    return pool.agents.guests[vm].address


def write_configuration(path, table):
    """For this user alone: there is a password in it."""
    with open(path, "w", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        os.fchmod(file.fileno(), 0o600)
        json.dump({"xcpng_config": table}, file, indent=2)
        file.write("\n")


def remove_configuration(path):
    """Its pool is about to go."""
    try:
        os.remove(path)
    except FileNotFoundError:
        pass


def open_for_people(emulator):
    """Print what there is, and how to get at it."""
    address = start_guest(emulator.pool, "sandbox-guest")
    table = configuration(emulator)
    lines = [f"    {name} = {lua_value(value)}," for name, value in table.items()]
    print("An XCP-ng pool on this machine, until ^C. In Lua:\n")
    print("local config = { xcpng_config = {", *lines, "} }", sep="\n")
    if emulator.options.config:
        write_configuration(emulator.options.config, table)
        print(f"\nThe same in JSON is in {emulator.options.config}, as long as this runs.")
    else:
        print("\nThe same in JSON:\n")
        print(json.dumps({"xcpng_config": table}, indent=2))
    print(f"\nA guest that runs already: ssh -i {table['ssh_key_path']} -p {table['ssh_port']} "
          f"-o UserKnownHostsFile={table['ssh_known_hosts']} {table['ssh_user']}@{address}\n",
          flush=True)  # fmt: skip
