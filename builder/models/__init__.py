"""The records of the knowledge base. Their JSON Schemas are made from these models.

Every record is frozen and refuses unknown keys. A missing value is absent, never a default that
the source does not state. ``line`` is always a 1-based line of the seed.
"""

from builder.models.base import *
from builder.models.findings import *
from builder.models.trials import *
from builder.models.works import *
