"""Send recorded requests to a pool and compare its replies with the recorded ones.

    replay.py FILE URL PASSWORD

The pool has a template called sim-template. References and event tokens are translated as they turn
up. What has to agree: status and headers, the envelope, error codes with their parameters, values
that are no accident (power states, names of operations), and of records the fields and their types.
Prints one line for each difference, then a summary as JSON.
"""

import http.client
import json
import re
import sys
import time
from urllib.parse import urlsplit

HEADERS = (
    "content-type", "connection", "cache-control", "access-control-allow-origin",
    "access-control-allow-headers",
)  # fmt: skip
# Text that each pool makes up for itself.
MADE_UP = re.compile(r"DummyRef:\|[0-9a-f-]+\||^\d{7,}$")
ACCIDENTAL = re.compile(r"OpaqueRef:|[0-9a-f]{8}-[0-9a-f]{4}-|\d{8}T\d\d:\d\d:\d\dZ")
# Fields whose values follow from what was done, not from the machine.
TELLING = ("allowed_operations", "power_state", "status", "is_a_template", "is_a_snapshot",
           "name_label", "progress", "current_operations", "error_info")  # fmt: skip
FINAL = ("success", "failure", "cancelled")


def made_up(value):
    """A value without what each pool makes up for itself."""
    if isinstance(value, str):
        return MADE_UP.sub("…", value)
    if isinstance(value, list):
        return [made_up(item) for item in value]
    if isinstance(value, dict):
        return {made_up(key): made_up(item) for key, item in value.items()}
    return value


class Replay:
    """The requests in order, the translations so far, and the differences."""

    def __init__(self, url, password):
        parts = urlsplit(url)
        self.connection = http.client.HTTPConnection(parts.hostname, parts.port)
        self.password = password
        self.names = {}
        self.differences = []
        self.place = ""

    def differ(self, text):
        """Write down a difference."""
        self.differences.append(f"{self.place}: {text}")

    def translate(self, value):
        """A recorded value with this pool's references."""
        if isinstance(value, str):
            head, slash, ref = value.rpartition("/")  # vm/OpaqueRef:... in a subscription
            return head + slash + self.names.get(ref, ref) if slash else self.names.get(ref, ref)
        if isinstance(value, list):
            return [self.translate(item) for item in value]
        if isinstance(value, dict):
            return {self.translate(key): self.translate(item) for key, item in value.items()}
        return value

    def request(self, pair):
        """The recorded request, for this pool."""
        request = self.translate(pair["request"])
        method, params = request["method"], request["params"]
        # A real pool's local socket takes any password, its port only the right one.
        if "login" in method and (pair["transport"] == "unix" or params[1] == "password"):
            params[1] = self.password
        return request

    def send(self, request):
        """Status, headers and body of the reply."""
        body = json.dumps(request)
        self.connection.request("POST", "/jsonrpc", body, {"Content-Type": "application/json"})
        reply = self.connection.getresponse()
        headers = {name.lower(): value for name, value in reply.getheaders()}
        return reply.status, headers, json.loads(reply.read())

    def play(self, number, pair):
        """One pair."""
        request = self.request(pair)
        self.place = f"{number} {request['method']}"
        recorded = json.loads(pair["response"])
        give_up = time.monotonic() + 5
        while True:
            status, headers, ours = self.send(request)
            if not self.too_early(request["method"], recorded, ours) or time.monotonic() > give_up:
                break
            time.sleep(0.02)
        if status != pair["status"]:
            self.differ(f"status {status}, recorded {pair['status']}")
        self.compare_headers(pair["headers"], headers)
        if list(ours) != list(recorded):
            self.differ(f"envelope {list(ours)}, recorded {list(recorded)}")
        elif recorded.get("error"):
            expected = self.translate(recorded["error"])
            if ours["error"] != expected:
                self.differ(f"error {ours['error']}, recorded {expected}")
        else:
            self.compare_result(request["method"], recorded["result"], ours["result"])

    @staticmethod
    def too_early(method, recorded, ours):
        """Whether a task has still to end."""
        return (
            method == "task.get_record"
            and recorded.get("result", {}).get("status") in FINAL
            and ours.get("result", {}).get("status") == "pending"
        )

    def compare_headers(self, recorded, ours):
        """The headers that clients look at."""
        recorded = {name.lower(): value for name, value in recorded.items()}
        for name in HEADERS:
            if recorded.get(name) != ours.get(name):
                self.differ(f"header {name}: {ours.get(name)}, recorded {recorded.get(name)}")

    def compare_result(self, method, recorded, ours):
        """A value, by what the method returns."""
        if method.endswith("get_record"):
            self.compare_record("record", recorded, ours, telling=True)
        elif method.endswith("get_all_records"):
            self.compare_records(recorded, ours)
        elif method == "event.from":
            self.compare_events(recorded, ours)
        elif isinstance(recorded, str) and recorded.startswith("OpaqueRef:"):
            self.learn(recorded, ours)
        elif isinstance(recorded, list):
            self.compare_lists(recorded, ours)
        elif isinstance(recorded, int):
            if type(recorded) is not type(ours):
                self.differ(f"{ours!r}, recorded {recorded!r}")
        elif self.translate(recorded) != ours:
            self.differ(f"{ours!r}, recorded {recorded!r}")

    def learn(self, recorded, ours):
        """Two references of the same thing."""
        if not isinstance(ours, str) or not ours.startswith("OpaqueRef:"):
            self.differ(f"{ours!r} is no reference")
        else:
            self.names[recorded] = ours

    def compare_lists(self, recorded, ours):
        """References, or names in any order."""
        if not isinstance(ours, list) or len(recorded) != len(ours):
            self.differ(f"{ours!r}, recorded {recorded!r}")
        elif recorded and recorded[0].startswith("OpaqueRef:"):
            for pair in zip(recorded, ours):
                self.learn(*pair)
        elif sorted(recorded) != sorted(ours):
            self.differ(f"{sorted(ours)}, recorded {sorted(recorded)}")

    def compare_record(self, what, recorded, ours, telling=False):
        """The names and types of fields, and the values that tell something."""
        if recorded.get("status") == "pending" and ours.get("status") in FINAL:
            telling = False  # it was quicker here
        if set(recorded) != set(ours):
            self.differ(f"{what} has other fields: {sorted(set(recorded) ^ set(ours))}")
        for name in set(recorded) & set(ours):
            self.compare_types(f"{what}.{name}", recorded[name], ours[name])
            moves = name == "progress" and recorded.get("status") == "pending"
            if telling and name in TELLING and not moves:
                self.compare_telling(f"{what}.{name}", recorded[name], ours[name])

    def compare_types(self, what, recorded, ours):
        """The same type; of collections, the type of the items."""
        if type(recorded) is not type(ours):
            self.differ(f"{what} is {ours!r}, recorded {recorded!r}")
        elif isinstance(recorded, str):
            if bool(ACCIDENTAL.match(recorded)) != bool(ACCIDENTAL.match(ours)):
                if recorded and ours:
                    self.differ(f"{what} is {ours!r}, recorded {recorded!r}")
        elif isinstance(recorded, (list, dict)) and recorded and ours:
            first = next(iter(recorded.values() if isinstance(recorded, dict) else recorded))
            for item in ours.values() if isinstance(ours, dict) else ours:
                if type(item) is not type(first):
                    self.differ(f"{what} holds {item!r}, recorded {first!r}")

    def compare_telling(self, what, recorded, ours):
        """The same value, lists in any order; sizes of memory are those of a machine."""
        recorded, ours = made_up(self.translate(recorded)), made_up(ours)
        if isinstance(recorded, list) and what.endswith("operations"):
            recorded, ours = sorted(recorded), sorted(ours)
        if recorded != ours:
            self.differ(f"{what} is {ours!r}, recorded {recorded!r}")

    def compare_records(self, recorded, ours):
        """Records of one class: any of ours has the recorded fields."""
        sample = next(iter(recorded.values()))
        for ref, record in ours.items():
            self.compare_record(ref, sample, record)
        for ref, record in recorded.items():
            if self.names.get(ref) in ours:
                self.compare_record(ref, record, ours[self.names[ref]], telling=True)

    def compare_events(self, recorded, ours):
        """The shape of events, and those of objects that both pools have."""
        self.compare_record("reply", recorded, ours)
        self.names[recorded["token"]] = ours["token"]
        if set(recorded["valid_ref_counts"]) != set(ours["valid_ref_counts"]):
            self.differ("valid_ref_counts has other classes")
        found = {event["ref"]: event for event in ours["events"]}
        samples = {(event["class"], event["operation"]): event for event in recorded["events"]}
        for event in ours["events"]:
            sample = samples.get((event["class"], event["operation"]))
            if sample:
                self.compare_event(sample, event, telling=False)
        for event in recorded["events"]:
            if self.names.get(event["ref"]) in found:
                self.compare_event(event, found[self.names[event["ref"]]], telling=True)
            elif event["ref"] in self.names:
                self.differ(f"no event of {event['class']} {event['ref']}")

    def compare_event(self, recorded, ours, telling):
        """One event with its snapshot."""
        plain = [{**event, "snapshot": {}} for event in (recorded, ours)]
        self.compare_record("event", *plain)
        if telling and recorded["operation"] != ours["operation"]:
            self.differ(f"operation {ours['operation']}, recorded {recorded['operation']}")
        if ("snapshot" in recorded) != ("snapshot" in ours):
            self.differ(f"snapshot of {recorded['operation']}")
        elif "snapshot" in recorded:
            self.compare_record("snapshot", recorded["snapshot"], ours["snapshot"], telling)


def main(path, url, password):
    """Play a file."""
    replay = Replay(url, password)
    with open(path, encoding="utf-8") as file:
        pairs = [json.loads(line) for line in file]
    for number, pair in enumerate(pairs):
        replay.play(number, pair)
    for text in replay.differences:
        print(text)
    print(json.dumps({"pairs": len(pairs), "differences": len(replay.differences)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
