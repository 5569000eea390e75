"""Reading the environment: every problem is collected, so that one start shows them all."""

from collections.abc import Mapping

HIGHEST_PORT = 65535


class StartError(Exception):
    """What keeps a command from its work, and the remedy. Its text goes to the log: never a secret in it."""


class ConfigurationError(StartError):
    """Every problem of the environment."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n  - ".join(["MLflow's environment is not right:", *problems]))


class Environment:
    """Gives settings back and remembers what is wrong with them; `done` raises it all at once."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        self._problems: list[str] = []

    def problem(self, text: str) -> None:
        self._problems.append(text)

    def optional(self, name: str) -> str | None:
        """A blank value is an unset one; others are kept as they are, a password may end with a space."""
        value = self._variables.get(name, "")
        return value if value.strip() != "" else None

    def required(self, name: str, meaning: str) -> str:
        value = self.optional(name)
        if value is None:
            self.problem(f"{name} is not set. Set it to {meaning}.")
        return value or ""

    def number(self, name: str, default: int, highest: int) -> int:
        value = self.optional(name)
        if value is None:
            return default
        if value.isdecimal() and 1 <= int(value) <= highest:
            return int(value)
        self.problem(f"{name} is {value!r}. Set it to a whole number from 1 to {highest}, or unset it for {default}.")
        return default

    def done(self) -> None:
        if self._problems:
            raise ConfigurationError(self._problems)
