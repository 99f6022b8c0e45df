"""合成区 — a district with known truth, seeded; the demo, tests and benches use it."""

from renjia.engine.synthetic.district import District, make_district
from renjia.engine.synthetic.files import write_district
from renjia.engine.synthetic.rates import SOURCES

__all__ = ["SOURCES", "District", "make_district", "write_district"]
