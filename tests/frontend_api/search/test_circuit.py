"""When a server that failed is asked again."""

from frontend_api.search.circuit import CircuitBreaker


class Clock:
    """A clock that goes when it is told to."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_server_that_answers_is_always_asked():
    breaker = CircuitBreaker(pause_seconds=5, clock=Clock())

    breaker.answered()

    assert [breaker.may_ask() for _ in range(3)] == [True, True, True]


def test_after_a_failure_the_server_is_left_alone_for_the_pause():
    clock = Clock()
    breaker = CircuitBreaker(pause_seconds=5, clock=clock)

    breaker.failed()

    assert not breaker.may_ask()
    clock.now += 4.9
    assert not breaker.may_ask()


def test_after_the_pause_one_caller_asks_and_the_others_wait():
    clock = Clock()
    breaker = CircuitBreaker(pause_seconds=5, clock=clock)
    breaker.failed()
    clock.now += 5

    assert [breaker.may_ask() for _ in range(3)] == [True, False, False]


def test_one_answer_closes_the_circuit():
    clock = Clock()
    breaker = CircuitBreaker(pause_seconds=5, clock=clock)
    breaker.failed()
    clock.now += 5
    breaker.may_ask()

    breaker.answered()

    assert [breaker.may_ask() for _ in range(2)] == [True, True]
