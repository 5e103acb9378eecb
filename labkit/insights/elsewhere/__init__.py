"""
The same query for another engine: Logs Insights QL in, SQL over a table of flow records out.

``export`` is the way in.  ``table`` says where fields are, ``translation`` rewrites
what DuckDB says its own way, by the tables in ``trino`` and ``spark``.
"""
