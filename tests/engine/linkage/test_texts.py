"""号码 — telephones, certificates and documents written differently are one, placeholders none."""

import pytest

from renjia.engine.linkage.texts import certificate_number, document_number, phone_number
from renjia.engine.units import parse_identity


@pytest.mark.parametrize(
    ("written", "number"),
    [("137-1234-6287", "13712346287"), ("+86 137 1234 6287", "13712346287"), ("１３７１２３４６２８７", "13712346287"),
     ("013712346287", "13712346287"), ("021-58881234", "02158881234"), ("11111111111", ""), ("无", ""), ("12345", "")],
)  # fmt: skip
def test_phone(written: str, number: str) -> None:
    assert phone_number(written) == number


@pytest.mark.parametrize(
    ("written", "number"),
    [("x310012345", "X310012345"), ("Ｘ310 012 345", "X310012345"), ("X31OO12345", "X310012345"), ("无", ""), ("000000000", "")],
)  # fmt: skip
def test_certificate(written: str, number: str) -> None:
    assert certificate_number(written) == number


def test_forms_of_one_identity_number_meet() -> None:
    whole = "310115199404245746"
    forms = (
        whole,
        whole[:17],
        whole[:6] + whole[8:17],
        "３１０１１５１９９４０４２４５７４６",
        f" {whole[:6]} {whole[6:]}",
    )
    assert {document_number(parse_identity(form)) for form in forms} == {"310115940424574"}


@pytest.mark.parametrize("none", ["", "无", "不详", "000000000000000000", "3.10115E+17", "310115********5746"])
def test_what_is_no_number_compares_with_nothing(none: str) -> None:
    assert document_number(parse_identity(none)) == ""
