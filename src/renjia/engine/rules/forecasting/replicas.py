"""多份人家 — the families a drawn event touches, copied once for each draw into one working set, with the events written in."""

from collections.abc import Iterator, Mapping
from datetime import date

import pyarrow as pa

from renjia.engine.rules.schemas import KEYS, TABLES
from renjia.engine.sql import connect

NEAR = 2  # steps from an event within which a fact can change: spouse, parents, children, siblings, spouse's children
_FAR = 2 * NEAR  # steps whose rows those facts read
_LARGEST = 1_500_000  # persons in one working set
_MARK = "~"
_DUCK = {"text": "VARCHAR", "date": "DATE", "int": "INTEGER", "bool": "BOOLEAN", "money": "DECIMAL(18, 2)"}


class Families:
    """人家 — the tables as known, with the ties between persons; close it like a file."""

    def __init__(self, tables: Mapping[str, pa.Table], known: date | None) -> None:
        """Rows known on the day (None: known still), without the columns that say when they were known."""
        self.connection = connect()
        self.rows: dict[str, pa.Table] = {}
        for name in TABLES:
            if name in tables and tables[name].num_rows:
                self._load(name, tables[name], known)
        self._tie()

    def __enter__(self) -> "Families":
        """Opens nothing more."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes the connection."""
        self.connection.close()

    def tables(self) -> dict[str, pa.Table]:
        """各表 — as known, by name."""
        return {name: self.arrow(f'SELECT * FROM "{name}"') for name in self.rows}

    def borne(self) -> dict[str, int]:
        """生过几个 — person → children borne."""
        if "parentage" not in self.rows:
            return {}
        sql = "SELECT parent, count(DISTINCT child) FROM parentage WHERE coalesce(kind, 'borne') = 'borne' GROUP BY parent"
        return dict(self.connection.execute(sql).fetchall())

    def arrow(self, sql: str) -> pa.Table:
        """整表 — of a query."""
        found: pa.Table = self.connection.sql(sql).to_arrow_table()
        return found

    def draw(self, deaths: pa.Table, births: pa.Table) -> None:
        """记下事件 — and whom each of them reaches, at how many steps."""
        run = self.connection.execute
        for name, table in (("deaths", deaths), ("births", births)):
            self.connection.register("~given", table)
            run(f'CREATE OR REPLACE TABLE {name} AS SELECT * FROM "~given"')
            self.connection.unregister("~given")
        run("CREATE OR REPLACE TABLE reached AS SELECT DISTINCT draw, person, 0 AS step FROM "
            "(SELECT draw, person FROM deaths UNION ALL SELECT draw, mother FROM births) AS touched")  # fmt: skip
        for step in range(1, _FAR + 1):
            run(f"INSERT INTO reached SELECT DISTINCT r.draw, t.b, {step} FROM reached r JOIN tied t ON t.a = r.person "
                f"WHERE r.step = {step - 1} AND NOT EXISTS (SELECT 1 FROM reached o WHERE o.draw = r.draw AND o.person = t.b)")  # fmt: skip

    def copies(self) -> Iterator[tuple[list[int], dict[str, pa.Table]]]:
        """逐批副本 — draws and their tables; a person's key in them is `draw~key`."""
        sizes = self.connection.execute("SELECT draw, count(*) FROM reached GROUP BY draw ORDER BY draw").fetchall()
        batch: list[int] = []
        held = 0
        for draw, size in sizes:
            if batch and held + size > _LARGEST:
                yield batch, self._copy(batch)
                batch, held = [], 0
            batch.append(draw)
            held += size
        if batch:
            yield batch, self._copy(batch)

    def _load(self, name: str, given: pa.Table, known: date | None) -> None:
        shown = given.schema.names
        day = f"DATE '{known.isoformat()}'" if known else ""
        tests = []
        if "known_to" in shown:
            tests.append(f"(known_to IS NULL{f' OR known_to > {day}' if day else ''})")
        if day and "known_from" in shown:
            tests.append(f"(known_from IS NULL OR known_from <= {day})")
        columns = [one for one in TABLES[name].columns if one.name in shown and not one.name.startswith("known_")]
        listed = ", ".join(f'CAST("{one.name}" AS {_DUCK[one.type]}) AS "{one.name}"' for one in columns)
        self.connection.register("~given", given)
        self.connection.execute(
            f'CREATE TABLE "{name}" AS SELECT {listed} FROM "~given" WHERE {" AND ".join(tests) or "TRUE"}'
        )
        self.connection.unregister("~given")
        self.rows[name] = self.arrow(f'SELECT * FROM "{name}" LIMIT 0')

    def _tie(self) -> None:
        pairs = [("parentage", "parent", "child"), ("marriage", "a", "b")]
        parts = [
            f"SELECT {one} AS a, {other} AS b FROM {name}"
            for name, a, b in pairs
            if name in self.rows
            for one, other in ((a, b), (b, a))
        ]
        both = " UNION ".join(parts) or "SELECT '' AS a, '' AS b LIMIT 0"
        self.connection.execute(
            f"CREATE TABLE tied AS SELECT * FROM ({both}) AS pairs WHERE a IS NOT NULL AND b IS NOT NULL"
        )

    def _copy(self, draws: list[int]) -> dict[str, pa.Table]:
        listed = ", ".join(str(one) for one in draws)
        self.connection.execute(
            f"CREATE OR REPLACE TABLE chosen AS SELECT draw, person FROM reached WHERE draw IN ({listed})"
        )
        found: dict[str, pa.Table] = {}
        for name, empty in self.rows.items():
            keys = [one for one in empty.schema.names if one in KEYS]
            if keys:
                found[name] = self.arrow(self._copied(name, empty.schema.names, keys))
            elif name == "place":
                found[name] = self.arrow("SELECT * FROM place")
        return self._with_newborn(found, listed)

    def _copied(self, name: str, columns: list[str], keys: list[str]) -> str:
        """SQL: rows of a table whose keys are all among the chosen of a draw; events written over them."""
        first, *rest = keys
        shown = [f"{_key(f't.{_q(one)}')} AS {_q(one)}" if one in keys else f"t.{_q(one)}" for one in columns]
        joins = "".join(
            f" LEFT JOIN chosen k{at} ON k{at}.draw = c.draw AND k{at}.person = t.{_q(one)}"
            for at, one in enumerate(rest)
        )
        where = (
            " AND ".join(f"(t.{_q(one)} IS NULL OR k{at}.person IS NOT NULL)" for at, one in enumerate(rest)) or "TRUE"
        )
        if name == "person" and "died" in columns:
            shown[columns.index("died")] = "coalesce(t.died, d.day) AS died"
            joins += " LEFT JOIN deaths d ON d.draw = c.draw AND d.person = t.person"
        if name == "marriage" and "to" in columns:
            over = "least(da.day, db.day)"
            shown[columns.index("to")] = f'least(t."to", {over}) AS "to"'
            if "end" in columns:
                shown[columns.index("end")] = (
                    f"""CASE WHEN {over} < coalesce(t."to", DATE '9999-12-31') THEN 'death' ELSE t."end" END AS "end\""""
                )
            joins += " LEFT JOIN deaths da ON da.draw = c.draw AND da.person = t.a LEFT JOIN deaths db ON db.draw = c.draw AND db.person = t.b"
        return (
            f'SELECT {", ".join(shown)} FROM "{name}" t JOIN chosen c ON c.person = t.{_q(first)}{joins} WHERE {where}'
        )

    def _with_newborn(self, found: dict[str, pa.Table], listed: str) -> dict[str, pa.Table]:
        """Newborns: nationality and hukou of the mother, her husband of that day the father."""
        run = self.connection
        columns = self.rows["person"].schema.names
        nation = "p.nationality" if "nationality" in columns else "CAST(NULL AS VARCHAR)"
        run.execute(
            f"CREATE OR REPLACE TABLE newborn AS SELECT {_key('b.child', 'b.draw')} AS child, b.draw, b.mother, b.day, b.sex, b.died, "
            f"b.delivery, {nation} AS nationality FROM births b LEFT JOIN person p ON p.person = b.mother "
            f"WHERE b.draw IN ({listed})"
        )
        new = {
            "person": "SELECT child AS person, sex, day AS born, died, nationality FROM newborn",
            "parentage": f"SELECT {_key('c.mother')} AS parent, child, 'borne' AS kind, {_key('c.delivery')} AS delivery FROM newborn c "
            f"UNION ALL SELECT {_key('f.father')}, c.child, 'borne', {_key('c.delivery')} FROM newborn c JOIN ({self._husbands()}) AS f "
            "ON f.draw = c.draw AND f.child = c.child",
        }
        if "hukou" in self.rows:
            extra = ", ".join(f"h.{_q(one)}" for one in ("kind",) if one in self.rows["hukou"].schema.names)
            new["hukou"] = (
                f"SELECT c.child AS person, h.place{f', {extra}' if extra else ''}, 'born' AS basis, c.day AS \"from\" FROM newborn c "
                f"JOIN (SELECT n.child, {_one_home(self.rows['hukou'].schema.names)} AS at FROM newborn n JOIN hukou h ON h.person = n.mother "
                f"WHERE {_then('h', 'n.day', self.rows['hukou'].schema.names)} GROUP BY n.child) AS o ON o.child = c.child "
                "JOIN (SELECT *, rowid AS row FROM hukou) h ON h.row = o.at"
            )
        for name, sql in new.items():
            added = self.arrow(sql)
            whole = found.get(name)
            found[name] = pa.concat_tables([whole, added], promote_options="permissive") if whole is not None else added
        return found

    def _husbands(self) -> str:
        if "marriage" not in self.rows:
            return "SELECT draw, child, mother AS father FROM newborn LIMIT 0"
        then = _then("m", "n.day", self.rows["marriage"].schema.names)
        return (
            "SELECT n.draw, n.child, max(CASE WHEN m.a = n.mother THEN m.b ELSE m.a END) AS father FROM newborn n "
            f"JOIN marriage m ON (m.a = n.mother OR m.b = n.mother) AND {then} "
            "LEFT JOIN deaths d ON d.draw = n.draw AND d.person = CASE WHEN m.a = n.mother THEN m.b ELSE m.a END "
            "WHERE coalesce(d.day > n.day, TRUE) GROUP BY n.draw, n.child"
        )


def told(draws: str) -> str:
    """SQL: draw and key of a row whose `id` is `draw~key`, from the table named."""
    return (
        f"SELECT CAST(left(id, strpos(id, '{_MARK}') - 1) AS INT) AS draw, substr(id, strpos(id, '{_MARK}') + 1) AS person, * "
        f"EXCLUDE (id) FROM {draws}"
    )


def _key(column: str, draw: str = "c.draw") -> str:
    """SQL: the key in the copy of a draw."""
    return f"CAST({draw} AS VARCHAR) || '{_MARK}' || {column}"


def _q(name: str) -> str:
    return f'"{name}"'


def _then(alias: str, day: str, columns: list[str]) -> str:
    """SQL: a row with `from` and `to` holds on the day."""
    tests = [f'coalesce({alias}."from" <= {day}, TRUE)'] if "from" in columns else []
    tests += [f'coalesce({alias}."to" >= {day}, TRUE)'] if "to" in columns else []
    return " AND ".join(tests) or "TRUE"


def _one_home(columns: list[str]) -> str:
    """SQL: the row the child is entered by: the mother's latest."""
    return "arg_max(h.rowid, coalesce(h.\"from\", DATE '1800-01-01'))" if "from" in columns else "max(h.rowid)"
