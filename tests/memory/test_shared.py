"""A ledger in a folder that several machines share is named, and used by one machine at a time."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mailer.cli import group
from mailer.demo.post_office import PostOffice
from mailer.errors import StoreError
from mailer.store.shared import LEASE, Lease, shared_by
from mailer.store.sql import open_store
from tests.workspaces import BEGINS, SLUG, point_at, sample

MOUNTS = """\
/dev/vda / ext4 rw,relatime 0 0
proc /proc proc rw 0 0
nas:/vol1 /mnt/nas nfs4 rw,vers=4.2 0 0
//srv/partage /mnt/mairie\\040commune cifs rw 0 0
C:\\134 /mnt/c 9p rw,aname=drvfs 0 0
rclone: /home/c/cloud fuse.rclone rw 0 0
/dev/sdb1 /media/clé fuseblk rw 0 0
gvfsd-fuse /run/user/1000/gvfs fuse.gvfsd-fuse rw 0 0
/dev/vdb /mnt/nas/local ext4 rw 0 0
coffre /home/c/coffre fuse.gocryptfs rw 0 0
"""


@pytest.mark.parametrize(
    ("folder", "by"),
    [
        ("/mnt/nas/mairie/data", "nfs4"),
        ("/mnt/mairie commune/data", "cifs"),
        ("/mnt/c/Users/camille/mairie", "9p"),
        ("/home/c/cloud/mairie", "fuse.rclone"),
        ("/run/user/1000/gvfs/smb-share:server=nas", "fuse.gvfsd-fuse"),
        ("/Users/c/OneDrive - Mairie de Lille/campagne", "OneDrive"),
        ("/home/c/Dropbox/mairie", "Dropbox"),
        ("/home/c/Nextcloud2/mairie", ""),
        ("/home/c/nextcloud/mairie/data", "Nextcloud"),
        ("/Users/c/Library/Mobile Documents/com~apple~CloudDocs/m", "iCloud"),
        ("/Users/c/iCloudDrive/m", "iCloud"),
        ("/Users/c/Google Drive/m", "Google Drive"),
        ("//srv/partage/mairie", "SMB"),
        ("/mnt/nas/local/mairie", ""),
        ("/mnt/nasse/mairie", ""),
        ("/media/clé/mairie", ""),
        ("/home/c/coffre/mairie", ""),
        ("/home/c/mairie/dropboxes/data", ""),
        ("/home/c/ondriver/data", ""),
    ],
)
def test_what_shares_a_folder(folder: str, by: str) -> None:
    """By the file system or by the folder's name; what is alike only is none."""
    assert shared_by(Path(folder), MOUNTS) == by


def test_what_a_program_leaves_in_its_folder(tmp_path: Path) -> None:
    """Whatever the folder is called."""
    (tmp_path / "Documents" / "mairie").mkdir(parents=True)
    assert shared_by(tmp_path / "Documents" / "mairie") == ""
    (tmp_path / "Documents" / ".stfolder").mkdir()
    assert shared_by(tmp_path / "Documents" / "mairie") == "Syncthing"


@pytest.fixture
def shared(tmp_path: Path, office: PostOffice) -> Path:
    """A workspace in such a folder."""
    path = sample(tmp_path / "Nextcloud" / "mairie")
    point_at(path, office)
    return path


OTHER_MACHINE = 'hostname another-machine && exec "$@"'


def elsewhere(path: Path, *said: str) -> subprocess.CompletedProcess[str]:
    """Run a command as on another machine, which sees the same folder under another host name."""
    if not shutil.which("unshare") or os.geteuid():
        pytest.skip("only root can give a process another host name")
    command = [sys.executable, "-m", "mailer", "--workspace", str(path), "--now", BEGINS.isoformat(), *said]
    return subprocess.run(
        ["unshare", "--uts", "sh", "-c", OTHER_MACHINE, "sh", *command],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LANGUAGE": "en"},
    )


def test_a_second_machine_is_refused_while_the_first_works(shared: Path, office: PostOffice) -> None:
    """It is told who has the ledger, and of PostgreSQL; afterwards it may, and other processes here always may."""
    url = f"sqlite:///{shared / 'data' / 'mailer.sqlite'}"
    (shared / "data").mkdir(exist_ok=True)
    first, second = open_store(url), open_store(url)
    refused = elsewhere(shared, "send", SLUG, "--yes")
    assert refused.returncode == 2
    assert "PostgreSQL" in refused.stderr
    assert office.delivered == []

    second.close()
    assert elsewhere(shared, "status").returncode == 2
    first.close()
    assert elsewhere(shared, "send", SLUG, "--yes").returncode == 0
    assert len(office.delivered) == 20
    assert not list(shared.rglob("*-lease"))


def test_the_lease_of_a_machine_that_died_runs_out(shared: Path) -> None:
    """Killed, it leaves its lease; ten minutes later another machine may."""
    (shared / "data").mkdir(exist_ok=True)
    url = f"sqlite:///{shared / 'data' / 'mailer.sqlite'}"
    script = f"import time; from mailer.store.sql import open_store; s = open_store({url!r}); print('open', flush=True); time.sleep(600)"
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        process.send_signal(signal.SIGKILL)
    assert elsewhere(shared, "status").returncode == 2
    lease = next(shared.rglob("*-lease"))
    past = time.time() - LEASE.total_seconds() - 1
    os.utime(lease, (past, past))
    assert elsewhere(shared, "status").returncode in (0, 1)


def test_a_lease_that_cannot_be_read_keeps_nobody_out(tmp_path: Path) -> None:
    """It may have come half, or as a copy of a conflict."""
    database = tmp_path / "mailer.sqlite"
    for content in (b"", b"{", b"[]", b'{"machine": 1}'):
        lease = Lease(database, "Nextcloud")
        database.with_name("mailer.sqlite-lease").write_bytes(content)
        if content.startswith(b'{"m'):
            with pytest.raises(StoreError):
                lease.take()
        else:
            lease.take()
            lease.release()


def test_the_folder_is_named(
    shared: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path, office: PostOffice
) -> None:
    """By `check` and `init`; a folder of this machine is not."""
    del office
    group.main(["--workspace", str(shared), "--now", BEGINS.isoformat(), "check"])
    assert "Nextcloud" in capsys.readouterr().out
    for name, named in (("Dropbox/neuf", True), ("ici", False)):
        assert group.main(["init", "--sample", str(tmp_path / name)]) == 0
        assert ("PostgreSQL" in capsys.readouterr().out) == named
