"""对账文件夹 — a folder of departments' files in, one case per child out; plain files, no Django, no database."""

from renjia.front.reconciling.folder import Outcome, link_folder
from renjia.front.reconciling.received import STATES
from renjia.front.reconciling.roads import ENGINES

__all__ = ["ENGINES", "STATES", "Outcome", "link_folder"]
