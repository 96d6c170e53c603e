"""The fuzzer's targets hold on what it begins with; `make fuzz` searches on from there."""

import pytest

from tests.fuzz.seeds import dictionary, seeds
from tests.fuzz.targets import TARGETS


@pytest.mark.parametrize("target", TARGETS)
def test_target_holds_on_its_seeds(target: str) -> None:
    begun = list(seeds(target))

    assert begun
    for data in begun:
        TARGETS[target](data)


def test_dictionary_is_one_that_libfuzzer_reads() -> None:
    assert all(line[0] == line[-1] == '"' and len(line) > 2 for line in dictionary().splitlines())
