"""来源记录的列 — the canonical birth record as the linkage engine takes it."""

import pyarrow as pa

_TEXTS = (
    "record", "source", "record_no", "mother_name", "mother_id", "father_name", "father_id", "baby_name", "sex", "address",
    "hukou_place", "phone", "institution", "certificate", "outcome", "nationality",
)  # fmt: skip
RECORDS = pa.schema(
    [(name, pa.string()) for name in _TEXTS]
    + [(name, pa.int32()) for name in ("minute", "weight", "order", "plurality", "parity")]
    + [("born", pa.date32()), ("reported", pa.date32())]
)
