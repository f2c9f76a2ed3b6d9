"""How much may be drafted at once: a draft takes the engines from those who really wait for an answer."""


class Budget:
    """Shared by all sessions. Counts what became of the drafts."""

    def __init__(self, at_once_max: int) -> None:
        self._at_once_max = at_once_max
        self._under_way = 0
        self.begun = 0
        self.wasted = 0
        """Thrown away because the user spoke on."""

    @property
    def wasted_share(self) -> float:
        """Of the drafts that were begun, from 0 to 1."""
        return self.wasted / self.begun if self.begun else 0.0

    def take(self) -> bool:
        """Whether one more may be begun; if so, give it back."""
        if self._under_way >= self._at_once_max:
            return False
        self._under_way += 1
        self.begun += 1
        return True

    def give_back(self, *, wasted: bool) -> None:
        """A draft became a turn, or came to nothing."""
        self._under_way -= 1
        self.wasted += wasted
