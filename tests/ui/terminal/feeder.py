"""`python feeder.py FOLDER`: a program in a terminal that shows what it is told to.

It reads lines of base64 from the named pipe `frames` in the folder, writes what they stand for to the terminal, waits
until the terminal says where its cursor is (so it has taken all of it), and says so in a line of the named pipe `shown`.
"""

import base64
import os
import sys
import tty
from pathlib import Path


def main(folder: Path) -> None:
    tty.setraw(0)
    with (folder / "frames").open() as frames, (folder / "shown").open("w") as shown:
        for line in frames:
            os.write(1, base64.b64decode(line) + b"\x1b[6n")
            answer = b""
            while not answer.endswith(b"R"):
                answer += os.read(0, 64)
            shown.write(f"{answer.decode()[2:-1]}\n")
            shown.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
