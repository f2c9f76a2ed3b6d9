from antiphon.runtime.budget import Budget


def test_no_more_than_so_many_are_drafted_at_once():
    budget = Budget(2)
    assert [budget.take() for _ in range(3)] == [True, True, False]
    budget.give_back(wasted=False)
    assert budget.take()


def test_the_share_that_was_wasted():
    budget = Budget(1)
    assert budget.wasted_share == 0.0
    for wasted in (True, False, False, True):
        assert budget.take()
        budget.give_back(wasted=wasted)
    assert (budget.begun, budget.wasted, budget.wasted_share) == (4, 2, 0.5)
