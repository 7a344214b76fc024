"""How long the terminal chat takes to its first prompt, and to its first reply, beside the import of prompt-toolkit.

    make bench                          # or: python benchmarks/prompt.py [--starts N]

Each start is a process in a pseudo-terminal that answers as a real one does. The prompt is there when prompt-toolkit has
drawn it and reads keys; a message is sent that moment, and the reply is there when its first caveat is.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import select
import statistics
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

CHAT = [str(Path(sys.executable).with_name("spinebot"))]
IMPORT = [sys.executable, "-c", "import prompt_toolkit"]
#: What prompt-toolkit writes when it begins to read keys: "mark what is pasted".
READS_KEYS = b"\x1b[?2004h"
WHERE_IS_THE_CURSOR, HERE = b"\x1b[6n", b"\x1b[1;1R"
MESSAGE, REPLIED = b"Does lupus need treatment?\r", b"substitute"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--starts", type=int, default=15, help="how often each command is started (default: 15)")
    times = parser.parse_args().starts
    prompts, replies, imports = [], [], []
    for at in range(times + 1):
        prompt, reply = start()
        bare = bare_import()
        if at:  # the first round fills the file cache
            prompts.append(prompt)
            replies.append(reply)
            imports.append(bare)
    prompt, reply, bare = map(statistics.median, (prompts, replies, imports))
    print(f"first prompt  spinebot     {prompt:8.3f} s    prompt-toolkit {bare:5.3f} s    ratio {prompt / bare:5.2f}   (median of {times})")
    print(f"first reply   spinebot     {reply:8.3f} s    prompt-toolkit {bare:5.3f} s    ratio {reply / bare:5.2f}   (asked the moment the prompt is there)")


def bare_import() -> float:
    """Seconds of a process that imports prompt-toolkit and ends."""
    started = time.perf_counter()
    subprocess.run(IMPORT, check=True)
    return time.perf_counter() - started


def start() -> tuple[float, float]:
    """Seconds to the first prompt, and to the reply to a message that is sent at once."""
    started = time.perf_counter()
    process, terminal = os.forkpty()
    if not process:
        os.execve(CHAT[0], CHAT, {**os.environ, "TERM": "xterm-256color"})
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 80, 0, 0))
    prompt = _wait(terminal, READS_KEYS, started)
    os.write(terminal, MESSAGE)
    reply = _wait(terminal, REPLIED, started)
    os.write(terminal, b"\x04")
    while select.select([terminal], [], [], 5)[0]:
        try:
            if not os.read(terminal, 65536):
                break
        except OSError:
            break
    os.close(terminal)
    os.waitpid(process, 0)
    return prompt, reply


def _wait(terminal: int, wanted: bytes, started: float) -> float:
    seen = b""
    while wanted not in seen:
        if not select.select([terminal], [], [], 20)[0]:
            sys.exit(f"{wanted!r} never came: {seen[-400:]!r}")
        read = os.read(terminal, 65536)
        if WHERE_IS_THE_CURSOR in read:
            os.write(terminal, HERE)
        seen += read
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
