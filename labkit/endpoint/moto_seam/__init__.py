"""
The one place that touches moto.

``isolation`` keeps applications apart, ``protocols`` turns requests into
parameters and results into responses, ``dispatch`` hands a call to moto.
Every internal of moto used here is held by ``tests/endpoint/test_moto_contract.py``.
"""
