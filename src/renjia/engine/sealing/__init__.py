"""封存 — SM4-GCM boxes, blind indexes and the keys they come from."""

from renjia.engine.sealing.blind import BlindIndex
from renjia.engine.sealing.boxes import Sealer
from renjia.engine.sealing.errors import SealError
from renjia.engine.sealing.keys import Keys
from renjia.engine.sealing.selftest import self_test

__all__ = ["BlindIndex", "Keys", "SealError", "Sealer", "self_test"]
