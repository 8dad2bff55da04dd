#!/usr/bin/env python3
"""Drive a program in a pseudo-terminal.

usage: terminal.py STEPS.json PROGRAM [ARGUMENTS]

STEPS.json is a list of steps, each a list of a word and its arguments:
  ["send", TEXT]          type it
  ["expect", TEXT]        wait until the program has written TEXT, after what an earlier step waited for
  ["screen", TEXT]        wait until TEXT is on the screen, lines joined by newlines without blanks
                          at their ends
  ["painted", TEXT, CODE] wait until TEXT is in a line of the screen, and each character has the
                          attributes of that SGR code, or "" for none
  ["resize", ROWS, COLUMNS]
  ["signal", NAME]        send it to the program
  ["file", PATH]          wait until the file is there
  ["busy"]                wait until the program has used a tenth of a second of processor time more
  ["mode", "cooked"|"raw"]    wait until the terminal echoes, or does not
  ["end"]                 wait for the program's end
Writes all that the program wrote to standard output. Exit status: the program's, 128 + the signal
that ended it; 99 where a wait took longer than BIOXEN_SLOW times 100 seconds.
"""
import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
import unicodedata

PATIENCE = 100 * float(os.environ.get("BIOXEN_SLOW", "1"))


def width(character):
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


class Screen:
    """As much of a terminal as a line editor uses. Counts what it does not know."""

    def __init__(self, rows, columns):
        self.rows, self.columns = rows, columns
        self.lines = [[]]
        self.row = self.column = 0
        self.wrap = False
        self.code = ""
        self.unknown = []
        self.rest = ""

    def resize(self, rows, columns):
        self.rows, self.columns = rows, columns

    def line(self):
        while self.row >= len(self.lines):
            self.lines.append([])
        line = self.lines[self.row]
        while len(line) < self.column:
            line.append((" ", ""))
        return line

    def put(self, character):
        size = width(character)
        if self.wrap or self.column + size > self.columns:
            self.row += 1
            self.column = 0
        self.wrap = False
        line = self.line()
        line[self.column:self.column + size] = [(character, self.code)] + [("", self.code)] * (size - 1)
        self.column += size
        if self.column >= self.columns:
            self.column = self.columns - 1
            self.wrap = True

    def control(self, character):
        self.wrap = False
        if character == "\r":
            self.column = 0
        elif character == "\n":
            self.row += 1
        elif character == "\b":
            self.column = max(0, self.column - 1)
        elif character == "\t":
            self.column = min(self.columns - 1, self.column // 8 * 8 + 8)

    def sequence(self, parameters, final):
        number = int(parameters or "0") if re.fullmatch(r"\d*", parameters) else 0
        count = number or 1
        self.wrap = False
        line = self.line()
        if final == "A":
            self.row = max(0, self.row - count)
        elif final == "B":
            self.row += count
        elif final == "C":
            self.column = min(self.columns - 1, self.column + count)
        elif final == "D":
            self.column = max(0, self.column - count)
        elif final == "G":
            self.column = count - 1
        elif final == "K" and number == 0:
            del line[self.column:]
        elif final == "J" and number == 0:
            del line[self.column:]
            del self.lines[self.row + 1:]
        elif final == "P":
            del line[self.column:self.column + count]
        elif final == "@":
            line[self.column:self.column] = [(" ", "")] * count
            del line[self.columns:]
        elif final == "X":
            line[self.column:self.column + count] = [(" ", "")] * count
        elif final == "m":
            self.code = "" if parameters in ("", "0", "27") else parameters
        elif final in "hl":
            pass
        else:
            self.unknown.append(parameters + final)

    def write(self, text):
        text = self.rest + text
        self.rest = ""
        at = 0
        while at < len(text):
            if text[at] == "\033":
                match = re.compile(r"\033(?:\[([?>\d;]*)([@-~])|([()].)|([^\[()]))").match(text, at)
                if not match:
                    self.rest = text[at:]
                    return
                if match.group(2):
                    self.sequence(match.group(1), match.group(2))
                at = match.end()
            else:
                (self.control if text[at] < " " else self.put)(text[at])
                at += 1

    def text(self):
        return "\n".join("".join(cell[0] for cell in line).rstrip() for line in self.lines[-200:])

    def painted(self, text, code):
        for line in self.lines[-200:]:
            cells = [cell for cell in line if cell[0]]
            at = "".join(cell[0] for cell in cells).find(text)
            if at >= 0 and all(cell[1] == code for cell in cells[at:at + len(text)]):
                return True
        return False


class Driver:
    def __init__(self, command):
        self.rows, self.columns = 24, 80
        self.child, self.terminal = pty.fork()
        if self.child == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
            os.execvp(command[0], command)
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.screen = Screen(24, 80)
        self.bytes = b""
        self.written = ""
        self.read_up_to = 0
        self.status = None
        self.open = True

    def hear(self, seconds):
        """Take what the program writes within that time; False when it has gone."""
        if not self.open:
            time.sleep(min(seconds, 0.02))
            return
        if not select.select([self.terminal], [], [], seconds)[0]:
            return
        try:
            piece = os.read(self.terminal, 65536)
        except OSError:
            piece = b""
        if not piece:
            self.open = False
            return
        self.bytes += piece
        cut = len(self.bytes)
        while cut > 0 and len(self.bytes) - cut < 3 and self.bytes[cut - 1] & 0xc0 == 0x80:
            cut -= 1
        if cut > 0 and self.bytes[cut - 1] >= 0xc0:
            first = self.bytes[cut - 1]
            size = 4 if first >= 0xf0 else 3 if first >= 0xe0 else 2
            cut = len(self.bytes) if len(self.bytes) - cut + 1 >= size else cut - 1
        else:
            cut = len(self.bytes)
        text = self.bytes[:cut].decode("utf-8", "replace")
        self.bytes = self.bytes[cut:]
        self.written += text
        self.screen.write(text)

    def wait(self, what, condition):
        until = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > until or (not self.open and what[0] in ("expect", "screen", "painted", "mode")):
                raise TimeoutError(what)
            self.hear(0.05)

    def found(self, text):
        at = self.written.find(text, self.read_up_to)
        if at < 0:
            return False
        self.read_up_to = at + len(text)
        return True

    def reaped(self):
        if self.status is None:
            pid, status = os.waitpid(self.child, os.WNOHANG)
            if pid:
                self.status = (os.WEXITSTATUS(status) if os.WIFEXITED(status)
                               else 128 + os.WTERMSIG(status))
        return self.status is not None

    def ticks(self):
        with open(f"/proc/{self.child}/stat", encoding="utf-8", errors="replace") as file:
            return int(file.read().rpartition(")")[2].split()[11])

    def cooked(self):
        return bool(termios.tcgetattr(self.terminal)[3] & termios.ECHO)

    def send(self, text):
        data = text.encode("utf-8", "surrogateescape")
        while data:
            if select.select([], [self.terminal], [], 0)[1]:
                data = data[os.write(self.terminal, data[:512]):]
            self.hear(0 if data else 0.001)

    def do(self, step):
        word, arguments = step[0], step[1:]
        if word == "send":
            self.send(arguments[0])
        elif word == "expect":
            self.wait(step, lambda: self.found(arguments[0]))
        elif word == "screen":
            self.wait(step, lambda: arguments[0] in self.screen.text())
        elif word == "painted":
            self.wait(step, lambda: self.screen.painted(*arguments))
        elif word == "resize":
            self.screen.resize(*arguments)
            fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", *arguments, 0, 0))
        elif word == "signal":
            os.kill(self.child, getattr(signal, arguments[0]))
        elif word == "file":
            self.wait(step, lambda: os.path.exists(arguments[0]))
        elif word == "busy":
            before = self.ticks()
            self.wait(step, lambda: self.ticks() >= before + os.sysconf("SC_CLK_TCK") // 10)
        elif word == "mode":
            self.wait(step, lambda: self.cooked() == (arguments[0] == "cooked"))
        elif word == "end":
            self.wait(step, self.reaped)
            while self.open and select.select([self.terminal], [], [], 0)[0]:
                self.hear(0)
        else:
            raise ValueError(step)


def main():
    with open(sys.argv[1], encoding="utf-8", errors="surrogateescape") as file:
        steps = json.load(file)
    driver = Driver(sys.argv[2:])
    try:
        for step in steps:
            driver.do(step)
    except TimeoutError as problem:
        if not driver.reaped():
            os.kill(driver.child, signal.SIGKILL)
            os.waitpid(driver.child, 0)
        print("waited in vain:", problem, "\n---- the screen:")
        print(driver.screen.text())
        print("---- written:\n%r" % driver.written[-3000:])
        return 99
    if driver.screen.unknown:
        print("sequences that the screen does not know:", driver.screen.unknown)
        return 98
    sys.stdout.write(driver.written)
    return driver.status if driver.status is not None else 97


sys.exit(main())
