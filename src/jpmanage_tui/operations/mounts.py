"""Whether a file lies on a network file system, where SQLite's write-ahead log does not work between machines."""

from __future__ import annotations

import re
from pathlib import Path

NETWORK = {
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "virtiofs", "afs", "ceph", "lustre", "gpfs", "beegfs", "orangefs",
    "pvfs2", "ocfs2", "gfs", "gfs2", "glusterfs", "ncpfs", "coda", "vboxsf", "vmhgfs", "prl_fs", "acfs", "panfs",
}  # fmt: skip
"""Types of file systems that another machine may have mounted too."""
NETWORK_FUSE = {
    "sshfs", "s3fs", "rclone", "glusterfs", "ceph", "ceph-fuse", "davfs", "davfs2", "curlftpfs", "smbnetfs", "nfs",
    "gvfsd-fuse", "mfs", "moosefs", "juicefs", "vmhgfs-fuse", "goofys", "gcsfuse", "blobfuse", "blobfuse2", "onedrive",
    "google-drive-ocamlfuse", "httpdirfs", "mount-s3", "hdfs", "afs",
}  # fmt: skip
"""The same where a program of the user serves the files: ``fuse.NAME``."""


def is_on_network(path: Path, mounts: Path = Path("/proc/self/mountinfo")) -> bool:
    """Return whether ``path`` lies on a network file system, by the kernel's list of mounts (Linux; else False)."""
    try:
        lines = mounts.read_text(errors="surrogateescape").splitlines()
    except OSError:
        return False
    place = path.resolve()
    kind, depth = "", -1
    for line in lines:
        before, mark, after = line.partition(" - ")
        fields = before.split()
        if not mark or len(fields) < 5 or not after.split():
            continue
        point = Path(_plain(fields[4]))
        deep = len(point.parts)
        if deep >= depth and place.is_relative_to(point):  # of two at one place the later one is on top
            kind, depth = after.split()[0], deep
    name, _, program = kind.partition(".")
    return kind in NETWORK or (name == "fuse" and program in NETWORK_FUSE)


def _plain(text: str) -> str:
    r"""Spaces, tabs, ends of lines and backslashes stand as three octal digits (``\040``)."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), text)
