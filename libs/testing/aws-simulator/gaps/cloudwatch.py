from datetime import datetime, timezone

from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult, EmptyResult

from .patching import add_to, around

composite_alarms: dict[str, dict] = {}


@add_to(CloudWatchResponse)
def put_composite_alarm(self):
    """PutCompositeAlarm is missing: `aws_cloudwatch_composite_alarm` cannot be created (501)."""
    alarm = self._get_params()
    name = alarm["AlarmName"]
    arn = f"arn:aws:cloudwatch:{self.region}:{self.current_account}:alarm:{name}"
    now = datetime.now(timezone.utc)
    composite_alarms[name] = {
        "ActionsEnabled": True,
        **alarm,
        "AlarmArn": arn,
        "StateValue": "OK",
        "StateReason": "",
        "StateUpdatedTimestamp": now,
        "AlarmConfigurationUpdatedTimestamp": now,
    }
    self.cloudwatch_backend.tagger.tag_resource(arn, alarm.get("Tags", []))
    return EmptyResult()


@around(CloudWatchResponse, "describe_alarms")
def describe_alarms(original, self):
    """DescribeAlarms knows no composite alarms and ignores AlarmTypes."""
    reply = original(self).result
    types = self._get_param("AlarmTypes", [])
    if types and "MetricAlarm" not in types:
        reply["MetricAlarms"] = []
    if not types or "CompositeAlarm" in types:
        reply["CompositeAlarms"] = [
            alarm for name, alarm in composite_alarms.items() if is_asked_for(self, name)
        ]
    return ActionResult(reply)


def is_asked_for(request, name: str) -> bool:
    names = request._get_param("AlarmNames", [])
    return name in names if names else name.startswith(request._get_param("AlarmNamePrefix") or "")


@around(CloudWatchResponse, "delete_alarms")
def delete_alarms(original, self):
    """DeleteAlarms leaves composite alarms."""
    for name in self._get_param("AlarmNames", []):
        composite_alarms.pop(name, None)
    return original(self)
