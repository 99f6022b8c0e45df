"""对账存储 — a folder that remembers what was worked out, so that a month's files are linked in seconds.

What it gives is what `link` gives for all records it holds, row for row: it is a full run in which only what is new or
touched is computed. Numbers of cases and deliveries stay; merges and splits are events.
"""

import fcntl
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Self, TextIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from renjia.engine.linkage.columns import typed
from renjia.engine.linkage.decisions import Decision
from renjia.engine.linkage.linking import Linked
from renjia.engine.linkage.model import HAND_SET, Model
from renjia.engine.linkage.numbering import Event
from renjia.engine.linkage.store.arrival import Coming, digests
from renjia.engine.linkage.store.files import (
    Contents,
    clear,
    read_contents,
    read_memory,
    write_contents,
    write_memory,
)
from renjia.engine.linkage.store.history import numbered, replayed, write_batch
from renjia.engine.linkage.store.memory import Array, Ints, Memory
from renjia.engine.linkage.store.month import model_digest, step
from renjia.engine.linkage.store.numbers import texts_of
from renjia.engine.linkage.store.result import linked
from renjia.engine.linkage.store.version import code_version

_LOCK = "store.lock"
_NONE = pa.table({"record": pa.array([], pa.string()), "source": pa.array([], pa.string())})


@dataclass(frozen=True)
class Settled:
    """一次对账 — what came of it.

    linked: as `link` of all records held; events: what happened to case numbers; arrived, changed, unchanged,
    withdrawn, unknown: records new, sent otherwise, sent as before, taken away, to be taken away but not held;
    rebuilt: why all was worked out again (Chinese), empty if it was not.
    """

    linked: Linked
    events: list[Event]
    arrived: int
    changed: int
    unchanged: int
    withdrawn: int
    unknown: int
    rebuilt: str
    memory: Memory = field(repr=False)

    @cached_property
    def cases(self) -> pa.StringArray:
        """个案号 — G0000001 …, one a row of the assignment."""
        return texts_of(self.memory, "case")

    @cached_property
    def deliveries(self) -> pa.StringArray:
        """分娩号 — F0000001 …, one a row of the assignment."""
        return texts_of(self.memory, "delivery")


class LinkStore:
    """对账存储 — `with LinkStore.open(folder) as store: month = store.link(arrived, withdrawn=keys, decisions=answers)`.

    One process at a time; until `link` returns the folder is what it was before.
    """

    def __init__(self, folder: Path, lock: TextIO, contents: Contents, memory: Memory | None, why: str) -> None:
        """By `open` only."""
        self.folder, self.why = folder, why
        self._lock, self._contents, self._memory = lock, contents, memory

    @classmethod
    def open(cls, folder: Path) -> Self:
        """打开 — makes the folder if there is none; `why` (Chinese) says why a memory that was there is not used.

        ValueError (Chinese) if the folder is something else or another process has it open; StoreDamaged if the
        records in it cannot be read.
        """
        if folder.exists() and not (folder.is_dir() and (_is_store(folder) or not any(folder.iterdir()))):
            raise ValueError(f"「{folder}」不是对账存储；请换一个空文件夹")
        # names and numbers of persons lie in it in the clear
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = (folder / _LOCK).open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            raise ValueError(f"另一个程序正在用存储「{folder}」；请等它结束再试") from None
        try:
            contents = read_contents(folder)
            if contents is None:
                return cls(folder, lock, Contents(), Memory(), "")
            memory, why = read_memory(folder, contents.memory, code_version())
        except BaseException:
            lock.close()
            raise
        return cls(folder, lock, contents, memory, why)

    def __enter__(self) -> Self:
        """For `with`."""
        return self

    def __exit__(self, *raised: object) -> None:
        """Close, whatever happened."""
        self.close()

    def close(self) -> None:
        """关闭 — lets others open it."""
        self._lock.close()

    def __len__(self) -> int:
        """所存记录数."""
        return len(self.records()) if self._memory is None else len(self._memory)

    def records(self) -> pa.Table:
        """所存记录 — as they came last, canonical columns; StoreDamaged if they cannot be read back."""
        return replayed(self.folder, self._contents)

    def link(
        self,
        arrived: pa.Table | None = None,
        *,
        withdrawn: Iterable[str] = (),
        model: Model | None = None,
        decisions: Sequence[Decision] | None = None,
    ) -> Settled:
        """对账 — after these records came (new, or in place of what was sent before) and these keys were withdrawn.

        decisions: all that hold now; None: those of the last time. Equal to `link` of all records then held.
        ValueError (Chinese) on a repeated key, a key both sent and withdrawn, or contradictory decisions.
        """
        table = typed(arrived) if arrived is not None else typed(_NONE)
        keys = pa.array(sorted(set(withdrawn)), pa.string())
        both = table.filter(pc.is_in(table["record"], value_set=keys))["record"].to_pylist()
        if both:
            raise ValueError(f"记录「{min(both)}」既送来又撤回；请只留一样")
        return self._link(table, keys, model or HAND_SET, decisions)

    def link_all(
        self, records: pa.Table, *, model: Model | None = None, decisions: Sequence[Decision] | None = None
    ) -> Settled:
        """对账全部 — the store finds for itself what is new, changed or gone; otherwise as `link`."""
        table = typed(records)
        held = self._memory.record if self._memory is not None else self.records()["record"]
        gone = held.filter(pc.invert(pc.is_in(held, value_set=table["record"].combine_chunks())))
        keys = gone.combine_chunks() if isinstance(gone, pa.ChunkedArray) else gone
        return self._link(table, keys, model or HAND_SET, decisions)

    def _link(
        self, table: pa.Table, keys: pa.StringArray, model: Model, decisions: Sequence[Decision] | None
    ) -> Settled:
        _refuse_twice(table)
        said = list(decisions) if decisions is not None else [Decision(**one) for one in self._contents.decisions]
        held = self._memory
        if held is None:
            old = self.records()
            keys_held = old["record"].combine_chunks()
            met = _Met(keys_held, digests(old), table, keys)
            numbers = numbered(self.folder, self._contents, keys_held)
            everything = pa.concat_tables([old.take(pa.array(met.stays)), met.coming.table])
            none = np.full(len(everything), -1)
            coming = Coming(everything, digests(everything), none, none[:0])
            memory, events, new = step(Memory(), coming, model, said, numbers)
        else:
            met = _Met(held.record, held.rows["digest"], table, keys)
            if not len(met.coming.table) and not len(met.coming.gone) and self._fits(held, model, said):
                return self._month(held, [], met, model)
            memory, events, new = step(held, met.coming, model, said)
        self._keep(memory, met, new, said)
        return self._month(memory, events, met, model)

    def _fits(self, held: Memory, model: Model, said: Sequence[Decision]) -> bool:
        same = [asdict(one) for one in said] == self._contents.decisions
        return same and held.facts["model"] == model_digest(model) and bool(self._contents.serial)

    def _month(self, memory: Memory, events: list[Event], met: "_Met", model: Model) -> Settled:
        why, self.why = self.why, ""
        return Settled(
            linked=linked(memory, memory.facts["size"], model.version),
            events=events,
            arrived=len(met.coming.table) - met.changed,
            changed=met.changed,
            unchanged=met.unchanged,
            withdrawn=len(met.coming.gone),
            unknown=met.unknown,
            rebuilt=why,
            memory=memory,
        )

    def _keep(self, memory: Memory, met: "_Met", new: Ints, said: Sequence[Decision]) -> None:
        """Write it all, then the contents: until then the store is what it was."""
        contents = replace(
            self._contents,
            arrivals=list(self._contents.arrivals),
            serial=self._contents.serial + 1,
            decisions=[asdict(one) for one in said],
            serials={name: int(memory.facts[name]) for name in ("case_number", "delivery_number")},
        )
        if len(met.coming.table) or met.gone_keys or len(new):
            write_batch(self.folder, contents, met.coming.table, met.gone_keys, memory, new)
        contents.memory = write_memory(self.folder, contents.serial, memory, code_version())
        write_contents(self.folder, contents)
        self._contents, self._memory = contents, memory
        clear(self.folder, contents)


class _Met:
    """What arrives against what is held.

    coming: what is to be taken in and out; stays: held rows that neither leave nor are replaced; changed: of the coming
    those held with other content; unchanged: records sent as they are held; unknown: keys to withdraw nobody holds.
    """

    def __init__(self, held: pa.StringArray, digest: Array, table: pa.Table, keys: pa.StringArray) -> None:
        at = pc.index_in(held, value_set=table["record"].combine_chunks())
        again = np.flatnonzero(at.is_valid().to_numpy(zero_copy_only=False))
        replaces = np.full(len(table), -1)
        replaces[pc.drop_null(at).to_numpy()] = again
        own = digests(table)
        same = (replaces >= 0) & (own == np.r_[digest, np.uint64(0)][replaces])
        fresh = np.flatnonzero(~same)
        gone = np.zeros(0, np.int64)
        if len(keys):
            gone = np.flatnonzero(pc.is_in(held, value_set=keys).to_numpy(zero_copy_only=False))
        self.coming = Coming(table.take(pa.array(fresh)), own[fresh], replaces[fresh], gone)
        self.changed, self.unchanged = int((replaces[fresh] >= 0).sum()), int(same.sum())
        self.gone_keys: list[str] = held.take(pa.array(gone)).to_pylist()
        self.unknown = len(keys) - len(gone)
        away = np.zeros(len(held), np.bool_)
        away[gone] = away[again] = True
        self.stays: Ints = np.flatnonzero(~away)


def _refuse_twice(table: pa.Table) -> None:
    if pc.count_distinct(table["record"]).as_py() == len(table):
        return
    counted = table["record"].value_counts()
    twice = min(one["values"] for one in counted.to_pylist() if one["counts"] > 1)
    raise ValueError(f"记录「{twice}」出现两次；同一记录请只传一份（重复上报的取最近一份）")


def _is_store(folder: Path) -> bool:
    return (folder / _LOCK).exists()
