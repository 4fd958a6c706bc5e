"""Network namespaces and processes in them.

A socket belongs to the namespace in which it was made, so `inside(ns)` is needed only around
socket(); one process can hold clients of many namespaces. Every process that is started here dies
with the lab (PR_SET_PDEATHSIG), whatever ends the lab.
"""

import contextlib
import ctypes
import os
import re
import signal
import subprocess

CLONE_NEWNET = 0x40000000
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)
FOLDER = "/run/netns"
SECONDS = 20  # for one set-up command


class Failed(Exception):
    """A set-up step that did not work: the run did not happen."""


def enter(descriptor):
    if LIBC.setns(descriptor, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


def dies_with(parent, number):
    """What a new process calls so that it gets the signal when its parent is gone."""
    def tie():
        LIBC.prctl(PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:  # it was gone already
            os._exit(1)
    return tie


class Namespaces:
    """The namespaces of one run, all named after it, and the processes started in them."""

    def __init__(self, prefix):
        self.prefix = prefix
        self.home = os.open("/proc/self/ns/net", os.O_RDONLY)
        self.handles = {}
        self.processes = []

    def name(self, host):
        return f"{self.prefix}-{host}"

    def add(self, host):
        command("ip", "netns", "add", self.name(host))
        self.handles[host] = os.open(f"{FOLDER}/{self.name(host)}", os.O_RDONLY)

    @contextlib.contextmanager
    def inside(self, host):
        enter(self.handles[host])
        try:
            yield
        finally:
            enter(self.home)

    def start(self, host, arguments, **options):
        """Starts a long-lived process in the namespace; its process id is the program's own."""
        handle, tie = self.handles[host], dies_with(os.getpid(), signal.SIGKILL)

        def prepare():
            tie()
            enter(handle)

        options.setdefault("stdin", subprocess.DEVNULL)
        process = subprocess.Popen(arguments, preexec_fn=prepare, **options)
        self.processes.append(process)
        return process

    def run(self, host, *arguments):
        """A set-up command in the namespace, which must succeed."""
        with self.inside(host):
            return command(*arguments)

    def sysctl(self, host, key, value, needed=True):
        with self.inside(host):
            try:
                with open("/proc/sys/" + key.replace(".", "/"), "w", encoding="ascii") as file:
                    file.write(str(value))
            except OSError as error:
                if not needed:
                    return
                raise Failed(f"sysctl {key}={value} in {host}: {error}") from error

    def close(self):
        """Ends every process and removes every namespace; safe to call at any time, and twice."""
        for process in self.processes:
            if process.poll() is None:
                process.kill()
        for process in self.processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=5)
        for host in list(self.handles):
            os.close(self.handles.pop(host))
        remove(self.prefix)


def command(*arguments, text=None):
    try:
        done = subprocess.run(arguments, input=text, capture_output=True, text=True,
                              timeout=SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Failed(f"{' '.join(arguments)}: {error}") from error
    if done.returncode != 0:
        words = " ".join((done.stderr or done.stdout).split())
        raise Failed(f"{' '.join(arguments)}: {words}")
    return done.stdout


def names(start):
    """The namespaces whose names begin so."""
    try:
        return [name for name in os.listdir(FOLDER) if name.startswith(start)]
    except FileNotFoundError:
        return []


def remove(prefix):
    """Removes the namespaces of a run, and kills what still lives in them, by process id."""
    for name in names(prefix + "-"):
        pids = subprocess.run(["ip", "netns", "pids", name], capture_output=True, text=True,
                              check=False).stdout.split()
        for pid in pids:
            with contextlib.suppress(ProcessLookupError, ValueError):
                if int(pid) != os.getpid():
                    os.kill(int(pid), signal.SIGKILL)
        subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)


def sweep():
    """Removes what a lab left behind whose process is gone (it lost its power, say)."""
    for prefix in {name.split("-")[0] for name in names("wl")}:
        found = re.fullmatch(r"wl(\d+)x\d+", prefix)
        if found and not os.path.exists(f"/proc/{found.group(1)}"):
            remove(prefix)
