"""What every store of restarts has to do: subclass it, and give two doors to one store."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from wms_connector.health.budget import KEPT, Attempt, Log

if TYPE_CHECKING:
    from wms_connector.health.budget import Attempts

ONE, TWO = Attempt(100.0, "a"), Attempt(200.5, "b")


class AttemptsContract:
    """Overrides: `stores`, and `spoil`, after which `unreadable` is raised."""

    unreadable: type[Exception]

    @pytest.fixture
    def stores(self) -> tuple[Attempts, Attempts]:
        """Give two clients of one store that is new."""
        raise NotImplementedError

    def spoil(self, store: Attempts) -> None:
        """Have the store's content be no longer what it wrote."""
        raise NotImplementedError

    def test_nothing_was_ever_attempted(self, stores: tuple[Attempts, Attempts]) -> None:
        assert stores[0].read() == Log((), 0)
        assert stores[0].read() == Log((), 0)

    def test_what_one_writes_the_other_reads(self, stores: tuple[Attempts, Attempts]) -> None:
        one, other = stores
        assert one.replace(one.read(), (ONE,))
        assert other.read() == Log((ONE,), 1)
        assert other.replace(other.read(), (ONE, TWO))
        assert one.read() == Log((ONE, TWO), 2)

    def test_attempts_can_be_given_back(self, stores: tuple[Attempts, Attempts]) -> None:
        one, _ = stores
        assert one.replace(one.read(), (ONE,))
        assert one.replace(one.read(), ())
        assert one.read() == Log((), 2)

    def test_who_has_read_before_the_other_wrote_writes_nothing(
        self, stores: tuple[Attempts, Attempts]
    ) -> None:
        one, other = stores
        for before, after in (((), (ONE,)), ((ONE,), (ONE, TWO))):
            seen, seen_by_other = one.read(), other.read()
            assert seen.attempts == seen_by_other.attempts == before
            assert one.replace(seen, after)
            assert not other.replace(seen_by_other, (*before, Attempt(1.0, "late")))
            assert other.read().attempts == after

    def test_nobody_invents_a_version(self, stores: tuple[Attempts, Attempts]) -> None:
        one, _ = stores
        assert not one.replace(Log((), 7), (ONE,))
        assert one.read() == Log((), 0)

    def test_of_many_at_once_each_attempt_is_counted_once(
        self, stores: tuple[Attempts, Attempts]
    ) -> None:
        """Four writers over two doors, each until its own attempt is in."""

        def spend(number: int) -> None:
            store = stores[number % 2]
            for _ in range(200):
                log = store.read()
                if store.replace(log, (*log.attempts, Attempt(float(number), "c"))):
                    return
            raise AssertionError("it never came to write")

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(spend, range(12)))
        log = stores[0].read()
        assert sorted(attempt.at for attempt in log.attempts) == [float(n) for n in range(12)]
        assert log.version == 12

    def test_only_the_newest_are_kept(self, stores: tuple[Attempts, Attempts]) -> None:
        one, other = stores
        many = tuple(Attempt(float(number), "c") for number in range(KEPT + 5))
        assert one.replace(one.read(), many)
        assert sorted(a.at for a in other.read().attempts) == [a.at for a in many[5:]]

    def test_what_cannot_be_read_is_said_and_is_not_nothing(
        self, stores: tuple[Attempts, Attempts]
    ) -> None:
        """An empty log in place of an unreadable one would give the whole budget anew."""
        one, other = stores
        assert one.replace(one.read(), (ONE,))
        self.spoil(one)
        with pytest.raises(self.unreadable):
            other.read()
