"""Processes that keep the guests' processes.

A nursery is forked from the emulator before that has threads. It forks one supervisor a guest. A
supervisor starts the guest's sshd and adopts whatever the guest's processes leave behind, so that
everything a guest runs is below it in the tree of processes. When the emulator ends, however it
ends, a pipe closes: every supervisor kills its tree, and the nursery removes the emulator's folder.
"""

import ctypes
import json
import os
import select
import shutil
import signal
import socket
import time

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36

# What a supervisor is told by.
ORDERS = (signal.SIGTERM, signal.SIGUSR1)

LIBC = ctypes.CDLL(None, use_errno=True)

# Some kernels have no lists of children.
HAVE_LISTS = os.path.exists(f"/proc/self/task/{os.getpid()}/children")


def prctl(option, value):
    """prctl(2) with one argument."""
    LIBC.prctl(option, ctypes.c_ulong(value), 0, 0, 0)


def children(pid):
    """The processes whose parent is `pid`."""
    if not HAVE_LISTS:
        return scan_children(pid)
    found = []
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/children", encoding="ascii") as file:
                found += map(int, file.read().split())
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        pass  # it is gone, or going
    return found


def scan_children(pid):
    """The same by looking at every process."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as file:
                parent = int(file.read().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
        if parent == pid:
            found.append(int(name))
    return found


def descendants(pid):
    """All processes below `pid`."""
    found, todo = [], [pid]
    while todo:
        below = children(todo.pop())
        found += below
        todo += below
    return found


def is_still(pid):
    """Whether a process is stopped, or dead, or waits for one that is (a parent in vfork)."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0] in "TtZXD"
    except (FileNotFoundError, ProcessLookupError):
        return True


def signal_all(pids, number):
    """A signal to processes that may be gone already."""
    for pid in pids:
        try:
            os.kill(pid, number)
        except (ProcessLookupError, PermissionError):
            pass


class Supervisor:
    """One guest: SIGTERM ends it, SIGUSR1 starts its sshd anew."""

    def __init__(self, argv, log, lifeline):
        self.argv, self.lifeline = argv, lifeline
        self.log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self.daemon = None
        self.ending = self.again = False
        self.awake, wake = os.pipe()
        os.set_blocking(wake, False)
        os.set_blocking(self.awake, False)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        signal.signal(signal.SIGTERM, self._end)
        signal.signal(signal.SIGUSR1, self._start_again)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ORDERS)

    def _end(self, *_):
        self.ending = True

    def _start_again(self, *_):
        self.again = True

    def run(self):
        """Start sshd; reap what dies; end when told to."""
        prctl(PR_SET_CHILD_SUBREAPER, 1)
        self._spawn()
        while not self.ending:
            ready, _, _ = select.select([self.lifeline, self.awake], [], [])
            self._drain()
            reap()
            if self.lifeline in ready:
                break
            if self.again:
                self.again = False
                self._restart()
        kill_below()

    def _drain(self):
        try:
            os.read(self.awake, 4096)
        except BlockingIOError:
            pass

    def _spawn(self):
        pid = os.fork()
        if pid:
            self.daemon = pid
            return
        try:
            prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            nothing = os.open(os.devnull, os.O_RDONLY)
            for source, target in ((nothing, 0), (self.log, 1), (self.log, 2)):
                os.dup2(source, target)
            for number in (signal.SIGTERM, signal.SIGUSR1, signal.SIGCHLD, signal.SIGINT):
                signal.signal(number, signal.SIG_DFL)
            os.execv(self.argv[0], self.argv)
        finally:
            os._exit(127)

    def _restart(self):
        # Only the daemon: connections that are open live on, as with a real restart.
        if self.daemon in children(os.getpid()):
            signal_all([self.daemon], signal.SIGKILL)
            os.waitpid(self.daemon, 0)
        self._spawn()


def reap():
    """Collect the dead, adopted ones too."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def kill_below():
    """Kill everything below this process, what is born meanwhile as well."""
    me = os.getpid()
    for _ in range(2000):
        below = descendants(me)
        if not below:
            return
        signal_all(below, signal.SIGKILL)
        reap()
        time.sleep(0.0005)


def nurse(control, lifeline, folder):
    """The nursery: fork a supervisor for each request, and clean up when the emulator is gone."""
    os.setsid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # A supervisor must not miss what is sent to it before it listens.
    signal.pthread_sigmask(signal.SIG_BLOCK, ORDERS)
    try:
        while True:
            # The dead are collected before each request, and at least ten times a second.
            ready, _, _ = select.select([control], [], [], 0.1)
            reap()
            if ready and not serve_request(control, lifeline):
                break
    except OSError:
        pass  # the emulator ended between its request and the answer
    kill_when_late(give_up=time.monotonic() + 5)
    if folder:
        shutil.rmtree(folder, ignore_errors=True)


def serve_request(control, lifeline):
    """Fork a supervisor and tell its pid; false at the end of the requests."""
    request = control.recv(65536)
    if not request:
        return False
    order = json.loads(request)
    pid = os.fork()
    if pid == 0:
        try:
            control.close()
            Supervisor(order["argv"], order["log"], lifeline).run()
        finally:
            os._exit(0)
    control.send(str(pid).encode())
    return True


def kill_when_late(give_up):
    """Wait for the supervisors, which saw the pipe close too."""
    while descendants(os.getpid()):
        reap()
        if time.monotonic() > give_up:
            kill_below()
        time.sleep(0.002)
    reap()


def open_nursery(folder):
    """Fork the nursery; the socket to it. `folder` is removed at the end unless it is None."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    lifeline, held = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            ours.close()
            os.close(held)
            nurse(theirs, lifeline, folder)
        finally:
            os._exit(0)
    theirs.close()
    os.close(lifeline)
    return ours, held, pid
