"""SQL — expressions of definitions checked and translated, facts read, a DuckDB that only computes."""

from renjia.engine.sql.connecting import connect, connect_twice
from renjia.engine.sql.dialects import translate
from renjia.engine.sql.errors import SqlError
from renjia.engine.sql.expressions import Expression, Summary, condition, expression, summary
from renjia.engine.sql.facts import Fact, read_fact, read_facts
from renjia.engine.sql.named import written_out
from renjia.engine.sql.small_tables import small_table
from renjia.engine.sql.vocabulary import column_types

__all__ = [
    "Expression",
    "Fact",
    "SqlError",
    "Summary",
    "column_types",
    "condition",
    "connect",
    "connect_twice",
    "expression",
    "read_fact",
    "read_facts",
    "small_table",
    "summary",
    "translate",
    "written_out",
]
