"""From a method's name and parameters to its value or error.

The order is XAPI's: is there such a method, the number of parameters, their types, the session, and
only then the call itself, in a task when it has an asynchronous form.
"""

import threading

from .errors import XapiError, server_error
from .generic import handler_of
from .registry import HANDLERS
from .tasks import Lost, Task
from .values import check_string

ASYNC = "Async."
# Methods of these classes never have a task of their own.
WITHOUT_TASK = ("session", "task", "event")


class Context:
    """What a method knows of its call: pool, host, session, task."""

    def __init__(self, pool, host, message, session, rules):
        self.pool, self.host, self.message, self.session = pool, host, message, session
        self.store = pool.store
        self.rules = rules
        self.arguments = []
        self.task = None

    def work(self, name=None):
        """Let the time of the method pass, and let faults of the method strike."""
        name = name or self.message.wire_name
        for rule in self.rules:
            rule.during(self)
        delay = self.pool.delays.get(name, 0)
        if delay >= 0.1 and self.task.ref:
            for step in range(1, 5):
                self.task.sleep(delay / 4)
                self.task.progress(step / 5)
        elif delay > 0:
            self.task.sleep(delay)
        self.task.check()

    def done(self):
        """The call took effect: faults that strike afterwards."""
        for rule in self.rules:
            rule.after(self)


def call(pool, host, name, params, rules=(), headers=None):
    """Answer one call that came to a host."""
    with_async = name.startswith(ASYNC)
    base = name[len(ASYNC) :] if with_async else name
    if base == "system.listMethods":
        return list_methods(pool.model)
    message = pool.model.messages.get(base)
    if message is None:
        raise XapiError("MESSAGE_METHOD_UNKNOWN", base)
    session, arguments = unmarshal(pool.model, message, params)
    if message.session:
        pool.sessions.check(session, host)
    if with_async and not message.has_async:
        raise XapiError("Fault", f"No async mode for this operation (rpc: {base})")
    context = Context(pool, host, message, session, rules)
    context.arguments = arguments
    for rule in rules:
        rule.before(context)
    visible = message.has_async and message.cls not in WITHOUT_TASK or with_async
    context.task = Task(pool, name, host, visible)
    pool.sessions.tasks[context.task.ref] = session
    if not with_async:
        return run_now(context)
    threading.Thread(target=run_later, args=[context], daemon=True).start()
    return context.task.ref


def unmarshal(model, message, params):
    """The session and the checked parameters of a message."""
    count = len(params) - (1 if message.session else 0)
    if count < message.required or (count > len(message.params) and not message.open_ended):
        raise XapiError(
            "MESSAGE_PARAMETER_COUNT_MISMATCH", message.wire_name, message.required, count
        )
    session = None
    if message.session:
        session, params = check_string(params[0]), params[1:]
    arguments = [param.type.check(value) for param, value in zip(message.params, params)]
    if model.is_constructor(message):
        arguments = [read_structure(model.classes[message.cls], arguments[0])]
    return session, arguments


def read_structure(cls, structure):
    """The fields of a constructor: some are required, others by default, further ones ignored."""
    fields = {}
    for field in cls.constructor_fields():
        if field.name in structure:
            fields[field.name] = field.type.check(structure[field.name])
        elif field.required:
            raise server_error(f'Server_helpers.Dispatcher_FieldNotFound("{field.name}")')
    return fields


def find_handler(pool, message):
    """The function of a message, remembered."""
    handler = HANDLERS.get(message.wire_name) or handler_of(pool.model, message)
    if handler is None:
        raise XapiError("NOT_IMPLEMENTED", message.wire_name)
    HANDLERS[message.wire_name] = handler
    return handler


def run(context):
    """Call the function of a message. A paced one takes the lock by itself."""
    handler = find_handler(context.pool, context.message)
    if handler.paced:
        value = handler.function(context, *context.arguments)
    else:
        context.task.work()
        context.work()
        with context.store.lock:
            value = handler.function(context, *context.arguments)
    context.done()
    return value


def run_now(context):
    """The call of a client that waits; its task is gone when it ends."""
    try:
        return run(context)
    finally:
        context.task.remove()


def run_later(context):
    """The call of a client that got a task."""
    try:
        context.task.finish(run(context))
    except XapiError as error:
        context.task.finish(error=error.as_list())
    except Lost:
        context.task.remove()
    except Exception as error:  # an error of the emulator's own, told as XAPI tells of its own
        context.pool.log_exception(error)
        context.task.finish(error=["INTERNAL_ERROR", repr(error)])


def list_methods(model):
    """All methods there are."""
    return list(model.messages)
