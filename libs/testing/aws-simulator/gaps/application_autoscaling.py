import json

from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse

from .patching import add_to, around

tags_by_arn: dict[str, dict[str, str]] = {}


@around(ApplicationAutoScalingResponse, "register_scalable_target")
def register_scalable_target(original, self):
    """RegisterScalableTarget drops its tags."""
    reply = original(self)
    tags_by_arn.setdefault(json.loads(reply)["ScalableTargetARN"], {}).update(self._get_param("Tags") or {})
    return reply


@add_to(ApplicationAutoScalingResponse)
def list_tags_for_resource(self):
    """ListTagsForResource is missing: `aws_appautoscaling_target` fails when it is read (501)."""
    return json.dumps({"Tags": tags_by_arn.get(self._get_param("ResourceARN"), {})})


@add_to(ApplicationAutoScalingResponse)
def tag_resource(self):
    """TagResource is missing: changing a tag fails (501)."""
    tags_by_arn.setdefault(self._get_param("ResourceARN"), {}).update(self._get_param("Tags"))
    return "{}"


@add_to(ApplicationAutoScalingResponse)
def untag_resource(self):
    """UntagResource is missing: removing a tag fails (501)."""
    tags = tags_by_arn.get(self._get_param("ResourceARN"), {})
    for key in self._get_param("TagKeys"):
        tags.pop(key, None)
    return "{}"
