import base64
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.wire import scalars
from antiphon.wire.content import Scheduling
from antiphon.wire.kinds import Int64, Seconds, Timestamp
from antiphon.wire.misfit import MisfitError
from antiphon.wire.setup import HarmCategory, MediaResolution, Modality

read_modality = scalars.enum_reader(Modality)
read_category = scalars.enum_reader(HarmCategory)

TAKEN: list[tuple[Callable[[object], object], object, object]] = [
    (scalars.read_string, "", ""),
    (scalars.read_boolean, False, False),
    (scalars.read_int32, 5, 5),
    (scalars.read_int32, 5.0, 5),
    (scalars.read_int32, "-5", -5),
    (scalars.read_int32, 2**31 - 1, 2**31 - 1),
    (scalars.read_int32, -(2**31), -(2**31)),
    (scalars.read_int64, "25600", Int64(25600)),
    (scalars.read_int64, 25600, Int64(25600)),
    (scalars.read_int64, str(2**63 - 1), Int64(2**63 - 1)),
    (scalars.read_float, 0.7, 0.7),
    (scalars.read_float, 1, 1.0),
    (scalars.read_float, "-1.5e2", -150.0),
    (scalars.read_seconds, "1.5s", Seconds(1.5)),
    (scalars.read_seconds, "50s", Seconds(50)),
    (scalars.read_seconds, "-0.000000001s", Seconds(-1e-9)),
    (scalars.read_timestamp, "1970-01-01T00:00:10Z", Timestamp(10)),
    (scalars.read_timestamp, "1970-01-01t00:00:10.5z", Timestamp(10.5)),
    (scalars.read_timestamp, "1970-01-01T02:00:10.000000999+02:00", Timestamp(10)),
    (scalars.read_timestamp, "2026-11-22T15:41:02.460734+00:00", Timestamp(1795362062.460734)),
    (scalars.read_bytes, "", b""),
    (scalars.read_bytes, "+/+/AQ==", b"\xfb\xff\xbf\x01"),
    (scalars.read_bytes, "-_-_AQ==", b"\xfb\xff\xbf\x01"),
    (scalars.read_bytes, "+/+/AQ", b"\xfb\xff\xbf\x01"),
    (scalars.read_bytes, "-_-_AQ", b"\xfb\xff\xbf\x01"),
    (scalars.read_bytes, "-_-_AQ=", b"\xfb\xff\xbf\x01"),
    (scalars.read_object, {"aB": {"c_d": None}}, {"aB": {"c_d": None}}),
    (scalars.read_labels, {"team": "voice"}, {"team": "voice"}),
    (read_modality, "AUDIO", Modality.AUDIO),
    (read_modality, "audio", Modality.AUDIO),
    (read_modality, 1, Modality.TEXT),
    (read_modality, 3, Modality.AUDIO),
    (read_modality, 0, None),
    (read_modality, "MODALITY_UNSPECIFIED", None),
    (read_modality, "modality_unspecified", None),
    (read_category, "harm_category_jailbreak", HarmCategory.JAILBREAK),
    (read_category, 0, None),
    (scalars.enum_reader(Scheduling), 2, Scheduling.WHEN_IDLE),
    (scalars.enum_reader(MediaResolution), "MEDIA_RESOLUTION_UNSPECIFIED", None),
]

MODALITIES = "is not one of TEXT, IMAGE, AUDIO, VIDEO"
TIME = 'is not a time such as "2026-01-31T12:00:00Z", with its offset'
REFUSED: list[tuple[Callable[[object], object], object, str]] = [
    (scalars.read_string, 5, "5 is not a string"),
    (scalars.read_string, None, "null is not a string"),
    (scalars.read_boolean, "true", '"true" is not true or false'),
    (scalars.read_boolean, 1, "1 is not true or false"),
    (scalars.read_int32, True, "true is not a whole number"),
    (scalars.read_int32, 5.5, "5.5 is not a whole number"),
    (scalars.read_int32, "5.0", '"5.0" is not a whole number'),
    (scalars.read_int32, "٣", '"٣" is not a whole number'),
    (scalars.read_int32, "1_000", '"1_000" is not a whole number'),
    (scalars.read_int32, [5], "a list is not a whole number"),
    (scalars.read_int32, 2**31, "2147483648 does not fit 32 bits"),
    (scalars.read_int32, 1e300, "1e300 does not fit 32 bits"),
    (scalars.read_int64, str(2**63), '"9223372036854775808" does not fit 64 bits'),
    (scalars.read_float, "nan", '"nan" is not a finite number'),
    (scalars.read_float, "1e999", '"1e999" is not a finite number'),
    (scalars.read_float, 10**400, "1" + "0" * 39 + "… is not a finite number"),
    (scalars.read_float, False, "false is not a finite number"),
    (scalars.read_float, {}, "an object is not a finite number"),
    (scalars.read_seconds, "1.5", '"1.5" is not a duration such as "1.5s"'),
    (scalars.read_seconds, 1.5, '1.5 is not a duration such as "1.5s"'),
    (scalars.read_timestamp, "2027-01-01T00:00:00", f'"2027-01-01T00:00:00" {TIME}'),
    (scalars.read_timestamp, "2027-01-01", f'"2027-01-01" {TIME}'),
    (scalars.read_timestamp, "2027-02-30T00:00:00Z", f'"2027-02-30T00:00:00Z" {TIME}'),
    (scalars.read_timestamp, "2027-W01-1T00:00:00Z", f'"2027-W01-1T00:00:00Z" {TIME}'),
    (scalars.read_timestamp, 1795362062, f"1795362062 {TIME}"),
    (scalars.read_bytes, 5, "a number is not base64"),
    (scalars.read_bytes, "A", "not base64 (1 characters)"),
    (scalars.read_bytes, "QUJD*", "not base64 (5 characters)"),
    (scalars.read_bytes, "QU JD", "not base64 (5 characters)"),
    (scalars.read_bytes, "QUJD\n", "not base64 (5 characters)"),
    (scalars.read_bytes, "QQ==QQ==", "not base64 (8 characters)"),
    (scalars.read_bytes, "ü", "not base64 (1 characters)"),
    (scalars.read_object, [], "a list is not an object"),
    (scalars.read_labels, [], "a list is not an object"),
    (scalars.read_labels, {"a": 1}, "1 is not a string"),
    (read_modality, "AUDI", f'"AUDI" {MODALITIES}'),
    (read_modality, 9, f"9 {MODALITIES}"),
    (read_modality, True, f"true {MODALITIES}"),
    (read_modality, False, f"false {MODALITIES}"),
    (read_modality, 3.0, f"3.0 {MODALITIES}"),
    (read_modality, None, f"null {MODALITIES}"),
    (read_modality, ["AUDIO"], f"a list {MODALITIES}"),
]


@pytest.mark.requirement("wire.enums", "wire.int64_in", "wire.durations", "wire.timestamps")
@pytest.mark.parametrize(("read", "value", "result"), TAKEN)
def test_what_is_taken(read: Callable[[object], object], value: object, result: object) -> None:
    found = read(value)
    assert (found, type(found)) == (result, type(result))


@pytest.mark.parametrize(("read", "value", "fault"), REFUSED)
def test_what_is_refused(read: Callable[[object], object], value: object, fault: str) -> None:
    with pytest.raises(MisfitError) as caught:
        read(value)
    assert str(caught.value) == fault


def test_an_enum_whose_numbers_are_unknown_takes_names_only() -> None:
    with pytest.raises(MisfitError, match=r"^1 is not one of HARM_CATEGORY_HARASSMENT, "):
        read_category(1)


def test_a_label_at_fault_is_named() -> None:
    with pytest.raises(MisfitError) as caught:
        scalars.read_labels({"a": "x", "b c": None})
    assert caught.value.path == '["b c"]'


@pytest.mark.requirement("wire.base64_in")
@given(data=st.binary(max_size=64), url_safe=st.booleans(), padded=st.booleans())
def test_every_form_of_base64_is_read(data: bytes, url_safe: bool, padded: bool) -> None:
    text = (base64.urlsafe_b64encode if url_safe else base64.b64encode)(data).decode()
    assert scalars.read_bytes(text if padded else text.rstrip("=")) == data
