"""Sessions: logging in and out, who may still speak, and how many may."""

import time

from .errors import XapiError
from .registry import method
from .tasks import now
from .values import NULL

IDLE_SECONDS = 24 * 3600
CAP_WITHOUT_ORIGINATOR = 400
CAP_PER_ORIGINATOR = 500


class Sessions:
    """The table of sessions, beside their objects: when each was last used."""

    def __init__(self, pool):
        self.pool = pool
        self.used = {}  # reference to monotonic time, the longest unused first
        self.local = set()  # sessions with one host alone, which a slave takes too
        self.tasks = {}  # whose each task is

    def login(self, host, user, originator, local=False):
        """A new session; the longest idle one of its originator goes when they are too many."""
        store = self.pool.store
        with store.lock:
            self._make_room(originator)
            ref = store.create(
                "session",
                this_host=host,
                this_user=NULL,
                last_active=now(),
                validation_time=now(),
                auth_user_name=user,
                is_local_superuser=True,
                originator=originator,
            )
            self.used[ref] = time.monotonic()
            if local:
                self.local.add(ref)
            return ref

    def _make_room(self, originator):
        cap = CAP_PER_ORIGINATOR if originator else CAP_WITHOUT_ORIGINATOR
        store = self.pool.store
        same = [ref for ref in self.used if store.get("session", ref, "originator") == originator]
        for ref in same[: max(0, len(same) - cap + 1)]:
            self.end(ref)

    def check(self, ref, host):
        """The session of a call on a host: HOST_IS_SLAVE, SESSION_INVALID, or silence."""
        store = self.pool.store
        with store.lock:
            if ref not in self.local:
                self.pool.check_master(host)
            used = self.used.pop(ref, None)
            if used is None:
                raise XapiError("SESSION_INVALID", ref)
            if time.monotonic() - used > self.pool.delays.get("session_idle", IDLE_SECONDS):
                self.used[ref] = used
                self.end(ref)
                raise XapiError("SESSION_INVALID", ref)
            self.used[ref] = time.monotonic()
            # Not an event: XAPI's clients would see nothing else.
            store.record("session", ref)["last_active"] = now()

    def end(self, ref):
        """Forget a session and wake what waits in it."""
        store = self.pool.store
        with store.lock:
            self.used.pop(ref, None)
            self.local.discard(ref)
            if store.exists("session", ref):
                store.delete("session", ref)
            for watcher in store.watchers:
                watcher.wake_session(ref)

    def end_all(self):
        """Forget every session, those that are just being looked at as well."""
        with self.pool.store.lock:
            for ref in list(self.used):
                self.end(ref)


def authenticate(context, user, password):
    """The name and password, or SESSION_AUTHENTICATION_FAILED after a while."""
    pool = context.pool
    if (user, password) != (pool.username, pool.password):
        context.task.sleep(pool.delays.get("authentication_failure", 0))
        raise XapiError("SESSION_AUTHENTICATION_FAILED", user, "Authentication failure")


@method("session.login_with_password")
def login_with_password(context, user, password, _version="", originator=""):
    """Only the master logs anybody in."""
    context.pool.check_master(context.host)
    authenticate(context, user, password)
    return context.pool.sessions.login(context.host, user, originator)


@method("session.slave_local_login_with_password")
def slave_local_login(context, user, password):
    """A session with this one host."""
    authenticate(context, user, password)
    return context.pool.sessions.login(context.host, user, "", local=True)


@method("session.logout", "session.local_logout")
def logout(context):
    """End the session of this call."""
    context.pool.sessions.end(context.session)
    return ""


@method("session.get_tasks")
def get_tasks(context, session):
    """The tasks of the calls of a session that there still are."""
    store = context.store
    store.find("session", session)
    tasks = context.pool.sessions.tasks.items()
    return [ref for ref, owner in tasks if owner == session and store.exists("task", ref)]


@method("session.change_password")
def change_password(context, old, new):
    """Sessions that are open stay so."""
    if old != context.pool.password:
        raise XapiError("CHANGE_PASSWORD_REJECTED", "Authentication failure")
    context.pool.password = new
    return ""


@method("session.logout_subject_identifier", "session.get_all_subject_identifiers")
def subjects(_context, *_args):
    """There are no external users."""
    return [] if not _args else ""
