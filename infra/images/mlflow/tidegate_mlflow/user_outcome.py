"""What the command `users` prints for the program that reads its log: a JSON object a line, the outcome last.

Short lines, one for each thing: the log driver of ECS cuts those that are longer than 16 KB.
"""

import json


class UserError(Exception):
    """What was asked cannot be done. The text is for the person who asked."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def print_record(kind: str, **content: object) -> None:
    print(json.dumps({"record": kind, **content}), flush=True)


def print_outcome(code: str, **content: object) -> None:
    print_record("outcome", code=code, **content)


def print_failure(error: UserError) -> None:
    print_outcome("failed", reason=error.code, message=str(error))
