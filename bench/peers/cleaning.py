"""The cleaning both DuckDB peers share: what a careful analyst does before linking with them. Bench only.

Numbers to one form (id15: without century and check digit), names by sound (pypinyin, one letter-like sign a toneless
syllable, so that edit distance works), unnamed infants taken out of the names, their order kept.
"""

from pathlib import Path

import duckdb
import pyarrow as pa
from pypinyin import Style, pinyin

SOURCES = ("registration", "hospital_delivery", "vaccination", "birth_certificate")
WANTED = (
    "mother_name", "mother_id", "father_name", "father_id", "baby_name", "sex", "born", "time", "weight", "order",
    "plurality", "phone", "address", "institution", "certificate",
)  # fmt: skip
_WIDE = "".join(chr(0xFEE0 + ord(sign)) for sign in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_HALF = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZ"
_UNNAMED = "之|某|宝$|婴|毛毛|BB|新生儿|未取名|未命名|待定|^无$|死胎|死产"


def read(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Tables `registration` … `birth_certificate` in `con`, cleaned, with the same columns; `unique_id` source|record."""
    for source in SOURCES:
        path = f"{folder}/{source}.parquet"
        held = {row[0] for row in con.execute(f"DESCRIBE SELECT * FROM '{path}'").fetchall()}
        columns = ", ".join(f'"{name}"' if name in held else f'NULL::VARCHAR AS "{name}"' for name in WANTED)
        con.execute(f"CREATE OR REPLACE TEMP TABLE raw_{source} AS SELECT record, {columns} FROM '{path}'")
    _sounds(con)
    for source in SOURCES:
        con.execute(f"CREATE OR REPLACE TABLE {source} AS {_cleaned(source)}")
        con.execute(f"DROP TABLE raw_{source}")


def _sounds(con: duckdb.DuckDBPyConnection) -> None:
    """Table `name`: raw, plain (without blanks and dots) and sound, once per distinct name."""
    fields = [f"SELECT {name} AS raw FROM raw_{source}" for source in SOURCES for name in WANTED if "name" in name]
    raw = con.sql(f"SELECT DISTINCT raw FROM ({' UNION ALL '.join(fields)}) WHERE raw <> ''").to_arrow_table()["raw"]
    wide = str.maketrans(_WIDE, _HALF) | dict.fromkeys(map(ord, " 　·•．.,"))
    plain = [text.upper().translate(wide) for text in raw.to_pylist()]
    signs: dict[str, str] = {}
    heard = {}
    for character in sorted(set("".join(plain))):
        syllable = pinyin(character, style=Style.NORMAL, errors=lambda text: [text])[0][0]
        heard[ord(character)] = signs.setdefault(syllable, character)
    names = pa.table({"raw": raw, "plain": plain, "sound": [text.translate(heard) for text in plain]})
    con.register("names_found", names)
    con.execute("CREATE OR REPLACE TEMP TABLE name AS SELECT * FROM names_found")
    con.unregister("names_found")


def _number(column: str) -> str:
    same = "|".join(f"{digit}+" for digit in range(10))
    plain = f"regexp_replace(translate(upper({column}), '{_WIDE}', '{_HALF}'), '[^0-9A-Z]', '', 'g')"
    return f"""CASE WHEN regexp_matches({plain}, '^({same})X?$') OR length({plain}) < 6 THEN NULL
        WHEN regexp_matches({plain}, '^[0-9]{{17}}[0-9X]?$') THEN substr({plain}, 1, 6) || substr({plain}, 9, 9)
        ELSE {plain} END"""


def _order() -> str:
    """Which baby: as told, or as the label of an unnamed infant says."""
    return """coalesce(TRY_CAST(r."order" AS INTEGER), CASE
        WHEN NOT unnamed THEN NULL
        WHEN regexp_matches(baby, '[长大]|[一1A甲]$|之一|一宝') THEN 1
        WHEN regexp_matches(baby, '[次小]|[二2B乙]$|之二|二宝') AND baby NOT LIKE '%BB' THEN 2
        WHEN regexp_matches(baby, '[三3C丙]$|之三|三[宝子女]') THEN 3 END)"""


def _cleaned(source: str) -> str:
    digits = "right(regexp_replace(translate(r.phone, '０１２３４５６７８９', '0123456789'), '[^0-9]', '', 'g'), 11)"
    return f"""
        WITH joined AS (
            SELECT r.*, m.plain AS mother, m.sound AS mother_sound, f.plain AS father, f.sound AS father_sound,
                b.plain AS baby, b.sound AS sounded,
                coalesce(regexp_matches(b.plain, '{_UNNAMED}') OR starts_with(b.plain, m.plain), false) AS unnamed
            FROM raw_{source} r LEFT JOIN name m ON r.mother_name = m.raw LEFT JOIN name f ON r.father_name = f.raw
            LEFT JOIN name b ON r.baby_name = b.raw
        )
        SELECT '{source}|' || r.record AS unique_id, '{source}' AS source, mother, mother_sound, father, father_sound,
            {_number("r.mother_id")} AS mother_number, {_number("r.father_id")} AS father_number,
            CASE WHEN NOT unnamed THEN baby END AS baby, CASE WHEN NOT unnamed THEN sounded END AS baby_sound,
            CASE WHEN r.sex IN ('1', '男') THEN 1 WHEN r.sex IN ('2', '女') THEN 2 END AS sex,
            TRY_CAST(r.born AS DATE) AS born,
            CASE WHEN r.time <> '00:00' THEN TRY_CAST(split_part(r.time, ':', 1) AS INTEGER) * 60
                + TRY_CAST(split_part(r.time, ':', 2) AS INTEGER) END AS minute,
            TRY_CAST(r.weight AS INTEGER) AS weight, {_order()} AS nth, TRY_CAST(r.plurality AS INTEGER) AS plurality,
            CASE WHEN length({digits}) >= 8 THEN {digits} END AS phone,
            nullif(rpad(trim(r.address), 12, '0'), '000000000000') AS place, substr(trim(r.address), 1, 9) AS street,
            nullif(trim(r.institution), '') AS institution,
            nullif(regexp_extract(translate(r.certificate, '０１２３４５６７８９', '0123456789'), '[0-9]{{6,}}'), '') AS certificate
        FROM joined r
    """
