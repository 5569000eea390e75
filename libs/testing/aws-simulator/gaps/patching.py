"""Two ways to change a class of moto: give it a missing method, or stand around one it has."""

from collections.abc import Callable
from typing import Any


def add_to(owner: type) -> Callable[[Callable], Callable]:
    """The function becomes a method of `owner` under its own name."""

    def install(function: Callable) -> Callable:
        setattr(owner, function.__name__, function)
        return function

    return install


def around(owner: type, name: str) -> Callable[[Callable], Callable]:
    """The function takes the place of `owner.name` and gets the method it replaces as its first argument."""
    original = getattr(owner, name)

    def install(function: Callable) -> Callable:
        # moto finds its actions among plain functions, so no partial here.
        def method(self: Any, *args: Any, **kwargs: Any) -> Any:
            return function(original, self, *args, **kwargs)

        setattr(owner, name, method)
        return function

    return install
