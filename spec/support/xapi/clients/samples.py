"""Play recorded requests of which many between them are missing: what they need is done before each.

    samples.py FILE URL PASSWORD CONTROL_URL TOKEN

The pool is as at its start, with a template called bioxen-template. Otherwise as replay.py.
"""

import json
import sys
import time
from urllib import request

from replay import FINAL, Replay

GIB = 1 << 30
UUID = "59a49758-4899-aac4-dd43-5cea0c78d77f"


class Samples(Replay):
    """`before_N` does what the recorded pool had seen before pair N."""

    def __init__(self, url, password, control, token):
        super().__init__(url, password)
        self.control_url, self.token = control, token
        self.session = None

    # Steps

    def control(self, command, **options):
        """A command to the emulator itself."""
        order = json.dumps({"command": command, **options}).encode()
        post = request.Request(self.control_url, order, {"Authorization": f"Bearer {self.token}"})
        with request.urlopen(post) as reply:
            answer = json.loads(reply.read())
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["ok"]

    def call(self, method, *params):
        """A call that has to succeed; recorded references are translated."""
        params = self.translate([self.session, *params])
        answer = self.send({"jsonrpc": "2.0", "method": method, "params": params, "id": 1})[2]
        if "error" in answer:
            raise RuntimeError(f"{self.place}: {method}: {answer['error']}")
        return answer["result"]

    def full(self, head):
        """The recorded reference that begins so."""
        return next(ref for ref in self.recorded if ref.startswith("OpaqueRef:" + head))

    def login(self, head):
        """A new session, known by its recorded name."""
        login = ["root", self.password, "1.0", "samples"]
        order = {"jsonrpc": "2.0", "method": "session.login_with_password", "params": login, "id": 1}
        self.session = self.names[self.full(head)] = self.send(order)[2]["result"]

    def known(self, head, ref):
        """A reference of ours stands for a recorded one."""
        self.names[self.full(head)] = ref
        return ref

    def begin(self, head, method, *params):
        """A task, known by its recorded reference."""
        return self.known(head, self.call("Async." + method, *params))

    def started(self, task):
        """Wait until a task is under way, and can be cancelled: the task."""
        while not self.call("task.get_allowed_operations", task):
            time.sleep(0.01)
        return task

    def end(self, task):
        """Wait for a task: the reference that it came to, if any."""
        while (record := self.call("task.get_record", task))["status"] not in FINAL:
            time.sleep(0.01)
        return record["result"].removeprefix("<value>").removesuffix("</value>")

    def new_vm(self, name):
        """A VM made from the template."""
        vm = self.call("VM.clone", self.template, name)
        self.call("VM.provision", vm)
        return vm

    def first_disk(self, vm):
        """Attachment and disk."""
        vbd = self.call("VM.get_VBDs", vm)[0]
        return vbd, self.call("VBD.get_VDI", vbd)

    def interface(self, device):
        """A new network interface of the VM."""
        record = {"device": device, "network": self.network, "VM": self.vm, "MAC": "", "MTU": 1500,
                  "other_config": {}, "qos_algorithm_type": "", "qos_algorithm_params": {}}  # fmt: skip
        return self.call("VIF.create", record)

    # The life

    def before_0(self):
        self.login("2db10636")
        self.template = self.call("VM.get_by_name_label", "bioxen-template")[0]
        self.known("796035e0", self.template)
        self.control("delays", **{"VM.clone": 0.2, "VM.start": 0.1, "VM.snapshot": 0.1})

    def before_15(self):
        self.clone = self.started(self.begin("2508af22", "VM.clone", self.template, "sample"))

    def before_16(self):
        self.vm = self.known("7b6fad07", self.end(self.clone))
        for head, ref in zip(("84a2a083", "ec2a40c5"), self.first_disk(self.vm)):
            self.known(head, ref)

    def before_18(self):
        self.call("VM.add_to_other_config", self.vm, "k", "v")

    def before_32(self):
        self.network = self.known("453bea7a", self.control("add_network", name="other-net")["ref"])

    def before_38(self):
        self.known("60d473bc", self.interface("4"))

    def before_39(self):
        self.call("VIF.destroy", self.known("36b2ab50", self.interface("3")))

    def before_42(self):
        self.end(self.full("de46b6e0"))
        self.begin("e4f656ad", "VM.provision", self.vm)

    def before_51(self):
        self.begin("23e37641", "VM.hard_reboot", self.vm)

    def before_54(self):
        self.begin("2aebeb66", "VM.start", self.vm, False, False)

    def before_56(self):
        self.begin("5a3f7fc8", "VM.start", self.vm, False, False)

    def before_60(self):
        self.begin(self.task(60), "VM.clone", self.vm, "never")

    def before_61(self):
        self.begin(self.task(61), "VM.pause", self.vm)

    def before_63(self):
        self.snapshot = self.call("VM.snapshot", self.vm, "one")
        self.known("f16ad4f6", self.snapshot)
        self.begin("548cfb43", "VM.snapshot", self.vm, "two")

    def before_64(self):
        self.known("39d61c4a", self.end(self.full("548cfb43")))

    def before_65(self):
        self.begin("a57d9bbd", "VM.unpause", self.vm)

    def before_66(self):
        self.begin("1dbd6e24", "VM.snapshot", self.snapshot, "three")

    def before_68(self):
        self.known("f16ad4f6", self.snapshot)
        self.begin("2733dc2c", "VM.provision", self.snapshot)

    def before_69(self):
        self.begin("c20683e5", "VM.revert", self.snapshot)

    def before_72(self):
        self.begin("4048dcc4", "VM.start_on", self.vm, self.full("f42f99d0"), False, False)

    def before_74(self):
        self.begin("4eaa6c8d", "VM.start_on", self.vm, "OpaqueRef:NULL", False, False)

    def before_75(self):
        self.begin("8c5c209d", "VM.clean_shutdown", self.vm)

    def before_76(self):
        self.call("VM.set_memory_limits", self.vm, GIB, *3 * [4096 * GIB])
        self.begin("82933184", "VM.start", self.vm, False, False)

    def before_77(self):
        self.begin("f2753c3a", "VM.start_on", self.vm, self.full("f42f99d0"), False, False)

    def before_78(self):
        self.call("VM.set_memory_limits", self.vm, *4 * [GIB])
        self.call("VM.add_to_blocked_operations", self.vm, "start", "BIOXEN_WHY")
        self.begin("2228ddc7", "VM.start", self.vm, False, False)

    def before_80(self):
        self.call("VM.add_to_blocked_operations", self.vm, "destroy", "true")
        self.begin("53bbeb28", "VM.destroy", self.vm)

    def before_81(self):
        self.call("VM.remove_from_blocked_operations", self.vm, "destroy")
        self.call("VM.start", self.vm, False, False)
        self.disk = self.known("36dc346b", self.first_disk(self.vm)[1])
        self.begin("6b7b05fa", "VDI.destroy", self.disk)

    def before_82(self):  # what the simulated machine below the recorded xapi had lost
        said = f"Object with type VM and id {UUID}/vif.6 does not exist in xenopsd"
        self.control("fault", fault="error", method="VM.hard_shutdown", params=[said])
        self.begin("490f3cb3", "VM.hard_shutdown", self.vm)

    def before_83(self):
        self.call("VM.hard_shutdown", self.vm)
        for task in self.call("session.get_tasks", self.session):
            self.end(task)
            self.call("task.destroy", task)
        self.begin("74b8af9b", "VM.clone", self.template, "sample two")

    def before_84(self):
        self.end(self.full("74b8af9b"))
        self.call("task.destroy", self.full("74b8af9b"))

    def before_85(self):
        self.begin("8be716fa", "VM.destroy", self.vm)

    def before_87(self):
        self.begin("8bdf833a", "VDI.destroy", self.disk)

    def before_89(self):
        self.end(self.full("8bdf833a"))
        self.begin("2099f3c7", "VDI.destroy", self.known("26290579", self.disk))

    def before_94(self):
        self.control("set", cls="VM", ref=self.new_vm("sample three"), uuid=UUID)

    def before_96(self):
        self.login("215b7f8c")
        vm = self.known("79cc6810", self.new_vm("sample four"))
        self.control("set", cls="host", ref=self.names[self.full("f42f99d0")], name_label="vm",
                     cpu_info={"cpu_count": "8"})  # fmt: skip
        self.call("VM.set_VCPUs_max", vm, 64)
        vbd, disk = self.first_disk(vm)
        self.known("049cba52", vbd)
        self.known("ffecedca", disk)

    def before_102(self):
        self.login("5e092987")
        self.call("task.cancel", self.started(self.begin("e1a298b1", "VM.clone", self.template, "sample five")))

    def before_103(self):
        self.login("fbdbc198")
        self.clone = self.begin("37ff8b10", "VM.clone", self.template, "sample six")

    def before_105(self):
        self.end(self.clone)
        self.login("219ba0f3")

    def before_110(self):
        token = self.call("event.from", ["pool"], "", 0.0)["token"]
        self.names["00000000000000006893,00000000000000000000"] = token
        self.call("VM.set_name_description", self.template, "x")

    def before_114(self):
        self.login("ff926cd2")
        self.known("c0f3307e", self.first_disk(self.template)[1])

    # Playing

    def task(self, number):
        """The beginning of the reference that a pair asks for."""
        return self.pairs[number]["request"]["params"][1].removeprefix("OpaqueRef:")

    def play_all(self, pairs):
        """All pairs, each when its time has come."""
        self.pairs = pairs
        text = json.dumps([(pair["request"], json.loads(pair["response"])) for pair in pairs])
        self.recorded = sorted({part.split('"')[0].split("/")[0].split("<")[0]
                                for part in text.split("OpaqueRef:")[1:]})  # fmt: skip
        self.recorded = ["OpaqueRef:" + ref for ref in self.recorded]
        for number, pair in enumerate(pairs):
            self.place = f"{number} {pair['request']['method']}"
            getattr(self, f"before_{number}", lambda: None)()
            if pair["request"]["method"] == "event.from":
                pair["request"]["params"][3] = min(pair["request"]["params"][3], 2.0)
            self.play(number, pair)


def main(path, *pool):
    """Play a file."""
    samples = Samples(*pool)
    with open(path, encoding="utf-8") as file:
        pairs = [json.loads(line) for line in file]
    samples.play_all(pairs)
    for text in samples.differences:
        print(text)
    print(json.dumps({"pairs": len(pairs), "differences": len(samples.differences)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
