"""Events: event.from with its tokens, event.inject, and the older register and next."""

import threading
import time

from .errors import XapiError
from .model import OTHER_CLASSES
from .registry import method
from .values import check_int

# Changes that come close together are told together.
BATCH_SECONDS = 0.05
NEXT_SECONDS = 30.0


class Subscription:
    """Which objects a caller wants to hear of: "*", "vm", "vm/OpaqueRef:..."."""

    def __init__(self, model, classes):
        self.everything = False
        self.classes, self.objects = set(), set()
        for text in classes:
            cls, slash, ref = text.partition("/")
            name = model.by_lower.get(cls.lower(), cls)  # of a class that is none nothing is heard
            if text == "*":
                self.everything = True
            elif slash:
                self.objects.add((name, ref))
            else:
                self.classes.add(name)

    def covers(self, cls, ref):
        """Whether an object is among them."""
        return self.everything or cls in self.classes or (cls, ref) in self.objects

    def candidates(self, store):
        """The objects there are among them."""
        for cls, entries in store.entries.items():
            if self.everything or cls in self.classes:
                yield from entries.values()
        if not self.everything:
            for cls, ref in self.objects:
                entry = store.entries.get(cls, {}).get(ref)
                if entry and cls not in self.classes:
                    yield entry


class Watcher:
    """A caller that waits: the store tells it of every change."""

    def __init__(self, subscription, session):
        self.subscription, self.session = subscription, session
        self.wake = threading.Event()

    def see(self, cls, ref):
        """An object changed."""
        if not self.wake.is_set() and self.subscription.covers(cls, ref):
            self.wake.set()

    def wake_session(self, session):
        """A session ended."""
        if session == self.session:
            self.wake.set()


def parse_token(token):
    """The generation in a token; the empty one stands before everything."""
    if token == "":
        return 0
    try:
        generation, _messages = map(check_int, token.split(","))
    except (ValueError, XapiError):
        raise XapiError("EVENT_FROM_TOKEN_PARSE_FAILURE", token) from None
    return generation


def format_token(generation):
    """Generations of the objects and of messages; of the latter there are none."""
    return f"{generation:020d},{0:020d}"


def event(generation, cls, operation, ref, record=None):
    """One event; what is deleted has no snapshot."""
    told = {
        "id": str(generation),
        "timestamp": "0.0",
        "class": cls.lower(),
        "operation": operation,
        "ref": ref,
    }
    if record is not None:
        told["snapshot"] = dict(record)
    return told


def collect(store, subscription, since):
    """Everything that happened after a generation, each object once.

    As XAPI does, it tells of the end of objects whose beginning the caller never saw.
    """
    added, modified = [], []
    for entry in subscription.candidates(store):
        if entry.created > since:
            added.append(event(entry.created, entry.cls, "add", entry.ref, entry.record))
        elif entry.modified > since:
            modified.append(event(entry.modified, entry.cls, "mod", entry.ref, entry.record))
    deleted = [
        event(generation, cls, "del", ref)
        for generation, cls, ref in store.deleted
        if generation > since and subscription.covers(cls, ref)
    ]
    return added + modified + deleted


def valid_ref_counts(store):
    """How many objects of each class there are."""
    counts = {name.lower(): len(entries) for name, entries in store.entries.items()}
    counts.update((name, 0) for name in OTHER_CLASSES)
    return counts


def wait_for_events(context, subscription, since, seconds):
    """Events after a generation, and the generation up to which they are complete."""
    store = context.store
    give_up = time.monotonic() + max(0.0, seconds)
    watcher = Watcher(subscription, context.session)
    with store.lock:
        store.watchers.add(watcher)
    try:
        while True:
            with store.lock:
                watcher.wake.clear()
                if context.session not in context.pool.sessions.used:
                    raise XapiError("SESSION_INVALID", context.session)
                events = collect(store, subscription, since)
                left = give_up - time.monotonic()
                if events or left <= 0:
                    return events, store.generation
            if watcher.wake.wait(left):
                batch = context.pool.delays.get("event_batch", BATCH_SECONDS)
                time.sleep(min(batch, max(0.0, give_up - time.monotonic())))
    finally:
        with store.lock:
            store.watchers.discard(watcher)


@method("event.from", paced=True)
def from_(context, classes, token, seconds):
    """Wait for changes after a token, seconds at the most."""
    since = parse_token(token)
    subscription = Subscription(context.pool.model, classes)
    context.work()
    events, generation = wait_for_events(context, subscription, since, seconds)
    return {
        "events": events,
        "valid_ref_counts": valid_ref_counts(context.store),
        "token": format_token(generation),
    }


@method("event.inject")
def inject(context, cls, ref):
    """An event by hand: when its token has been passed, so has everything before.

    A class has to be written as the database has it, "VM": xapi compares it with that of the
    reference, so that by "vm" no reference is valid.
    """
    if ref not in context.store.entries.get(cls, {}):
        raise XapiError("HANDLE_INVALID", cls, ref)
    return format_token(context.store.touch(cls, ref))


@method("event.register")
def register(context, classes):
    """The older interface: a subscription that belongs to the session."""
    Subscription(context.pool.model, classes)
    state = context.pool.registered.setdefault(
        context.session, {"classes": [], "since": context.store.generation}
    )
    state["classes"] = sorted({*state["classes"], *classes})
    return ""


@method("event.unregister")
def unregister(context, classes):
    """Less of it, or none."""
    state = context.pool.registered.get(context.session, {"classes": []})
    state["classes"] = [name for name in state["classes"] if name not in classes]
    if not state["classes"]:
        context.pool.registered.pop(context.session, None)
    return ""


@method("event.next", paced=True)
def next_(context):
    """Wait for changes of what was registered."""
    state = context.pool.registered.get(context.session)
    if state is None:
        raise XapiError("SESSION_NOT_REGISTERED", context.session)
    context.work()
    subscription = Subscription(context.pool.model, state["classes"])
    events, state["since"] = wait_for_events(context, subscription, state["since"], NEXT_SECONDS)
    return events


@method("event.get_current_id")
def get_current_id(context):
    """The generation of the last change."""
    return context.store.generation
