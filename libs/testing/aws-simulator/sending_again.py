"""A request that an SDK sends again gets the answer that was lost, and requests are answered one at a time.

SDKs send a request again when its answer does not arrive, with the same invocation id. moto would then find what the
first attempt made ("already exists"). Its models are not made for threads either: a dictionary that another request
changes ends a request with 500, which is sent again, too.
"""

import sys
from collections import OrderedDict
from threading import Lock

from moto.moto_server.werkzeug_app import DomainDispatcherApplication

from gaps.patching import around

REMEMBERED_ANSWERS = 500

turn = Lock()
answers: OrderedDict[str, tuple] = OrderedDict()


@around(DomainDispatcherApplication, "__call__")
def answer_once(original, self, environ, start_response):
    invocation = environ.get("HTTP_AMZ_SDK_INVOCATION_ID")
    with turn:
        known = answers.get(invocation) if invocation else None
        status, headers, body = known or read_answer(original, self, environ)
        say_when_sent_again(environ, status, was_answered=known is not None)
        if invocation and status.startswith("2"):
            remember(invocation, (status, headers, body))
    start_response(status, headers)
    return [body]


def read_answer(application, self, environ) -> tuple:
    begun = []
    parts = application(self, environ, lambda status, headers, _failure=None: begun.extend((status, headers)))
    try:
        body = b"".join(parts)
    finally:
        if hasattr(parts, "close"):
            parts.close()
    return begun[0], begun[1], body


def remember(invocation: str, answer: tuple) -> None:
    answers[invocation] = answer
    if len(answers) > REMEMBERED_ANSWERS:
        answers.popitem(last=False)


def say_when_sent_again(environ, status: str, was_answered: bool) -> None:
    attempt = environ.get("HTTP_AMZ_SDK_REQUEST", "attempt=1").split(";")[0].strip()
    if attempt == "attempt=1":
        return
    target = environ.get("HTTP_X_AMZ_TARGET") or f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
    before = "the attempt before was answered" if was_answered else "not answered before"
    print(f"Sent again: {target} ({attempt}, {before}): {status}", file=sys.stderr)
