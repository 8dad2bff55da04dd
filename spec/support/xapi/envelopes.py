"""Calls and replies as they travel: JSON-RPC 1 and 2, and XML-RPC as XAPI writes it."""

import json

DUMPS = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


class Malformed(Exception):
    """A body that is no call; XAPI answers HTTP 500."""


class JsonCall:
    """A call that came as JSON. Without `jsonrpc` it is of version 1."""

    content_type = "application/json"

    def __init__(self, body):
        try:
            call = json.loads(body.decode("utf-8"))
            self.method, self.params, self.id = call["method"], call["params"], call["id"]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise Malformed(str(error)) from None
        if isinstance(self.id, bool) or not isinstance(self.id, (int, str)):
            raise Malformed("the id is neither an integer nor a string")
        if not isinstance(self.method, str) or not isinstance(self.params, list):
            raise Malformed("no method, or no array of parameters")
        self.version2 = "jsonrpc" in call

    def success(self, value):
        """The reply with a value."""
        if self.version2:
            return DUMPS({"jsonrpc": "2.0", "result": value, "id": self.id}).encode()
        return DUMPS({"result": value, "error": None, "id": self.id}).encode()

    def failure(self, code, params):
        """The reply with an error."""
        if self.version2:
            error = {"code": 1, "message": code, "data": params}
            return DUMPS({"jsonrpc": "2.0", "error": error, "id": self.id}).encode()
        return DUMPS({"result": None, "error": [code, *params], "id": self.id}).encode()

    @staticmethod
    def early_failure(code, params):
        """An error from before the call was understood: of version 2, but with a bare array."""
        return DUMPS({"jsonrpc": "2.0", "error": [code, *params], "id": 0}).encode()


class XmlCall:
    """A call that came as XML."""

    content_type = "text/xml"
    id = None

    def __init__(self, body):
        from xmlrpc import client  # slow to load, and few need it

        try:
            params, self.method = client.loads(body, use_builtin_types=True)
        except Exception as error:  # expat, base64 and the unmarshaller have one each
            raise Malformed(str(error)) from None
        if self.method is None:
            raise Malformed("no methodName")
        self.params = [plain(param) for param in params]

    def success(self, value):
        """The reply with a value; a system method's is not wrapped."""
        if self.method.startswith("system."):
            return xml_response(xml_value(value))
        return xml_response(xml_value({"Status": "Success", "Value": value}))

    @staticmethod
    def failure(code, params):
        """The reply with an error."""
        return xml_response(xml_value({"Status": "Failure", "ErrorDescription": [code, *params]}))

    early_failure = failure


def plain(value):
    """What the XML library made of a value, as JSON has it."""
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return value.strftime("%Y%m%dT%H:%M:%SZ")


def escape(text):
    """A text in XML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def xml_value(value):
    """A value in XML. Integers have no type, and there is no white space between tags."""
    if isinstance(value, bool):
        inner = f"<boolean>{int(value)}</boolean>"
    elif isinstance(value, float):
        inner = f"<double>{value!r}</double>"
    elif isinstance(value, list):
        inner = f"<array><data>{''.join(map(xml_value, value))}</data></array>"
    elif isinstance(value, dict):
        inner = f"<struct>{''.join(map(xml_member, value.items()))}</struct>"
    else:
        inner = escape(str(value))
    return f"<value>{inner}</value>"


def xml_member(item):
    """A member of a struct."""
    return f"<member><name>{escape(item[0])}</name>{xml_value(item[1])}</member>"


def xml_response(value):
    """The document around a value."""
    return (
        '<?xml version="1.0"?><methodResponse><params><param>'
        f"{value}</param></params></methodResponse>"
    ).encode()
