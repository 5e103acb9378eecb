"""
The same query in other engines' SQL, over the same records: the same answer.

DuckDB and Spark run their text; for Athena there is no engine to run here, so its
text is parsed by Trino's own grammar, and run on DuckDB after sqlglot, which knows
Trino's functions from elsewhere than we do, has translated it back.
"""

from __future__ import annotations

import duckdb
import pytest
import sqlglot
from other_engines.answers import cells, lines, ours, theirs
from other_engines.queries import QUERIES
from trino_query_parser import parse_statement

from labkit.insights.elsewhere.export import to_sql
from labkit.insights.elsewhere.table import COLUMNS

ONLY_TRINO = {
    "regexReplace": "DuckDB marks groups in a replacement another way",
    "isIpInSubnet": "DuckDB marks groups in a replacement another way",
    "isIpv6InSubnet": "DuckDB marks groups in a replacement another way",
    "messageSize": "DuckDB has no length of bytes under that name",
    "strlen(@timestamp)": "DuckDB leaves out the milliseconds of whole seconds",
}
"""What sqlglot does not bring back from Trino's notation, and why."""

MACROS = (
    "CREATE MACRO is_finite(x) AS isfinite(x)",
    "CREATE MACRO to_big_endian_64(x) AS x",
)
"""Functions of Trino's that sqlglot passes on as they are."""

each_query = pytest.mark.parametrize("query", QUERIES)


@pytest.fixture(scope="module")
def database():
    connection = duckdb.connect(":memory:")
    columns = ", ".join(f'"{name}" {kind}' for name, kind in COLUMNS)
    connection.execute(f"CREATE TABLE vpc_flow_logs ({columns})")
    places = ", ".join("?" * len(COLUMNS))
    rows = [cells(line) for line in lines()]
    connection.executemany(f"INSERT INTO vpc_flow_logs VALUES ({places})", rows)  # noqa: S608
    connection.execute("SET TimeZone = 'America/New_York'")
    for macro in MACROS:
        connection.execute(macro)
    yield connection
    connection.close()


def answer(connection, sql):
    found = connection.execute(sql)
    return theirs([column[0] for column in found.description], found.fetchall())


@each_query
def test_duckdb_answers_its_text_as_we_answer_the_query(query, database):
    assert ours(query) == answer(database, to_sql(query, "duckdb"))


@each_query
def test_trinos_grammar_reads_the_text_for_athena(query):
    tokens = parse_statement(to_sql(query, "athena"))

    assert tokens[-1] == "<EOF>"


@each_query
def test_the_text_for_athena_gives_our_answer(query, database):
    if reason := next((why for part, why in ONLY_TRINO.items() if part in query), None):
        pytest.skip(reason)
    [back] = sqlglot.transpile(to_sql(query, "athena"), read="athena", write="duckdb")

    assert ours(query) == answer(database, back)


@pytest.fixture(scope="module")
def spark():
    sql = pytest.importorskip("pyspark.sql", reason="needs pyspark, and Java 17 or newer")
    settings = {
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.sql.session.timeZone": "America/New_York",
        "spark.sql.shuffle.partitions": "1",
        "spark.ui.enabled": "false",
    }
    builder = sql.SparkSession.builder.master("local[1]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    schema = ", ".join(f"`{name}` {kind}" for name, kind in COLUMNS)
    rows = [tuple(cells(line)) for line in lines()]
    session.createDataFrame(rows, schema).createOrReplaceTempView("vpc_flow_logs")
    yield session
    session.stop()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("ansi", ["true", "false"])
def test_spark_answers_its_text_as_we_answer_the_query(ansi, spark):
    spark.conf.set("spark.sql.ansi.enabled", ansi)
    differ = []
    for query in QUERIES:
        found = spark.sql(to_sql(query, "spark"))
        if ours(query) != theirs(found.columns, found.collect()):
            differ.append(query)

    assert [] == differ
