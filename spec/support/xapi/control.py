"""The control interface: what tests ask of the emulator itself, beside XAPI.

A command is a JSON table with its name in "command", sent as a line to the standard input or posted
to /_control; the answer is {"ok": value} or {"error": text}. As a program, it sends one command:

    control.py URL TOKEN JSON
"""

import json
import signal
import sys
import threading


class Control:
    """The commands, one method each."""

    def __init__(self, server):
        self.server = server
        self.pool, self.faults = server.pool, server.faults

    def answer(self, text):
        """Carry out a command."""
        try:
            order = json.loads(text)
            function = getattr(self, "do_" + str(order.pop("command", "")), None)
            if function is None:
                raise ValueError("no such command")
            return {"ok": function(**order)}
        except Exception as error:  # a mistake in a test: tell it
            return {"error": f"{type(error).__name__}: {error}"}

    # Faults

    def do_fault(self, **table):
        """Add a rule (see faults.py), or one of the faults of a whole listener:

        refuse       nobody listens, for `seconds` or until the faults are cleared
        certificate  new connections meet a certificate that nobody was told of
        drop         the connections there are end
        """
        listeners = [
            listener
            for listener in self.server.listeners
            if table.get("host") in (None, listener.index + 1)
        ]
        if table["fault"] == "refuse":
            self._refuse(listeners, table.get("seconds"))
        elif table["fault"] == "certificate":
            wrong = self.pool.settings["keys"].wrong_certificate()
            for listener in listeners:
                if listener.context:
                    listener.context = listener.tls(wrong)
                    listener.drop_connections()
        elif table["fault"] == "drop":
            for listener in listeners:
                listener.drop_connections()
        else:
            self.faults.add(table)

    def _refuse(self, listeners, seconds):
        for listener in listeners:
            listener.close()
        if seconds is not None:
            threading.Timer(seconds, self._accept, [listeners]).start()

    @staticmethod
    def _accept(listeners):
        for listener in listeners:
            if listener.sock is None:
                listener.open()

    def do_clear_faults(self):
        """No faults any more."""
        self.faults.clear()
        self._accept(self.server.listeners)
        for listener in self.server.secure:
            listener.context = listener.tls(listener.certificate)

    def do_faults(self):
        """How often each rule struck."""
        return self.faults.report()

    def do_stop(self):
        """The emulator ends."""
        self.server.stop()

    # The pool

    def do_counts(self):
        """How many objects there are, and how many VMs that are no templates."""
        store = self.pool.store
        with store.lock:
            counts = {name: len(entries) for name, entries in store.entries.items()}
            vms = [entry.record for entry in store.all("VM")]
            counts["templates"] = sum(vm["is_a_template"] and not vm["is_a_snapshot"] for vm in vms)
            counts["snapshots"] = sum(vm["is_a_snapshot"] for vm in vms)
            counts["vms"] = sum(
                not vm["is_a_template"] and not vm["is_control_domain"] for vm in vms
            )
            counts["guests"] = len(self.pool.guests.running)
            return counts

    def do_mark(self):
        """The number of the last request: see `requests`."""
        return self.pool.request_count

    def do_requests(self, since=0, method=None):
        """The requests after a mark, those of a method when it is named."""
        return [
            entry
            for entry in list(self.pool.requests)
            if entry["n"] > since and method in (None, entry["method"])
        ]

    def do_copies(self):
        """Of each copy that was made: how often it had to wait for another."""
        return self.pool.copies

    def do_delays(self, **delays):
        """Set delays, in seconds. By method, such as "VM.start": its time, before it takes effect.

        boot                    from a domain's start until sshd listens
        agent                   from then until the guest tools speak
        shutdown_grace          for processes that were asked to end (2)
        shutdown_timeout        for a guest that does not shut down (1200)
        operation_wait          for OTHER_OPERATION_IN_PROGRESS (7200)
        event_batch             from a change until a waiting event.from tells of it (0.05)
        authentication_failure  before a wrong password is refused (0)
        copy_pause              that a copy waits for another into its repository at first (0.1)
        task_removal            from the end of a task that was destroyed before (0.05)
        session_idle            until a session ends that nobody uses (86400)
        """
        self.pool.delays.update(delays)
        return self.pool.delays

    def do_reset(self):
        """Everything as at the start."""
        self.do_clear_faults()
        self.pool.reset()
        return self.server.ready()

    def do_crash(self, keep_sessions=True, seconds=0):
        """The toolstack restarts: connections break, tasks are lost, nobody listens for a while."""
        self._refuse(self.server.listeners, seconds or None)
        self.pool.restart_toolstack(keep_sessions)
        if not seconds:
            self._accept(self.server.listeners)

    def do_master(self, host):
        """Another host, counted from 1, is the master."""
        self.pool.move_master(host - 1)

    def do_go_on(self):
        """What hangs takes effect after all."""
        for task in list(self.pool.calls):
            task.wake.set()

    def do_end_sessions(self):
        """All sessions are gone."""
        self.pool.sessions.end_all()

    def do_call(self, method, params=()):
        """Call a method as root, without HTTP; a session is put before the parameters."""
        from . import dispatch

        session = self.pool.sessions.login(self.pool.master, "root", "control", local=True)
        try:
            return dispatch.call(self.pool, self.pool.master, method, [session, *params])
        finally:
            self.pool.sessions.end(session)

    def do_add_template(self, name, **options):
        """Another template; `options` are with_disk, with_vif, agent and fields of the VM."""
        with self.pool.store.lock:
            ref = self.pool.add_template(name, **options)
            return {"ref": ref, "uuid": self.pool.store.get("VM", ref, "uuid")}

    def do_add_host(self):
        """Another host, which is a slave; `slave_url` of the ready line may be new."""
        self.server.add_host()
        return self.server.ready()

    def do_add_sr(self, name, size, **options):
        """Another storage repository."""
        from .disks import add_sr

        with self.pool.store.lock:
            ref = add_sr(self.pool, name, size, **options)
            return {"ref": ref, "uuid": self.pool.store.get("SR", ref, "uuid")}

    def do_add_network(self, name, bridge="xenbr1"):
        """Another network."""
        from .hosts import add_network

        ref = add_network(self.pool, name, bridge)
        return {"ref": ref, "uuid": self.pool.store.get("network", ref, "uuid")}

    def do_set(self, cls, ref, **fields):
        """Change any fields of an object, unchecked."""
        self.pool.store.set(cls, ref, **fields)

    # Guests

    def do_agent(self, vm=None, **options):
        """How the guest of a VM or template behaves from its next boot on (see agent.py)."""
        if vm is None:
            self.pool.agents.defaults.update(options)
        else:
            self.pool.agents.configure(self.pool.find_vm(vm), options)

    def do_guests(self):
        """The guests that run, with their processes."""
        return [
            {
                "vm": ref,
                "uuid": guest.name,
                "name": self.pool.store.get("VM", ref, "name_label"),
                "address": guest.address,
                "home": guest.home,
                "supervisor": guest.process and guest.process.pid,
                "sshd": guest.process and guest.process.sshd(),
                "pids": guest.process.pids() if guest.process else [],
            }
            for ref, guest in list(self.pool.agents.guests.items())
        ]

    def do_home(self, vm):
        """The home folder of a VM's guest, or of a template's."""
        return self.pool.disks.home(self.pool.find_vm(vm))

    def do_guest(self, vm, action, after=0, **options):
        """Something happens inside a guest, now or `after` seconds:

        stop, continue   all its processes stand still, and go on
        kill             all its processes die at once, sshd too; the VM is still said to run
        sessions         the connections' processes die, sshd stays
        sshd             sshd starts anew, with `options` (see agent.py)
        networks         the tools tell of other addresses: `networks`
        move             it gets another address
        halt             it shuts itself down
        """
        ref = self.pool.find_vm(vm)
        if after:
            threading.Timer(after, self._act, [ref, action, options]).start()
        else:
            self._act(ref, action, options)

    def _act(self, ref, action, options):
        guest = self.pool.agents.guests[ref]
        if action == "stop":
            guest.process.freeze()
        elif action == "continue":
            guest.process.signal(signal.SIGCONT)
        elif action == "kill":
            guest.process.freeze()  # one that lives a moment longer would answer for the guest
            guest.process.signal(signal.SIGKILL)
        elif action == "sessions":
            self._kill_sessions(guest.process)
        elif action == "sshd":
            self._restart_sshd(guest, options)
        elif action == "networks":
            guest.publish(networks=guest.fill(options["networks"]))
        elif action == "move":
            guest.move()
        elif action == "halt":
            self._halt(ref)
        else:
            raise ValueError(f"no such action: {action}")

    @staticmethod
    def _kill_sessions(process):
        from .supervisor import signal_all

        signal_all(set(process.pids()) - {process.sshd()}, signal.SIGKILL)

    def _restart_sshd(self, guest, options):
        self.pool.guests.restart_sshd(guest.process, guest.name, guest.home, options)
        guest.process.wait_for_sshd(guest.wanted)

    def _halt(self, ref):
        from .life import power_off

        self.pool.agents.end(ref)
        with self.pool.store.lock:
            power_off(self.pool, ref)


def main(url, token, order):
    """Send one command and print its answer."""
    from urllib import request

    post = request.Request(url, order.encode(), {"Authorization": f"Bearer {token}"})
    with request.urlopen(post) as reply:
        print(reply.read().decode())


if __name__ == "__main__":
    main(*sys.argv[1:])
