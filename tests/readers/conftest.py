"""What the tests of readers share: the project's own vocabulary, read once."""

from __future__ import annotations

import measure_gold
import pytest

from builder.extract.vocabulary import Vocabulary


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return measure_gold.read_vocabulary()
