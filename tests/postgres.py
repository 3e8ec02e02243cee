"""A private PostgreSQL on a Unix socket, from the distribution's binaries, for as long as the tests run."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

_BINARIES = Path("/usr/lib/postgresql")


class PrivatePostgres:
    """One server with its own data folder. It listens on no port."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._bin = max(_BINARIES.glob("*/bin"), key=lambda path: float(path.parent.name))
        # As root the server refuses to start, so it runs as the package's own user.
        self._user = "postgres" if os.geteuid() == 0 else None
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Make the data folder and start the server; raises when it does not answer within ten seconds."""
        self.folder.mkdir(parents=True)
        # The server's user must be able to walk down to its own folder.
        for parent in (self.folder, self.folder.parent):
            parent.chmod(0o755)
        if self._user:
            shutil.chown(self.folder, self._user)
        self._run("initdb", "-D", "data", "-A", "trust", "-U", "nhi", "--no-sync", "-E", "UTF8")
        options = [
            "-c",
            "listen_addresses=",
            "-c",
            f"unix_socket_directories={self.folder}",
            "-c",
            "max_connections=80",
        ]
        self._process = subprocess.Popen(
            [self._bin / "postgres", "-D", "data", "-c", "fsync=off", *options],
            cwd=self.folder,
            user=self._user,
            stderr=subprocess.DEVNULL,
        )
        self._wait()
        self._run("createdb", "-h", str(self.folder), "-U", "nhi", "nhi")

    def url(self, name: str) -> str:
        """The address of one of its databases."""
        return f"postgresql://nhi@/{name}?host={self.folder}"

    def stop(self) -> None:
        """Stop the server at once."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(10)

    def _run(self, name: str, *arguments: str) -> None:
        command: list[str | Path] = [self._bin / name, *arguments]
        subprocess.run(command, cwd=self.folder, user=self._user, check=True, stdout=subprocess.DEVNULL)

    def _wait(self) -> None:
        for _ in range(100):
            if (self.folder / ".s.PGSQL.5432").exists():
                try:
                    return self._run("psql", "-h", str(self.folder), "-U", "nhi", "-c", "select 1", "postgres")
                except subprocess.CalledProcessError:
                    pass
            time.sleep(0.1)
        raise RuntimeError("PostgreSQL did not start")
