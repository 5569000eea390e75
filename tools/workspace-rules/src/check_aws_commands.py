"""Takes commands of the AWS CLI as JSON, `[{"words": […without aws], "isMention": false}]`, and prints what is wrong with
each, by the models of the API that the CLI itself is made of."""

import json
import sys

from botocore import xform_name
from botocore.exceptions import UnknownServiceError
from botocore.session import Session

# Made of more than one call; the models do not have them.
OF_THE_CLI = {"configure sso", "sso login", "s3 sync", "s3 cp", "s3 rm", "s3 ls", "logs tail"}
GLOBAL_OPTIONS = {"query", "output", "region", "profile", "no-cli-pager", "no-paginate", "max-items", "cli-input-json"}
SERVICES = {"s3api": "s3"}

session = Session()


def problem_of(words, is_mention):
    name = " ".join(words[:2])
    if name in OF_THE_CLI:
        return None
    if len(words) < 2:
        return f"expected a service and an operation, not {name!r}"
    service, operation, *rest = words
    try:
        model = session.get_service_model(SERVICES.get(service, service))
    except UnknownServiceError:
        return f"there is no service {service}"
    if operation == "wait":
        waiters = session.get_waiter_model(SERVICES.get(service, service))
        operation, *rest = rest or [""]
        found = [w for w in waiters.waiter_names if xform_name(w, "-") == operation]
        if not found:
            return f"{service} waits for no {operation}"
        operation_name = waiters.get_waiter(found[0]).operation
    else:
        found = [o for o in model.operation_names if xform_name(o, "-") == operation]
        if not found:
            return f"{service} has no {operation}"
        operation_name = found[0]
    return problem_of_options(model.operation_model(operation_name).input_shape, rest, is_mention)


def problem_of_options(shape, words, is_mention):
    members = {xform_name(m, "-"): m for m in shape.members} if shape else {}
    given = [word[2:].split("=")[0] for word in words if word.startswith("--")]
    for option in given:
        if option not in members and option.removeprefix("no-") not in members and option not in GLOBAL_OPTIONS:
            return f"no option --{option}"
    required = [option for option, member in members.items() if member in shape.required_members]
    missing = [option for option in required if option not in given]
    # A pipe may give the rest, and a sentence may name less.
    if missing and not is_mention and "cli-input-json" not in given:
        return f"--{missing[0]} is missing"
    return None


print(json.dumps([problem_of(one["words"], one["isMention"]) for one in json.loads(sys.argv[1])]))
