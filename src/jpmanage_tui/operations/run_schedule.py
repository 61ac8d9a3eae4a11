"""In which order the changes of a run may begin, by what they touch and what they need. Pure; no I/O."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Sequence

from jpmanage_tui.operations.run import ItemState, RunItem


class Schedule:
    """Which item of a run may begin: none before an earlier one that touches the same, or that it needs, has ended."""

    def __init__(self, items: Sequence[RunItem]) -> None:
        self._keys: dict[int, frozenset[str]] = {}
        self._queues: dict[str, deque[int]] = {}
        self._needs: dict[int, int] = {}
        self._dependents: dict[int, list[int]] = {}
        self._ready: list[int] = []
        self._open: set[int] = set()
        for item in items:
            if item.needs is not None:
                self._dependents.setdefault(item.needs, []).append(item.position)
            if item.state is not ItemState.WAITING:
                continue
            self._open.add(item.position)
            if item.needs is not None and items[item.needs].state is not ItemState.DONE:
                self._needs[item.position] = item.needs
            self._keys[item.position] = item.mutation.order_keys
            for key in item.mutation.order_keys:
                self._queues.setdefault(key, deque()).append(item.position)
        for position in sorted(self._open):
            self._offer(position)

    def next(self) -> int | None:
        """Return the first item that may begin, None where none may now."""
        while self._ready:
            position = heapq.heappop(self._ready)
            if position in self._open:
                self._open.discard(position)
                return position
        return None

    def dependents(self, position: int) -> list[int]:
        """Return the items that need ``position`` to be done."""
        return self._dependents.get(position, [])

    def done(self, position: int) -> None:
        """Take over that an item was done: what needs it may begin."""
        for dependent in self.dependents(position):
            self._needs.pop(dependent, None)
            self._offer(dependent)

    def leave(self, position: int) -> None:
        """Take over that an item has ended, or is held back: what comes after it may begin."""
        self._open.discard(position)
        for key in self._keys.get(position, ()):
            queue = self._queues[key]
            if position in queue:
                queue.remove(position)
            if queue:
                self._offer(queue[0])

    def put_back(self, position: int) -> None:
        """Have an item that was begun wait again, in its place."""
        self._open.add(position)
        self._offer(position)

    def same_target(self, position: int, items: Sequence[RunItem]) -> list[int]:
        """Return the items, not begun, that must not be sent while the outcome of ``position`` is unknown."""
        if not getattr(items[position].change, "license_key", True):
            return []  # a code that was not known yet: no other item touches it
        target = items[position].change.conflict_key
        return [one for one in self._open if target and items[one].mutation.conflict_key == target]

    def _offer(self, position: int) -> None:
        if position not in self._open or position in self._needs:
            return
        if all(self._queues[key][0] == position for key in self._keys[position] if self._queues[key]):
            heapq.heappush(self._ready, position)
