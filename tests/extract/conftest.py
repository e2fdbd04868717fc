"""What the tests of extraction share: the project's own vocabulary and cues, read once."""

from __future__ import annotations

import measure_gold
import pytest

from builder.extract.findings.cues import Cues, read_cues
from builder.extract.vocabulary import Vocabulary


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return measure_gold.read_vocabulary()


@pytest.fixture(scope="session")
def cues() -> Cues:
    return read_cues()
