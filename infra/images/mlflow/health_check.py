"""Exit code 0 when the server of this container answers /health with 200. The image has no curl."""

import os
import sys
from http.client import HTTPConnection

from tidegate_mlflow.environment import Environment
from tidegate_mlflow.server_settings import read_port, read_static_prefix

TIMEOUT_SECONDS = 5


def main() -> None:
    environment = Environment(os.environ)
    port, path = read_port(environment), f"{read_static_prefix(environment) or ''}/health"
    connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", path)
        status = connection.getresponse().status
    except OSError as error:
        sys.exit(f"GET http://127.0.0.1:{port}{path}: {error}, expected 200")
    if status != 200:
        sys.exit(f"GET http://127.0.0.1:{port}{path} answered {status}, expected 200")


main()
