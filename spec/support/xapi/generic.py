"""What every class has: records, look-ups, getters, setters, sets and maps."""

from .errors import XapiError
from .queries import compile_query
from .registry import Handler
from .values import MapOf, SetOf, check_text


NAMES = ("name_label", "name_description")


def handler_of(model, message):
    """The function for a message that follows from the class and its fields, or None."""
    cls, name = model.classes[message.cls], message.name
    make = OBJECT_MESSAGES.get(name)
    if make:
        return Handler(make(cls.name), False)
    for prefix, make in FIELD_MESSAGES:
        field = cls.fields.get(name[len(prefix) :]) if name.startswith(prefix) else None
        function = field and make(cls.name, field)
        if function:
            return Handler(function, False)
    return None


def get_record(cls):
    """All fields."""
    return lambda context, ref: dict(context.store.record(cls, ref))


def get_all(cls):
    """The references of a class."""
    return lambda context: [entry.ref for entry in context.store.all(cls)]


def get_all_records(cls):
    """The records of a class."""
    return lambda context: {entry.ref: dict(entry.record) for entry in context.store.all(cls)}


def get_all_where(cls):
    """The references of the objects that a query holds for."""

    def function(context, expr):
        holds = compile_query(expr)
        return [entry.ref for entry in context.store.all(cls) if holds(entry.record)]

    return function


def get_all_records_where(cls):
    """The records of the objects that a query holds for."""

    def function(context, expr):
        holds = compile_query(expr)
        return {
            entry.ref: dict(entry.record) for entry in context.store.all(cls) if holds(entry.record)
        }

    return function


def get_by_uuid(cls):
    """The one object with a uuid."""

    def function(context, uuid):
        for entry in context.store.all(cls):
            if entry.record["uuid"] == uuid:
                return entry.ref
        raise XapiError("UUID_INVALID", cls, uuid)

    return function


def get_by_name_label(cls):
    """All objects of that name."""

    def function(context, label):
        return [
            entry.ref for entry in context.store.all(cls) if entry.record["name_label"] == label
        ]

    return function


def getter(cls, field):
    """get_field."""
    return lambda context, ref: context.store.get(cls, ref, field.name)


def setter(cls, field):
    """set_field."""

    def function(context, ref, value):
        context.store.find(cls, ref)
        if field.name in NAMES:
            check_text(value)
        context.store.set(cls, ref, **{field.name: value})
        return ""

    return function


def map_adder(cls, field):
    """add_to_field: a key that is not there yet."""
    if not isinstance(field.type, MapOf):
        return None

    def function(context, ref, key, value):
        pairs = context.store.get(cls, ref, field.name)
        if key in pairs:
            raise XapiError("MAP_DUPLICATE_KEY", cls, field.name, ref, key)
        context.store.set(cls, ref, **{field.name: {**pairs, key: value}})
        return ""

    return function


def map_remover(cls, field):
    """remove_from_field: a key that need not be there."""
    if not isinstance(field.type, MapOf):
        return None

    def function(context, ref, key):
        pairs = dict(context.store.get(cls, ref, field.name))
        pairs.pop(key, None)
        context.store.set(cls, ref, **{field.name: pairs})
        return ""

    return function


def set_adder(cls, field):
    """add_field: an item, once."""
    if not isinstance(field.type, SetOf):
        return None

    def function(context, ref, value):
        items = context.store.get(cls, ref, field.name)
        if value not in items:
            context.store.set(cls, ref, **{field.name: [*items, value]})
        return ""

    return function


def set_remover(cls, field):
    """remove_field: an item that need not be there."""
    if not isinstance(field.type, SetOf):
        return None

    def function(context, ref, value):
        items = context.store.get(cls, ref, field.name)
        context.store.set(cls, ref, **{field.name: [item for item in items if item != value]})
        return ""

    return function


OBJECT_MESSAGES = {
    "get_record": get_record,
    "get_all": get_all,
    "get_all_records": get_all_records,
    "get_all_where": get_all_where,
    "get_all_records_where": get_all_records_where,
    "get_by_uuid": get_by_uuid,
    "get_by_name_label": get_by_name_label,
}

# Longest first: add_to_x is not the set x's "to_x".
FIELD_MESSAGES = [
    ("remove_from_", map_remover),
    ("add_to_", map_adder),
    ("remove_", set_remover),
    ("add_", set_adder),
    ("get_", getter),
    ("set_", setter),
]
