"""Which function answers which method."""

from collections import namedtuple

Handler = namedtuple("Handler", "function paced")

HANDLERS = {}


def method(*names, paced=False):
    """Register a function for methods. It gets the context of the call and its parameters.

    A paced function says by itself, with context.work(), at what point its time passes; any other
    is called when that time is over.
    """

    def register(function):
        for name in names:
            HANDLERS[name] = Handler(function, paced)
        return function

    return register
