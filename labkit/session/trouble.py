"""What a lab lends to those who break it on purpose, and to those who find out why it fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit.session.tools import ToolLab

if TYPE_CHECKING:
    import pandas as pd

    from labkit.faults import AppliedFault, Repair
    from labkit.view.diagnosis import DiagnosisPage


class TroubleLab(ToolLab):
    """A lab that can be broken, diagnosed and repaired."""

    def faults(self) -> pd.DataFrame:
        """The catalogue of faults: what each breaks, and between whom it is applied now."""
        from labkit.faults.overview import overview  # noqa: PLC0415  loads when wanted

        return overview(self)

    def apply_fault(self, name: str, source: str = "app-a", target: str = "app-b") -> AppliedFault:
        """
        Break the way from one instance to another; ``repair_fault`` puts it back.

        Args:
            name: A fault of the catalogue, for example ``return-route-missing``.
            source: Who asks.
            target: Who is asked.

        Raises:
            NameNotFound: There is no such fault or instance; names the nearest.
            FaultRefused: It is applied already, meets another one, or does not fit the network.
        """
        from labkit import faults  # noqa: PLC0415  loads when wanted

        return faults.apply(self, name, faults.Ends(source, target))

    def repair_fault(self, name: str) -> Repair:
        """
        Put back what a fault changed, whoever applied it, and say what was found there.

        Raises:
            NameNotFound: There is no such fault; names the nearest.
            FaultRefused: It is not applied, or another one has to be repaired first.
        """
        from labkit import faults  # noqa: PLC0415  loads when wanted

        return faults.repair(self, name)

    def repair_faults(self) -> list[Repair]:
        """Put back what all applied faults changed, the latest first. Safe to run at any time."""
        from labkit import faults  # noqa: PLC0415  loads when wanted

        return faults.repair_all(self)

    def diagnose(self, source: str, target: str, port: int | None = None) -> DiagnosisPage:
        """
        All that is wrong between two instances, ranked, with proof and the smallest fix.

        Joins the configuration with the records of the last ping from *source*
        to *target* in this session, or of the last hour if there was none.
        Sends nothing and changes nothing.

        Args:
            source: Who asks.
            target: Who is asked, by name or address.
            port: TCP port; None asks about a ping.

        Raises:
            NameNotFound: No interface goes by one of the names.
        """
        from labkit.diagnose import diagnose_lab  # noqa: PLC0415  loads when wanted
        from labkit.view.diagnosis import page  # noqa: PLC0415

        asked = f"{source} pings {target}"
        times = [each.at for each in self.journal.moments() if each.what == asked]
        asked_s = times[-1] if times and port is None else None
        return page(diagnose_lab(self, source, target, port=port, asked_s=asked_s))
