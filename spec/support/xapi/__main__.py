"""An emulated XCP-ng pool: XAPI over HTTP and HTTPS, with sshd processes for guests.

Prints one line of JSON when it is ready, and then answers control commands (see control.py), one
line each, until its standard input ends (with --until-eof) or a signal arrives.
"""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))

if __package__ in (None, ""):
    # Run as a folder: its modules import each other as a package. Without a place of its own for
    # compiled modules (PYTHONPYCACHEPREFIX), nothing is written next to the sources.
    sys.path[0] = os.path.dirname(HERE)
    sys.dont_write_bytecode = sys.pycache_prefix is None
    __package__ = "xapi"

from xapi.supervisor import open_nursery  # noqa: E402


def main():
    """Fork what keeps the guests while this process is small, then do the rest."""
    import tempfile

    # Descriptors that came by accident would keep other programs' pipes open.
    os.closerange(3, 256)
    kept, scratch = folder_option("--state"), folder_option("--scratch")
    state = os.path.abspath(kept or scratch or tempfile.mkdtemp(prefix="bioxen-xapi-"))
    os.makedirs(state, mode=0o700, exist_ok=True)
    nursery = open_nursery(None if kept else state)
    from xapi.emulator import run

    sys.exit(run(state, nursery))


def folder_option(name):
    """The value of an option; the rest of the command line is read later."""
    for place, word in enumerate(sys.argv):
        if word == name and place + 1 < len(sys.argv):
            return sys.argv[place + 1]
        if word.startswith(name + "="):
            return word[len(name) + 1 :]
    return None


if __name__ == "__main__":
    main()
