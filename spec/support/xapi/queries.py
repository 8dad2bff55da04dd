"""The expressions of get_all_records_where: field "name" = "value", and, or, not, true, false."""

import re

from .errors import internal_error

TOKEN = re.compile(r"""\s*(?:(?P<text>"[^"]*"|'[^']*')|(?P<word>\w+)|(?P<mark>[()=]))""")


def compile_query(text):
    """A function that tells of a record whether the expression holds."""
    parser = Parser(text)
    holds = parser.disjunction()
    if parser.peek() is not None:
        raise parser.error()
    return holds


def as_text(value):
    """A value as the database compares it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


class Parser:
    """Recursive descent over the tokens of one expression."""

    def __init__(self, text):
        self.text, self.tokens, place = text, [], 0
        while text[place:].strip():
            match = TOKEN.match(text, place)
            if not match:
                raise self.error()
            self.tokens.append((match.lastgroup, match.group(match.lastgroup)))
            place = match.end()
        self.place = 0

    def error(self):
        """What XAPI says of an expression that it cannot read."""
        return internal_error(f"Failed to parse expression: {self.text}")

    def peek(self):
        """The next token, None at the end."""
        return self.tokens[self.place] if self.place < len(self.tokens) else None

    def take(self, *wanted):
        """The next token when it is one of these, else None."""
        token = self.peek()
        if token is None or (wanted and token[1] not in wanted):
            return None
        self.place += 1
        return token

    def need(self, *wanted):
        """The next token, which has to be one of these."""
        token = self.take(*wanted)
        if token is None:
            raise self.error()
        return token

    def disjunction(self):
        """a or b"""
        left = self.conjunction()
        while self.take("or"):
            left = self.either(left, self.conjunction())
        return left

    def conjunction(self):
        """a and b"""
        left = self.term()
        while self.take("and"):
            left = self.both(left, self.term())
        return left

    @staticmethod
    def either(left, right):
        """One of two."""
        return lambda record: left(record) or right(record)

    @staticmethod
    def both(left, right):
        """Two at once."""
        return lambda record: left(record) and right(record)

    def term(self):
        """A constant, a negation, brackets or a comparison."""
        if self.take("("):
            inner = self.disjunction()
            self.need(")")
            return inner
        if self.take("not"):
            inner = self.term()
            return lambda record: not inner(record)
        token = self.peek()
        if token in (("word", "true"), ("word", "false")):
            self.take()
            return lambda record: token[1] == "true"
        return self.comparison()

    def comparison(self):
        """operand = operand"""
        left = self.operand()
        self.need("=")
        right = self.operand()
        return lambda record: left(record) == right(record)

    def operand(self):
        """field "name", or a text. The database doubles the underscore of nested names."""
        if self.take("field"):
            name = self.quoted().replace("__", "_")
            return lambda record: as_text(record.get(name, ""))
        text = self.quoted()
        return lambda record: text

    def quoted(self):
        """A text without its quotation marks."""
        token = self.need()
        if token[0] != "text":
            raise self.error()
        return token[1][1:-1]
