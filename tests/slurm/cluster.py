"""A one-node Slurm cluster in a folder of its own: its own munge key, ports and state; no root, no
systemd, no cgroups.
"""

import os
import shutil
import signal
import socket
import subprocess
import time

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "sinfo", "scontrol")

_CONFIG = """\
ClusterName=systole
SlurmctldHost={host}(127.0.0.1)
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket={folder}/munge.socket,cred_expire=5
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/builtin
SchedulerParameters=sched_interval=1,batch_sched_delay=0
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
JobRequeue=1
ReturnToService=2
SlurmdTimeout=5
MessageTimeout=5
KillWait=2
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} State=UNKNOWN
PartitionName=all Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""


def program(name):
    """Path of one of PROGRAMS, None if it is not there; Debian keeps the daemons in sbin."""
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


def _free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for s in sockets:
        s.bind(("127.0.0.1", 0))
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


def wait_for(what, seconds, condition):
    """The first true value of condition(); RuntimeError after so many seconds."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise RuntimeError(f"{what}: not within {seconds} s")
        time.sleep(0.1)


class Cluster:
    """A context: daemons run inside it, none is left behind it."""

    def __init__(self, folder, cpus=2):
        self.folder = folder
        self.environment = dict(os.environ, SLURM_CONF=f"{folder}/slurm.conf")
        for name in ("state", "spool"):
            os.mkdir(f"{folder}/{name}")
        with open(f"{folder}/slurm.conf", "w", encoding="ascii") as out:
            host = socket.gethostname().split(".")[0]
            # By number, which needs no entry in a list of users.
            out.write(
                _CONFIG.format(
                    host=host, user=os.getuid(), folder=folder, ports=_free_ports(2), cpus=cpus
                )
            )

    def __enter__(self):
        with open(f"{self.folder}/munge.key", "wb") as out:
            os.fchmod(out.fileno(), 0o400)
            out.write(os.urandom(1024))
        names = {
            name: f"{self.folder}/munge.{name}" for name in ("key", "socket", "pid", "log", "seed")
        }
        self._daemon(
            "munged",
            "--force",
            f"--key-file={names['key']}",
            f"--socket={names['socket']}",
            f"--pid-file={names['pid']}",
            f"--log-file={names['log']}",
            f"--seed-file={names['seed']}",
        )
        try:
            self._daemon("slurmctld", "-f", f"{self.folder}/slurm.conf")
            self.start_node()
            wait_for("an idle node", 30, lambda: self.node_state() == "idle")
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def _daemon(self, name, *arguments):
        # No pipe: the daemon would keep it open.
        with open(f"{self.folder}/{name}.start", "a+", encoding="utf-8", errors="replace") as log:
            status = subprocess.run(
                [program(name), *arguments],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                check=False,
            ).returncode
            if status != 0:
                log.seek(0)
                raise RuntimeError(f"{name} does not start: {log.read().strip()}")

    def call(self, name, *arguments, check=True):
        """Standard output of a client program."""
        done = subprocess.run(
            [program(name), *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
        if check and done.returncode != 0:
            raise RuntimeError(f"{name} {' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout

    def start_node(self):
        self._daemon("slurmd", "-f", f"{self.folder}/slurm.conf")

    def node_state(self):
        """idle, mixed, allocated, down, ...; with a star if the node does not answer."""
        return self.call("sinfo", "-h", "-o", "%T", check=False).strip()

    def processes(self, **variables):
        """{pid: name of the program} of this cluster's processes that have these variables in their
        environment.
        """
        wanted = {
            f"{k}={v}".encode()
            for k, v in dict(variables, SLURM_CONF=self.environment["SLURM_CONF"]).items()
        }
        found = {}
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/environ", "rb") as file:
                    if wanted <= set(file.read().split(b"\0")):
                        # Debian's slurmctld is a link to slurmctld-wlm.
                        found[int(pid)] = os.path.basename(os.readlink(f"/proc/{pid}/exe")).replace(
                            "-wlm", ""
                        )
            except OSError:
                continue  # ended, or somebody else's
        return found

    def _kill(self, keep=()):
        for pid, name in self.processes().items():
            if name not in keep:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass

    def kill_node(self):
        """SIGKILL to slurmd and whatever runs under it, as a power failure would."""
        for _ in range(20):
            self._kill(keep=("slurmctld", "munged"))
            if not set(self.processes().values()) - {"slurmctld", "munged"}:
                return
            time.sleep(0.05)
        raise RuntimeError(f"processes of the node are left: {self.processes()}")

    def stop(self):
        if program("scontrol"):
            self.call("scontrol", "shutdown", check=False)
        end = time.monotonic() + 5
        while time.monotonic() < end and set(self.processes().values()) - {"munged"}:
            time.sleep(0.1)
        self._kill()

    def logs(self, lines=30):
        text = []
        for name in sorted(os.listdir(self.folder)):
            if name.endswith((".log", ".start")):
                with open(f"{self.folder}/{name}", encoding="utf-8", errors="replace") as file:
                    text.append(f"---- {name}\n" + "".join(file.readlines()[-lines:]))
        return "\n".join(text)
