import json
import uuid

from moto.logs.responses import LogsResponse

from .patching import add_to

query_definitions: dict[str, dict] = {}


@add_to(LogsResponse)
def put_query_definition(self):
    """PutQueryDefinition is missing: `aws_cloudwatch_query_definition` cannot be created (501)."""
    request = json.loads(self.body)
    identity = request.get("queryDefinitionId") or str(uuid.uuid4())
    query_definitions[identity] = {
        "queryDefinitionId": identity,
        "name": request["name"],
        "queryString": request["queryString"],
        "logGroupNames": request.get("logGroupNames", []),
    }
    return json.dumps({"queryDefinitionId": identity})


@add_to(LogsResponse)
def describe_query_definitions(self):
    """DescribeQueryDefinitions is missing: `aws_cloudwatch_query_definition` fails when it is read (501)."""
    prefix = json.loads(self.body or "{}").get("queryDefinitionNamePrefix") or ""
    found = [query for query in query_definitions.values() if query["name"].startswith(prefix)]
    return json.dumps({"queryDefinitions": found})


@add_to(LogsResponse)
def delete_query_definition(self):
    """DeleteQueryDefinition is missing: `aws_cloudwatch_query_definition` cannot be destroyed (501)."""
    removed = query_definitions.pop(json.loads(self.body)["queryDefinitionId"], None)
    return json.dumps({"success": removed is not None})
