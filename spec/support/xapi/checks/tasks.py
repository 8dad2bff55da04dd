"""Asynchronous calls."""

import time

from harness import Case, NULL


class Tasks(Case):
    """Asynchronous calls."""

    def end_of(self, task):
        """The record of a task that has ended."""
        return self.wait(
            lambda: (record := self.xapi("task.get_record", task))["status"] != "pending" and record
        )

    def test_result(self):
        """Its value in XML."""
        task = self.xapi("Async.VM.clone", self.template(), "task")
        record = self.end_of(task)
        self.assertEqual(record["status"], "success")
        self.assertRegex(record["result"], r"^<value>OpaqueRef:[0-9a-f-]{36}</value>$")
        self.xapi("task.destroy", task)
        with self.fails("HANDLE_INVALID", "task", task):
            self.xapi("task.get_status", task)

    def test_failure(self):
        """Its error is in the task; some fail at once, and some have no such form."""
        record = self.end_of(self.xapi("Async.VM.start", self.template(), False, False))
        self.assertEqual(record["status"], "failure")
        self.assertEqual(record["error_info"], ["VM_IS_TEMPLATE", self.template(), "start"])
        with self.fails("MESSAGE_PARAMETER_COUNT_MISMATCH", "VM.start", "3", "0"):
            self.xapi("Async.VM.start")
        with self.fails("Fault", None):
            self.xapi("Async.VM.get_name_label", self.template())

    def test_cancel(self):
        """What was cancelled did not happen."""
        self.emulator.control("delays", **{"VM.copy": 30})
        task = self.xapi("Async.VM.copy", self.template(), "never", NULL)
        self.wait(lambda: self.xapi("task.get_allowed_operations", task) == ["cancel"])
        operations = self.xapi("VM.get_current_operations", self.template())
        self.assertEqual(operations, {task: "copy"})
        self.xapi("task.cancel", task)
        record = self.end_of(task)
        self.assertEqual(
            (record["status"], record["error_info"][0]), ("cancelled", "TASK_CANCELLED")
        )
        self.emulator.control("delays", **{"VM.copy": 0})
        self.assertEqual(self.xapi("VM.get_by_name_label", "never"), [])
        self.assertEqual(self.xapi("VM.get_current_operations", self.template()), {})

    def test_clone_goes_on(self):
        """A clone that was cancelled is made all the same; a task that was destroyed goes later."""
        self.emulator.control("delays", **{"VM.clone": 30})
        task = self.xapi("Async.VM.clone", self.template(), "deaf")
        self.wait(lambda: self.xapi("task.get_allowed_operations", task) == ["cancel"])
        self.xapi("task.cancel", task)
        self.xapi("task.destroy", task)
        with self.fails("MAP_DUPLICATE_KEY", "task", "current_operations", task, "task"):
            self.xapi("task.destroy", task)
        record = self.xapi("task.get_record", task)
        self.assertEqual(record["status"], "pending")
        self.assertEqual(sorted(record["current_operations"].values()), ["cancel", "destroy"])
        self.emulator.control("go_on")
        self.wait(lambda: self.xapi("VM.get_by_name_label", "deaf"))
        self.emulator.control("delays", **{"VM.clone": 0})
        with self.fails("HANDLE_INVALID", "task", task):
            self.wait(lambda: not self.xapi("task.get_record", task))

    def test_copies_wait(self):
        """Into one repository goes one copy at a time, however many were asked for."""
        self.emulator.control("delays", copy_pause=0.01)
        self.emulator.control("fault", fault="hang", method="VM.clone")
        before, template = len(self.emulator.control("copies")), self.template()
        tasks = [self.xapi("Async.VM.clone", template, "copy 0")]
        self.wait(lambda: self.xapi("task.get_by_name_label", "Async.VDI.clone"))
        tasks += [self.xapi("Async.VM.clone", template, f"copy {n}") for n in (1, 2)]
        self.wait(lambda: len(self.xapi("VM.get_current_operations", template)) == 3)
        self.emulator.control("go_on")
        for task in tasks:
            self.assertEqual(self.end_of(task)["status"], "success")
        waits = self.emulator.control("copies")[before:]
        self.assertEqual((len(waits), min(waits)), (3, 0))
        self.assertGreater(sorted(waits)[1], 0)

    def test_hang(self):
        """A task that never ends, and that does not listen either."""
        self.emulator.control("fault", fault="hang", method="VM.clone", cancellable=False)
        task = self.xapi("Async.VM.clone", self.template(), "hang")
        self.xapi("task.cancel", task)
        time.sleep(0.1)
        self.assertEqual(self.xapi("task.get_status", task), "pending")
        self.xapi("task.destroy", task)
        self.emulator.control("crash")
        self.xapi.http.close()
        with self.fails("HANDLE_INVALID", "task", task):
            self.wait(lambda: self.xapi("task.get_status", task))
        self.assertEqual(self.xapi("VM.get_current_operations", self.template()), {})

    def test_progress(self):
        """A task shows how far it is."""
        self.emulator.control("delays", **{"VM.clone": 0.4})
        task = self.xapi("Async.VM.clone", self.template(), "progress")
        self.wait(lambda: 0 < self.xapi("task.get_progress", task) < 1)
        self.assertEqual(self.end_of(task)["progress"], 1.0)
        self.emulator.control("delays", **{"VM.clone": 0})
