"""python main.py serve | upgrade | users"""

import os
import sys

from tidegate_mlflow.environment import StartError

COMMANDS = ("serve", "upgrade", "users")


def main(arguments: list[str]) -> None:
    if len(arguments) != 1 or arguments[0] not in COMMANDS:
        sys.exit(f"The command is {' '.join(arguments)!r}. Give one of: {', '.join(COMMANDS)}.")
    try:
        if arguments[0] == "serve":
            from tidegate_mlflow.serve import serve

            serve(os.environ)
        elif arguments[0] == "upgrade":
            from tidegate_mlflow.upgrade import upgrade

            upgrade(os.environ)
        else:
            from tidegate_mlflow.users import users

            users(os.environ)
    except StartError as error:
        sys.exit(str(error))


main(sys.argv[1:])
