"""Checks of the emulator by a client of its own: python3 checks [Class[.test]...]."""

import unittest

from calls import Calls
from end import End
from events import Events
from faults import Faults
from guests import Guests
from lifecycle import LifeCycle
from sessions import Sessions
from tasks import Tasks
from transport import Transport

__all__ = """Calls End Events Faults Guests LifeCycle Sessions Tasks Transport""".split()

if __name__ == "__main__":
    unittest.main()
