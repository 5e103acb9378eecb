"""
Packets that interfaces saw, turned into records where each flow log wants them.

Instant delivery writes the records of a command as the command ends.  Realistic
delivery cuts time into windows as AWS does and writes a window's records when
it has ended and the delay has passed.  Both are a matter of the agenda, so
whatever has become due is written before anybody can look, and before anything
changes that decides about it.
"""

from __future__ import annotations

from collections import deque
from math import inf
from typing import TYPE_CHECKING, Final, NamedTuple

from labkit.endpoint.agenda import source
from labkit.endpoint.delivery_role import may_deliver
from labkit.endpoint.destinations import write_to_log_group, write_to_s3
from labkit.endpoint.flow_logs import FlowLogs
from labkit.endpoint.ledger import Ledger, covers, instant_records
from labkit.endpoint.log_store import LogStore
from labkit.endpoint.snapshot import Snapshots

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labkit.endpoint.application import EmbeddedAws
    from labkit.endpoint.flow_logs import FlowLogConfig
    from labkit.endpoint.ledger import Batch
    from labkit.flowlog import SeenPacket
    from labkit.network.topology import Topology

ACCESS_ERROR: Final = "Access error"
"""AWS's word for a role or a bucket that does not let records in."""


class _Taken(NamedTuple):
    """Packets a flow log is to make records of, and when it learned of them [Unix s]."""

    config: FlowLogConfig
    seen: Sequence[SeenPacket]
    topology: Topology
    at_s: float


@source
class Delivery:
    """The delivery of one application's flow logs; ``aws.extension(Delivery)``."""

    def __init__(self, aws: EmbeddedAws) -> None:
        self._aws = aws
        self._flow_logs = aws.extension(FlowLogs)
        self._store = aws.extension(LogStore)
        self._taken: deque[_Taken] = deque()
        self._ledgers: dict[str, Ledger] = {}

    def take(self, seen: Sequence[SeenPacket], topology: Topology) -> None:
        """
        Note packets for every flow log there is at this moment.

        Args:
            seen: What interfaces saw since the last time.
            topology: The network they were seen in.
        """
        now_s = self._aws.clock.now()
        for config in self._flow_logs.configs() if seen else ():
            covered = [each for each in seen if covers(config, each.sighting, topology)]
            if covered:
                self._taken.append(_Taken(config, covered, topology, now_s))

    def next_due_s(self) -> float:
        """When packets that were taken, or windows that have closed, become records [Unix s]."""
        taken_s = self._taken[0].at_s if self._taken else inf
        return min((taken_s, *map(self._due_s, self._ledgers.values())))

    def run(self, at_s: float, until_s: float) -> None:
        """Write what is due; of rows that tell of silence alone, all that are due by *until_s*."""
        if self._taken and self._taken[0].at_s <= at_s:
            self._file(self._taken.popleft())
            return
        with self._aws.active("DeliverFlowLogs"):
            there = {config.flow_log_id for config in self._flow_logs.configs()}
            for ledger in [each for each in self._ledgers.values() if self._due_s(each) <= at_s]:
                if ledger.config.flow_log_id in there:
                    self._close(ledger, until_s)
                else:
                    del self._ledgers[ledger.config.flow_log_id]

    def _file(self, taken: _Taken) -> None:
        """Write at once, or note for when the window will have closed."""
        config = taken.config
        if self._aws.settings.delivery == "instant":
            records = instant_records(config, taken.seen, taken.topology)
            self._write(config, [records] if records.lines else [])
        else:
            ledger = self._ledgers.setdefault(config.flow_log_id, Ledger(config))
            ledger.take(taken.seen, taken.topology)

    def _close(self, ledger: Ledger, until_s: float) -> None:
        delay_s = self._delay_s(ledger.config)
        topology = self._aws.extension(Snapshots).of(ledger.config.region).topology
        closed_by_s = max(ledger.next_window_end_s, until_s - delay_s)
        closed_by_s = min(closed_by_s, ledger.next_traffic_end_s)
        with_nodata = self._aws.settings.nodata == "emit"
        batches = ledger.close(closed_by_s, topology, delay_s, with_nodata=with_nodata)
        self._write(ledger.config, batches)

    def _due_s(self, ledger: Ledger) -> float:
        return ledger.next_window_end_s + self._delay_s(ledger.config)

    def _delay_s(self, config: FlowLogConfig) -> float:
        settings = self._aws.settings
        to_s3 = config.destination_type == "s3"
        return settings.s3_delivery_delay_s if to_s3 else settings.delivery_delay_s

    def _write(self, config: FlowLogConfig, batches: Sequence[Batch]) -> None:
        """Write what the destination lets in, and note how it went."""
        if not batches:
            return
        with self._aws.active("DeliverFlowLogs"):
            if config.destination_type == "s3":
                refused = not write_to_s3(self._aws, config, batches)
            else:
                refused = self._refused(config)
                if not refused:
                    write_to_log_group(self._store, config, batches, self._aws.clock.now())
            error = ACCESS_ERROR if refused else None
            self._flow_logs.delivered(config.flow_log_id, config.region, error)

    def _refused(self, config: FlowLogConfig) -> bool:
        name = config.log_group_name or ""
        objection = may_deliver(
            self._aws,
            config.role_arn or "",
            name,
            region=config.region,
            flow_log_id=config.flow_log_id,
            group_exists=self._store.has_group(config.region, name),
        )
        return objection is not None
