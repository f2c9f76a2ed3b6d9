from antiphon.server.processor import Processor


class Meter:
    def __init__(self) -> None:
        self.value = 100.0

    def __call__(self) -> float:
        return self.value


def test_the_processor_is_measured_from_one_question_to_the_next():
    clock, worked = Meter(), Meter()
    measured = Processor(clock, worked)
    assert measured.percent() == 0.0, "nothing is known yet"
    clock.value, worked.value = 102.0, 105.0
    assert measured.percent() == 250.0
    clock.value += 0.1
    assert measured.percent() == 250.0, "two who ask at once"
    clock.value = 104.0
    assert measured.percent() == 0.0
