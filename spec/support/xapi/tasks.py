"""Tasks: what an asynchronous call leaves to be watched, cancelled and destroyed."""

import threading
import time
import uuid

from .envelopes import xml_value
from .errors import XapiError
from .registry import method
from .values import NULL

FINISHED = ("success", "failure", "cancelled")
# What ends after it was told to be gone is removed when somebody cleans up.
REMOVAL_SECONDS = 0.05


class Lost(Exception):
    """The toolstack restarted, or the pool was reset, under a call."""


def now():
    """The time as XAPI writes it."""
    return time.strftime("%Y%m%dT%H:%M:%SZ", time.gmtime())


class Task:
    """The course of one call. Those of methods with an asynchronous form are objects too."""

    def __init__(self, pool, label, host, visible):
        self.pool = pool
        self.wake = threading.Event()
        self.cancelled = self.lost = False
        self.cancellable = True
        self.ref = None
        pool.calls.add(self)
        if visible:
            self.ref = pool.store.create(
                "task",
                name_label=label,
                created=now(),
                status="pending",
                resident_on=host,
                type="<none/>",
            )
            pool.tasks[self.ref] = self

    def work(self):
        """The call is under way: it may be asked to stop, whether it listens or not."""
        if self.ref and self.pool.store.exists("task", self.ref):
            self.pool.store.set("task", self.ref, allowed_operations=["cancel"])

    def begin_part(self, label):
        """What is done for this call shows as a task of its own."""
        return self.pool.store.create(
            "task",
            name_label=label,
            created=now(),
            status="pending",
            type="<none/>",
            subtask_of=self.ref or NULL,
        )

    def check(self):
        """Raise when the call is not to go on."""
        if self.lost:
            raise Lost()
        if self.cancelled:
            raise XapiError("TASK_CANCELLED", self.ref or "")

    def sleep(self, seconds):
        """Let time pass; None is for ever."""
        self.wake.wait(seconds)
        self.check()

    def cancel(self):
        """Ask the call to stop."""
        if self.cancellable:
            self.cancelled = True
            self.wake.set()

    def lose(self):
        """End the call without a word."""
        self.lost = True
        self.wake.set()

    def progress(self, fraction):
        """How far the call is."""
        if self.ref and self.pool.store.exists("task", self.ref):
            self.pool.store.set("task", self.ref, progress=fraction)

    def finish(self, value=None, error=None):
        """The call ended: its value, or the code and parameters of its error."""
        status = "success"
        if error:
            status = "cancelled" if error[0] == "TASK_CANCELLED" else "failure"
        store = self.pool.store
        self.pool.calls.discard(self)
        with store.lock:
            self.pool.tasks.pop(self.ref, None)
            if not store.exists("task", self.ref):
                return
            store.set(
                "task",
                self.ref,
                status=status,
                progress=1.0,
                finished=now(),
                allowed_operations=[],
                result="" if error else xml_value(value),
                error_info=error or [],
            )
            if "destroy" in store.get("task", self.ref, "current_operations").values():
                seconds = self.pool.delays.get("task_removal", REMOVAL_SECONDS)
                threading.Timer(seconds, self.pool.forget_task, [self.ref]).start()

    def remove(self):
        """Forget a call that nobody watches."""
        self.pool.calls.discard(self)
        if self.ref:
            with self.pool.store.lock:
                self.pool.tasks.pop(self.ref, None)
                if self.pool.store.exists("task", self.ref):
                    self.pool.store.delete("task", self.ref)


@method("task.create")
def create(context, label, description):
    """A task that the client itself moves on."""
    return context.store.create(
        "task",
        name_label=label,
        name_description=description,
        created=now(),
        status="pending",
        type="<none/>",
        resident_on=context.host,
    )


@method("task.cancel")
def cancel(context, ref):
    """Best effort: one that has ended, or cannot be stopped, is left as it is."""
    context.store.find("task", ref)
    task = context.pool.tasks.get(ref)
    if task:
        by = f"DummyRef:|{uuid.uuid4()}|task.cancel"
        context.store.set("task", ref, current_operations={by: "cancel"})
        task.cancel()
    return ""


@method("task.destroy")
def destroy(context, ref):
    """At once when it has ended, otherwise some time after its end."""
    record = context.store.record("task", ref)
    if record["status"] in FINISHED or ref not in context.pool.tasks:
        context.store.delete("task", ref)
        return ""
    if "task" in record["current_operations"]:
        raise XapiError("MAP_DUPLICATE_KEY", "task", "current_operations", ref, "task")
    current = {**record["current_operations"], "task": "destroy"}
    context.store.set("task", ref, current_operations=current)
    return ""


@method("task.set_status")
def set_status(context, ref, value):
    """Only a client's own task gets here while it is pending."""
    finished = {"finished": now()} if value in FINISHED else {}
    context.store.set("task", ref, status=value, **finished)
    return ""
