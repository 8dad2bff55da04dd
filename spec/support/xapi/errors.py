"""The one exception that a call answers with: a code and its parameters, all strings."""


class XapiError(Exception):
    """An API failure, such as HANDLE_INVALID with a class and a reference."""

    def __init__(self, code, *params):
        super().__init__(code, *params)
        self.code = code
        self.params = [str(param) for param in params]

    def as_list(self):
        """The code and its parameters, as XAPI sends them."""
        return [self.code, *self.params]


def server_error(exception):
    """What XAPI makes of an exception of its own that is no failure in words."""
    return XapiError("INTERNAL_ERROR", exception)


def internal_error(text):
    """What XAPI makes of an exception of its own: the text of an OCaml exception."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return XapiError("INTERNAL_ERROR", f'Failure("{escaped}")')
