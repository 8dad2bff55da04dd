"""The objects of the pool, and what happened to them.

One lock guards everything. A record is a dictionary whose values are replaced and never changed in
place, so that a shallow copy taken under the lock stays as it was. Every change gets the next
generation; event.from is answered from the generations of the objects, and from the last deletions.
"""

import threading
import uuid
from collections import deque

from .errors import XapiError
from .model import RELATIONS
from .values import NULL

# XAPI forgets deletions too, after a few hundred.
REMEMBERED_DELETIONS = 512


class Entry:
    """An object: its class, reference and record, and when it came and changed."""

    __slots__ = ("cls", "ref", "record", "created", "modified")

    def __init__(self, cls, ref, record, generation):
        self.cls, self.ref, self.record = cls, ref, record
        self.created = self.modified = generation


def new_ref():
    """A reference that nobody can guess, and that says nothing."""
    return f"OpaqueRef:{uuid.uuid4()}"


class Store:
    """Objects by class and reference."""

    def __init__(self, model):
        self.model = model
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.generation = 1
        self.entries = {name: {} for name in model.classes}
        self.deleted = deque(maxlen=REMEMBERED_DELETIONS)
        self.watchers = set()

    # Reading

    def find(self, cls, ref):
        """The entry of an object, or HANDLE_INVALID."""
        entry = self.entries[cls].get(ref)
        if entry is None:
            raise XapiError("HANDLE_INVALID", cls, ref)
        return entry

    def record(self, cls, ref):
        """The record of an object, not a copy: for reading under the lock."""
        return self.find(cls, ref).record

    def get(self, cls, ref, field):
        """One field of an object."""
        return self.find(cls, ref).record[field]

    def exists(self, cls, ref):
        """Whether there is such an object."""
        return ref in self.entries[cls]

    def all(self, cls):
        """The entries of a class, in the order in which they were made."""
        return list(self.entries[cls].values())

    # Changing

    def create(self, cls, ref=None, **fields):
        """A new object with these fields, the others by default."""
        with self.lock:
            record = self.model.classes[cls].defaults()
            record["uuid"] = str(uuid.uuid4())
            record.update(fields)
            ref = ref or new_ref()
            self.entries[cls][ref] = Entry(cls, ref, record, self._tick())
            for field in record:
                self._relate(cls, ref, field, NULL, record[field])
            self._tell(cls, ref)
            return ref

    def set(self, cls, ref, **fields):
        """Change fields of an object; those that stay as they were are no event."""
        with self.lock:
            entry = self.find(cls, ref)
            changed = {name: value for name, value in fields.items() if entry.record[name] != value}
            if not changed:
                return
            for name, value in changed.items():
                self._relate(cls, ref, name, entry.record[name], value)
            entry.record.update(changed)
            entry.modified = self._tick()
            self._tell(cls, ref)

    def delete(self, cls, ref):
        """Remove an object, and its reference from the sets that mirror it."""
        with self.lock:
            entry = self.find(cls, ref)
            for name, value in entry.record.items():
                self._relate(cls, ref, name, value, NULL)
            del self.entries[cls][ref]
            self.deleted.append((self._tick(), cls, ref))
            self._tell(cls, ref)

    def touch(self, cls, ref):
        """An event of an object that did not change; its generation."""
        with self.lock:
            self.find(cls, ref).modified = self._tick()
            self._tell(cls, ref)
            return self.generation

    def _tick(self):
        self.generation += 1
        return self.generation

    def _relate(self, cls, ref, field, old, new):
        mirror = RELATIONS.get((cls, field))
        if mirror is None:
            return
        target = self.model.classes[cls].fields[field].type.target
        if old != NULL and old in self.entries[target]:
            kept = [item for item in self.get(target, old, mirror) if item != ref]
            self.set(target, old, **{mirror: kept})
        if new != NULL and new in self.entries[target]:
            self.set(target, new, **{mirror: [*self.get(target, new, mirror), ref]})

    def _tell(self, cls, ref):
        self.changed.notify_all()
        for watcher in self.watchers:
            watcher.see(cls, ref)
