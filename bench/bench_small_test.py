"""The benchmark on small captures, so that it cannot rot: the generator's packets are right, the
same seed gives the same bytes, and run.py accepts the program's answers about them."""

import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
PROGRAM = os.environ.get("WHYDOWN", str(HERE.parent / "build/release/whydown"))
PACKETS = "60000"


def built_tools(folder):
    """The folder of the two programs: the build's where it has them, else built here."""
    ready = pathlib.Path(os.environ.get("WHYDOWN_BUILD", "/nowhere")) / "bench"
    if (ready / "bench_generate").exists() and (ready / "bench_empty_loop").exists():
        return ready
    compiler = [os.environ.get("CXX", "c++"), "-std=c++23", "-O1"]
    subprocess.run([*compiler, HERE / "generate.cpp", HERE / "wire.cpp", "-o",
                    folder / "bench_generate"], check=True)
    subprocess.run([*compiler, HERE / "empty_loop.cpp", "-o", folder / "bench_empty_loop",
                    "-lpcap"], check=True)
    return folder


def same_bytes(generator, folder):
    for name in ("a", "b"):
        subprocess.run([generator, "web", "1000", "7", folder / name], check=True,
                       stdout=subprocess.DEVNULL)
    return (folder / "a").read_bytes() == (folder / "b").read_bytes()


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        tools = built_tools(folder)
        if not same_bytes(tools / "bench_generate", folder):
            print("FAIL the same seed gave different captures")
            return 1
        command = [sys.executable, HERE / "run.py", "--whydown", PROGRAM, "--tools", tools,
                   "--data", folder, "--packets", PACKETS, "--pairs", "1"]
        return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
