from __future__ import annotations

import pytest

from verify_service.residents.districts import contains, district_code
from verify_service.residents.errors import DistrictInvalid


def test_a_district_contains_its_streets_and_no_other_district() -> None:
    futian = frozenset({"440304"})

    assert contains(futian, "440304")
    assert contains(futian, "440304001")
    assert not contains(futian, "440305")
    assert not contains(frozenset({"440304001"}), "440304")


def test_nobody_with_an_empty_set_of_districts_sees_anything() -> None:
    assert not contains(frozenset(), "440304")
    assert contains(None, "440304")


@pytest.mark.parametrize("text", ["", "4403", "44030400", "Futian", "４４０３０４", "440304;--"])
def test_what_is_no_code_of_a_district_is_refused(text: str) -> None:
    with pytest.raises(DistrictInvalid):
        district_code(text)
