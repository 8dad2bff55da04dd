"""Types of the data model: how a value is checked when it comes in, and what it is by default.

Values are kept as JSON has them: int, float, bool, str, list and dict. References and dates are
strings. XAPI is strict about what it takes; the messages are those of its own decoder.
"""

import re

from .errors import internal_error, server_error

NULL = "OpaqueRef:NULL"
EPOCH = "19700101T00:00:00Z"
INT64 = 1 << 63


def show(value):
    """A value in the notation of XAPI's decoding errors."""
    if value is None:
        return "N"
    if isinstance(value, bool):
        return f"B({str(value).lower()})"
    if isinstance(value, int):
        return f"I({value})"
    if isinstance(value, float):
        return f"F({value:g})"
    if isinstance(value, str):
        return f"S({value})"
    if isinstance(value, list):
        return "[" + ";".join(map(show, value)) + "]"
    return "{" + ";".join(f"{key}:{show(item)}" for key, item in value.items()) + "}"


def mismatch(expected, value):
    """The error of a value of another type."""
    return internal_error(f"Expected {expected}, got '{show(value)}'")


class Scalar:
    """A type without parts: a name, a default and a function that checks."""

    def __init__(self, name, default, check):
        self.name, self._default, self.check = name, default, check

    def default(self):
        """The value of a field that nobody has set."""
        return self._default

    def parse(self, text):
        """A default as the tables write it."""
        if self.name == "bool":
            return text == "true"
        if self.name == "int":
            return int(text)
        return float(text) if self.name == "float" else text


class Ref(Scalar):
    """A reference to an object of a class."""

    def __init__(self, target):
        super().__init__("@" + target, NULL, check_string)
        self.target = target


class SetOf:
    """A set, which travels as an array."""

    def __init__(self, item):
        self.item = item
        self.name = f"set({item.name})"

    def default(self):
        """An empty set."""
        return []

    def parse(self, text):
        """The tables write one item."""
        return [self.item.parse(text)]

    def check(self, value):
        """Every item, in its order."""
        if not isinstance(value, list):
            raise mismatch("list", value)
        return [self.item.check(item) for item in value]


class MapOf:
    """A map, whose keys travel as strings."""

    def __init__(self, key, item):
        self.key, self.item = key, item
        self.name = f"map({key.name},{item.name})"

    def default(self):
        """An empty map."""
        return {}

    def parse(self, text):
        """The tables write key:value,key:value."""
        return dict(pair.split(":", 1) for pair in text.split(","))

    def check(self, value):
        """Every key and every item."""
        if not isinstance(value, dict):
            raise mismatch("dict", value)
        return {key: self.item.check(item) for key, item in value.items()}


class RecordOf:
    """A constructor's argument; its fields are checked by the class that makes the object."""

    def __init__(self, target):
        self.target = target
        self.name = f"record({target})"

    def check(self, value):
        """A struct, whatever is in it."""
        if not isinstance(value, dict):
            raise internal_error("bad __structure")
        return value


def check_string(value):
    """A string, and nothing that could become one."""
    if not isinstance(value, str):
        raise mismatch("string", value)
    return value


def check_text(value):
    """What a name is written with: the database keeps only what XML can carry."""
    if re.search("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", value):
        raise server_error("Db_exn.Invalid_value")


def check_int(value):
    """A number without a fraction, or a string of one; 64 bits, as OCaml reads them."""
    if isinstance(value, str):
        if not re.fullmatch(r"[+-]?[0-9][0-9_]*", value):
            raise internal_error("Int64.of_string")
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise mismatch("int64", value)
    if not -INT64 <= value < INT64:
        raise internal_error("Int64.of_string")
    return value


def check_float(value):
    """A number, or a string of one."""
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            raise internal_error("float_of_string") from None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise mismatch("float", value)
    return float(value)


def check_bool(value):
    """A boolean; neither 0 nor "true" is one."""
    if not isinstance(value, bool):
        raise mismatch("bool", value)
    return value


def enumeration(name, names):
    """A type whose values are some words."""

    def check(value):
        if check_string(value) not in names:
            raise internal_error(f"{name}_of_rpc: unknown value '{value}'")
        return value

    return Scalar(name, names[0], check)


SCALARS = {
    "string": Scalar("string", "", check_string),
    "secretstring": Scalar("secretstring", "", check_string),
    "int": Scalar("int", 0, check_int),
    "float": Scalar("float", 0.0, check_float),
    "bool": Scalar("bool", False, check_bool),
    "date": Scalar("date", EPOCH, check_string),
    "void": Scalar("void", "", check_string),
}


def parse_type(text, enums):
    """The type that the tables call `text`."""
    if text in SCALARS:
        return SCALARS[text]
    if text.startswith("@"):
        return Ref(text[1:])
    if text.startswith("set("):
        return SetOf(parse_type(text[4:-1], enums))
    if text.startswith("record("):
        return RecordOf(text[7:-1])
    if text.startswith("map("):
        key, item = split_pair(text[4:-1])
        return MapOf(parse_type(key, enums), parse_type(item, enums))
    return enumeration(text, enums.get(text, [text]))


def split_pair(text):
    """`key,item` at the comma that is in no brackets."""
    depth = 0
    for place, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            return text[:place], text[place + 1 :]
    raise ValueError(f"not a pair: {text}")
