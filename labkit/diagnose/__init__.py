"""Evidence from configuration and flow records: all that is wrong, why, and the smallest fix."""

from labkit.diagnose.asking import diagnose_lab
from labkit.diagnose.causes import Cause
from labkit.diagnose.diagnosis import Diagnosis, Finding, diagnose
from labkit.diagnose.evidence import Logging, Seen, Sight
from labkit.diagnose.fixes import Fix
from labkit.diagnose.logs import LogFinding
from labkit.diagnose.question import Question
from labkit.diagnose.roles import Role

__all__ = [
    "Cause",
    "Diagnosis",
    "Finding",
    "Fix",
    "LogFinding",
    "Logging",
    "Question",
    "Role",
    "Seen",
    "Sight",
    "diagnose",
    "diagnose_lab",
]
