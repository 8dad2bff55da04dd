"""Latency of the notebook kernel beside ipykernel's, in one run, by jupyter_client: from execute_request to idle of
`1+1`, and from the start to the first answer. Needs both kernels: scripts/notebooks.sh makes the environment.

    ~/.cache/bioxen-notebooks/python/bin/python scripts/bench/kernel.py [ROUNDS]
"""

import os
import statistics
import sys
import time

from jupyter_client.manager import KernelManager


def idle(client, message):
    while True:
        answer = client.get_iopub_msg(timeout=60)
        if answer["parent_header"].get("msg_id") != message or answer["msg_type"] != "status":
            continue
        if answer["content"]["execution_state"] == "idle":
            return


def start(name):
    began = time.perf_counter()
    manager = KernelManager(kernel_name=name)
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    idle(client, client.execute("1+1"))
    return manager, client, time.perf_counter() - began


def processor(manager):
    with open(f"/proc/{manager.provisioner.pid}/stat") as stat:
        fields = stat.read().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def latency(manager, client, rounds):
    times, before = [], processor(manager)
    for _ in range(rounds):
        began = time.perf_counter()
        idle(client, client.execute("1+1"))
        times.append(1000 * (time.perf_counter() - began))
        client.get_shell_msg(timeout=60)
    taken = 1000 * (processor(manager) - before) / rounds
    return statistics.median(times), statistics.quantiles(times, n=20)[-1], taken


def stop(manager, client):
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    for name in ("bioxen", "python3"):
        starts = []
        for _ in range(3):
            manager, client, took = start(name)
            starts.append(took)
            stop(manager, client)
        manager, client, took = start(name)
        median, most, taken = latency(manager, client, rounds)
        stop(manager, client)
        print(f"{name:8} execute to idle {median:6.2f} ms (median of {rounds}; 95 %: {most:.2f} ms; {taken:.2f} ms "
              f"of a processor), first answer after {statistics.median(starts + [took]):.3f} s")


main()
