"""
The one place that touches moto.

``loading`` brings it in, ``isolation`` keeps applications apart, ``protocols``
turns requests into parameters and results into responses, ``dispatch`` hands a
call to moto, ``corrections`` sets right what moto's objects say wrongly.  Every
internal of moto used here is held by ``tests/endpoint/test_moto_contract.py``.
"""

from labkit.endpoint.moto_seam import loading as _loading  # noqa: F401  must come before the others
