"""Who uses the processors: the platform's functions, which are ours, the local AWS, which AWS does not have, and us."""

import os
from collections.abc import Mapping
from pathlib import Path

from local.services import emulator
from local.services import model as model_stand_in
from local.workspace import workspace

_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


def cpu_seconds() -> Mapping[str, float]:
    """What each part of the platform of this workspace has used so far."""
    parents, used, of_ended_children = dict[int, int](), dict[int, float](), dict[int, float]()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # the process has ended meanwhile
        process = int(folder.name)
        parents[process] = int(fields[1])
        used[process], of_ended_children[process] = (
            sum(map(int, fields[at : at + 2])) / _TICKS_A_SECOND for at in (11, 13)
        )
    aws, model = (background(workspace()).pid or 0 for background in (emulator, model_stand_in))
    functions = [process for process in used if _descends(process, aws, parents)]
    return {
        "functions": sum(used[each] + of_ended_children[each] for each in functions),
        "emulator": used.get(aws, 0.0),
        "model": used.get(model, 0.0)
        + used.get(parents[os.getppid()], 0.0),  # and what it relays to, which starts benchmarks
        "clients": used[os.getpid()],
    }


def _descends(process: int, ancestor: int, parents: Mapping[int, int]) -> bool:
    while (process := parents.get(process, 0)) > 1:
        if process == ancestor:
            return True
    return False
