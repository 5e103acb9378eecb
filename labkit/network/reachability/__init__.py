"""
Can it be reached? The network's configuration read as Reachability Analyzer reads it.

A path from a source to a destination in, an analysis out: the components a
packet passes there and back, or what stands in its way, in AWS's own codes.
The verdict is that of ``labkit.network.walk`` in a network whose hosts all
answer, as the analyzer looks at the network and never into hosts. ``question``
says what is asked, ``probe`` which packet answers it, ``components`` and
``explanations`` put walks and obstacles into AWS's terms, and ``analyze`` joins
them.

Source: Amazon VPC Reachability Analyzer Guide, "How Reachability Analyzer
works" and "Explanation codes"; EC2 API Reference, NetworkInsightsAnalysis.
"""

from labkit.network.reachability.analysis import Analysis, analyze, filtered
from labkit.network.reachability.components import PathComponent
from labkit.network.reachability.explanation import Explanation
from labkit.network.reachability.question import AtEnd, Path

__all__ = ["Analysis", "AtEnd", "Explanation", "Path", "PathComponent", "analyze", "filtered"]
