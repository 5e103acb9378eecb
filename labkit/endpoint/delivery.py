"""
Packets that interfaces saw, turned into records where each flow log wants them.

Instant delivery writes the records of a command as the command ends.  Realistic
delivery cuts time into windows as AWS does and writes a window's records when
it has ended and the delay has passed.  Nothing runs in the background: whatever
has become due is written before anybody can look, and before anything changes
that decides about it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from labkit.endpoint.delivery_role import may_deliver
from labkit.endpoint.destinations import write_to_log_group, write_to_s3
from labkit.endpoint.flow_logs import FlowLogs
from labkit.endpoint.ledger import Ledger, covers, instant_records
from labkit.endpoint.log_store import LogStore
from labkit.endpoint.operations import before
from labkit.endpoint.snapshot import Snapshots

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labkit.endpoint.application import EmbeddedAws
    from labkit.endpoint.flow_logs import FlowLogConfig
    from labkit.endpoint.ledger import Batch
    from labkit.endpoint.operations import Call
    from labkit.flowlog import SeenPacket
    from labkit.network.topology import Topology

ACCESS_ERROR: Final = "Access error"
"""AWS's word for a role or a bucket that does not let records in."""


class Delivery:
    """The delivery of one application's flow logs; ``aws.extension(Delivery)``."""

    def __init__(self, aws: EmbeddedAws) -> None:
        self._aws = aws
        self._flow_logs = aws.extension(FlowLogs)
        self._store = aws.extension(LogStore)
        self._ledgers: dict[str, Ledger] = {}

    def take(self, seen: Sequence[SeenPacket], topology: Topology) -> None:
        """
        Note packets for every flow log there is at this moment.

        Args:
            seen: What interfaces saw since the last time.
            topology: The network they were seen in.
        """
        if not seen:
            return
        self.catch_up()
        for config in self._flow_logs.configs():
            covered = [each for each in seen if covers(config, each.sighting, topology)]
            if not covered:
                continue
            if self._aws.settings.delivery == "instant":
                records = instant_records(config, covered, topology)
                self._write(config, [records] if records.lines else [])
            else:
                ledger = self._ledgers.setdefault(config.flow_log_id, Ledger(config))
                ledger.take(covered, topology)

    def catch_up(self) -> None:
        """Write whatever has become due by now."""
        now_s = self._aws.clock.now()
        due = [
            ledger
            for ledger in self._ledgers.values()
            if ledger.next_window_end_s + self._delay_s(ledger.config) <= now_s
        ]
        if not due:
            return
        active = {config.flow_log_id for config in self._flow_logs.configs()}
        for ledger in due:
            if ledger.config.flow_log_id not in active:
                del self._ledgers[ledger.config.flow_log_id]
                continue
            topology = self._aws.extension(Snapshots).of(ledger.config.region).topology
            delay_s = self._delay_s(ledger.config)
            closed_by_s = now_s - delay_s
            with_nodata = self._aws.settings.nodata == "emit"
            batches = ledger.close(closed_by_s, topology, delay_s, with_nodata=with_nodata)
            self._write(ledger.config, batches)

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


# What readers see, and what writers change, comes after what was due before.
@before("logs", "*")
@before("s3", "*")
@before("iam", "*")
@before("ec2", "*")
def catch_up(call: Call) -> None:
    """Write whatever records have become due."""
    call.aws.extension(Delivery).catch_up()
