from antiphon.session.scales import Scales


def test_texts_are_weighed_once_and_forgotten_when_gone():
    scales = Scales()
    assert scales.unknown(["a", "b", "", "a"]) == ("a", "b")
    scales.learn(("a", "b"), (1, 2))
    assert (scales.of("a"), scales.of("b"), scales.of("")) == (1, 2, 0)
    assert scales.unknown(["b", "c"]) == ("c",)
    scales.learn(("c",), (3,))
    assert scales.unknown(["a"]) == ("a",)
