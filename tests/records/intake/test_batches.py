"""批次 — received once, accepted once, withdrawn whole; what is sent again is known again."""

import pytest

from cast import DISTRICT, make_places, system
from renjia.engine.units import Month
from renjia.records.intake import Choice
from renjia.records.intake.actions import NotReceived, accept_batch, problem_value, receive_file, withdraw_batch
from renjia.records.intake.models import Batch, BatchState, RecordState, SourceRecord, Via
from renjia.records.store import files
from renjia.records.store.scope import Scope, scope

pytestmark = pytest.mark.django_db

HEADER = "病案号,机构代码,产妇姓名,产妇证件号码,配偶姓名,新生儿姓名,分娩时间,新生儿性别,出生体重(g),胎儿序号,胎数,孩次,现住址代码,联系电话,上报日期"
ROWS = (
    "H00000001,H310000,李梅,310115199404245746,王建国,李梅之女,2025/03/07 10:15,2,3210,1,1,1,310115001001,13712346287,2025/03/09",
    "H00000002,H310000,赵秀,310115199503189444,金磊,赵秀之子,2025/03/04 15:46,1,2930,1,1,2,310115001002,18874498848,2025/03/06",
    "H00000003,H310001,陈静,310115199805231062,郑伟,陈静之子,2025/03/29 19:52,1,4060,1,1,1,310115002001,13948538284,2025/03/31",
)
BAD = "H00000004,H310001,周兰,310115199609096609,高杰,周兰之女,2025/02/30 10:15,2,3515,1,1,2,310115002001,15953014913,2025/03/25"


def file_of(*rows: str, header: str = HEADER) -> bytes:
    return "\n".join([header, *rows, ""]).encode("gb18030")


def receive(data: bytes, name: str = "住院分娩.csv", month: str = "2025-03", choice: Choice | None = None) -> Batch:
    with system():
        return receive_file(
            data=data, filename=name, month=Month.parse(month), via=Via.UPLOAD, place=DISTRICT, choice=choice
        )


def accept(batch: Batch) -> Batch:
    with system():
        return accept_batch(batch_id=batch.pk)


def current() -> dict[str, SourceRecord]:
    with system():
        return {r.key: r for r in SourceRecord.objects.filter(state=RecordState.CURRENT)}


@pytest.fixture(autouse=True)
def places(db):
    with system():
        make_places()


def test_good_rows_go_in_and_bad_rows_come_back() -> None:
    batch = accept(receive(file_of(*ROWS, BAD)))
    assert (batch.rows, batch.accepted, batch.returned, batch.repeated) == (4, 3, 1, 0)
    with system():
        wrong = batch.problems.get(severity="return_row")
        assert (wrong.row, wrong.column) == (5, "分娩时间")
        assert problem_value(wrong) == "2025/02/30 10:15"
        assert "2025" not in bytes(wrong.value).decode("latin-1")
        assert wrong.remedy


def test_same_file_twice_is_one_batch() -> None:
    first = accept(receive(file_of(*ROWS)))
    again = receive(file_of(*ROWS), name="另一个名字.csv")
    assert again.pk == first.pk
    assert accept(again).accepted == 3
    assert len(current()) == 3


def test_a_record_sent_again_unchanged_is_counted_not_doubled() -> None:
    accept(receive(file_of(*ROWS[:2])))
    second = accept(receive(file_of(*ROWS)))
    assert (second.accepted, second.repeated) == (1, 2)
    assert len(current()) == 3


def test_a_record_sent_again_corrected_replaces_the_earlier() -> None:
    accept(receive(file_of(*ROWS)))
    before = current()["hospital_delivery|H00000001"]
    accept(receive(file_of(ROWS[0].replace(",3210,", ",3410,"), ROWS[1])))
    after = current()["hospital_delivery|H00000001"]
    assert after.pk != before.pk
    assert after.supersedes_id == before.pk


def test_one_number_for_another_child_is_another_record() -> None:
    accept(receive(file_of(*ROWS[:1])))
    other = ROWS[1].replace("H00000002", "H00000001")
    accept(receive(file_of(other)))
    assert len(current()) == 2


def test_withdrawing_takes_back_all_it_brought() -> None:
    accept(receive(file_of(*ROWS)))
    second = accept(receive(file_of(ROWS[0].replace(",3210,", ",3410,"), BAD.replace("02/30", "03/20"))))
    with system():
        withdraw_batch(batch_id=second.pk, reason="送错了文件")
    keys = current()
    assert set(keys) == {f"hospital_delivery|H0000000{i}" for i in (1, 2, 3)}
    assert keys["hospital_delivery|H00000001"].batch_id != second.pk


def test_an_earlier_batch_is_not_withdrawn_from_under_a_later_one() -> None:
    first = accept(receive(file_of(*ROWS)))
    accept(receive(file_of(ROWS[0].replace(",3210,", ",3410,"))))
    with system(), pytest.raises(NotReceived, match="后来的批次"):
        withdraw_batch(batch_id=first.pk, reason="送错了")
    with system(), pytest.raises(NotReceived, match="缘由"):
        withdraw_batch(batch_id=first.pk, reason=" ")


def test_a_withdrawn_file_may_be_sent_again() -> None:
    first = accept(receive(file_of(*ROWS)))
    with system():
        withdraw_batch(batch_id=first.pk, reason="误送")
    again = accept(receive(file_of(*ROWS)))
    assert again.pk != first.pk
    assert len(current()) == 3


def test_forbidden_column_refuses_the_file_and_keeps_nothing() -> None:
    data = file_of(*(row + ",2025-01-03" for row in ROWS), header=HEADER + ",末次月经")
    batch = receive(data)
    assert batch.state == BatchState.REFUSED
    assert "末次月经" in batch.reason + "".join(batch.notes)
    with pytest.raises(FileNotFoundError):
        files.fetch(batch.digest)
    assert not current()


def test_wrong_month_refuses_the_file() -> None:
    assert receive(file_of(*ROWS), month="2025-05").state == BatchState.REFUSED


def test_unknown_column_is_shown_and_used_once_mapped() -> None:
    rows = tuple(row + ",310115001002" for row in ROWS)
    header = HEADER.replace("现住址代码", "甲乙丙") + ",某列"
    batch = receive(file_of(*rows, header=header))
    assert set(batch.unknown) == {"甲乙丙", "某列"}
    again = receive(file_of(*rows, header=header), choice=Choice(mapping={"某列": "address"}))
    assert again.pk == batch.pk
    accept(again)
    assert {r.place for r in current().values()} == {"310115001002"}


def test_the_stored_file_is_sealed_and_whole() -> None:
    data = file_of(*ROWS)
    batch = receive(data)
    assert files.fetch(batch.digest) == data
    sealed = files._path(batch.digest).read_bytes()
    for word in ("李梅", "310115199404245746", "13712346287"):
        assert word.encode("gb18030") not in sealed


def test_rows_in_the_database_name_nobody() -> None:
    accept(receive(file_of(*ROWS)))
    with system():
        record = current()["hospital_delivery|H00000001"]
        everything = b"|".join(
            bytes(v) if isinstance(v, memoryview | bytes) else str(v).encode() for v in record.__dict__.values()
        )
    for word in ("李梅", "310115199404245746", "13712346287", "王建国"):
        assert word.encode() not in everything


def test_a_hospital_sends_only_its_own_births() -> None:
    own = Scope(
        role="maternity_hospital", purpose="birth_verification", places=(DISTRICT,), institution="H310000", name="孙丽"
    )
    with scope(own):
        batch = receive_file(
            data=file_of(*ROWS), filename="住院分娩.csv", month=Month.parse("2025-03"), via=Via.UPLOAD, place=DISTRICT
        )
    assert (batch.rows, batch.returned) == (3, 1)
    assert accept(batch).accepted == 2


def test_a_hospital_may_not_send_the_police_file() -> None:
    rows = ["登记序号,姓名,性别,出生日期,出生证编号,母亲姓名,母亲公民身份号码,父亲姓名,父亲公民身份号码,户籍地代码,入户日期",
            "U00000018,王思溪,女,2025年03月07日,X310012345,李梅,310115199404245746,王建国,,310115001001,2025年03月19日"]  # fmt: skip
    own = Scope(
        role="maternity_hospital", purpose="birth_verification", places=(DISTRICT,), institution="H310000", name="孙丽"
    )
    with scope(own):
        batch = receive_file(
            data="\n".join(rows).encode(),
            filename="户籍出生.csv",
            month=Month.parse("2025-03"),
            via=Via.UPLOAD,
            place=DISTRICT,
        )
    assert batch.state == BatchState.REFUSED
    assert "户籍出生" in batch.reason
