"""Mail of machines, in the likeness of many servers' and programs', beside its labels."""

from __future__ import annotations

import pytest

from bench.machines import DATA, Sample, samples, wrongs

SAMPLES = [sample for file in sorted(DATA.glob("*.txt")) for sample in samples(file)]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_sample(sample: Sample) -> None:
    """Kind, and each field that is labelled, are as labelled."""
    assert wrongs(sample) == {}
