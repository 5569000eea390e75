"""Writes what runc needs to run an image (config.json), its health check and its stop signal into a folder.

    python runtime_config.py <folder with image.json> <root file system> [-e KEY=VALUE]... [-- command...]
"""

import json
import sys
from pathlib import Path

CAPABILITY_SETS = ("bounding", "effective", "inheritable", "permitted", "ambient")


def main(folder: Path, root: Path, options: list[str]) -> None:
    image = json.loads((folder / "image.json").read_text())["Docker"]["config"]
    variables, command = parse(options)
    uid, gid, home = account(root, image.get("User") or "0")
    config = {
        "ociVersion": "1.0.2",
        "process": {
            "user": {"uid": uid, "gid": gid},
            "args": (image.get("Entrypoint") or []) + (command or image.get("Cmd") or []),
            "env": [*(image.get("Env") or []), f"HOME={home}", *variables],
            "cwd": image.get("WorkingDir") or "/",
            "capabilities": {name: [] for name in CAPABILITY_SETS},
            "noNewPrivileges": True,
        },
        "root": {"path": str(root), "readonly": True},
        "mounts": mounts(),
        "linux": {
            "namespaces": [{"type": kind} for kind in ("pid", "ipc", "uts", "mount")],
            "maskedPaths": ["/proc/kcore", "/proc/keys", "/proc/timer_list"],
            "readonlyPaths": ["/proc/sys", "/proc/sysrq-trigger"],
        },
    }
    (folder / "config.json").write_text(json.dumps(config, indent=1))
    (folder / "health.json").write_text(json.dumps(health_command(image)))
    (folder / "stop-signal").write_text(image.get("StopSignal") or "SIGTERM")


def parse(options: list[str]) -> tuple[list[str], list[str]]:
    variables = []
    while options and options[0] == "-e":
        variables.append(options[1])
        options = options[2:]
    if options and options[0] != "--":
        sys.exit(f"Unknown option {options[0]}. Use -e KEY=VALUE, then -- and the command.")
    return variables, options[1:]


def account(root: Path, user: str) -> tuple[int, int, str]:
    """The ids and the home of the image's `USER`, a name or a number."""
    wanted = user.split(":")[0]
    for line in (root / "etc/passwd").read_text().splitlines():
        name, _, uid, gid, _, home, *_ = line.split(":")
        if wanted in (name, uid):
            return int(uid), int(gid), home
    sys.exit(f"The image has no user {wanted}.")


def mounts() -> list[dict]:
    def tmpfs(path: str, *options: str) -> dict:
        return {"destination": path, "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", *options]}

    def from_host(path: str) -> dict:
        return {"destination": path, "type": "bind", "source": path, "options": ["bind", "ro"]}

    return [
        {"destination": "/proc", "type": "proc", "source": "proc"},
        tmpfs("/dev", "mode=755", "size=65536k"),
        tmpfs("/dev/shm", "nodev", "noexec", "mode=1777", "size=65536k"),
        tmpfs("/tmp", "nodev", "noexec", "mode=1777"),
        from_host("/etc/resolv.conf"),
        from_host("/etc/hosts"),
    ]


def health_command(image: dict) -> list[str]:
    test = (image.get("Healthcheck") or {}).get("Test") or []
    return test[1:] if test[:1] == ["CMD"] else []


main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])
