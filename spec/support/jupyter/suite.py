"""jupyter_kernel_test's tests of what the kernel offers. It has no pager and clears no output."""

import unittest

import jupyter_kernel_test


class BioXenTests(jupyter_kernel_test.KernelTests):
    kernel_name = "bioxen"
    language_name = "lua"
    file_extension = ".lua"
    code_hello_world = "print 'hello, world'"
    code_stderr = "io.stderr:write 'oops'"
    completion_samples = [
        {"text": "bioxen.create_bi", "matches": {"create_bio_vm"}},
        {"text": "whi", "matches": {"while"}},
    ]
    complete_code_samples = ["1", "print 'hello'", "for i = 1, 3 do print(i) end", "%%vm a\nprint(1)", "?print"]
    incomplete_code_samples = ["for i = 1, 3 do", "f(", "x = [[", "%%sbml a\n<sbml>"]
    invalid_code_samples = ["x = = 3", "end"]
    code_generate_error = "error 'no'"
    code_execute_result = [
        {"code": "1+2", "result": "3"},
        {"code": "x = 2\nx * 3", "result": "6"},
    ]
    code_display_data = [
        {"code": "display(hypervisor)", "mime": "text/plain"},
        {"code": "bioxen.plot { series = { { y = { 1, 2 } } } }", "mime": "image/svg+xml"},
    ]
    code_history_pattern = "1?2*"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "bioxen.create_bio_vm"


if __name__ == "__main__":
    unittest.main(verbosity=2)
