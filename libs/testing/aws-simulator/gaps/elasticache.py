import re

from moto.core.responses import ActionResult, EmptyResult
from moto.elasticache.models import ElastiCacheBackend
from moto.elasticache.responses import ElastiCacheResponse

from .patching import add_to, around

parameter_groups: dict[str, dict] = {}
requests_by_replication_group: dict[str, dict] = {}


@around(ElastiCacheBackend, "__init__")
def accept_every_arn(original, self, *args, **kwargs):
    """ListTagsForResource knows clusters only and refuses parameter and replication groups (InvalidARN)."""
    original(self, *args, **kwargs)
    self.arn_regex = re.compile(r"^arn:aws[\w-]*:elasticache:.*")


def describe_parameter_group(request, name: str) -> dict:
    group = parameter_groups[name]
    return {
        "CacheParameterGroupName": name,
        "CacheParameterGroupFamily": group["family"],
        "Description": group["description"],
        "ARN": f"arn:aws:elasticache:{request.region}:{request.current_account}:parametergroup:{name}",
    }


@add_to(ElastiCacheResponse)
def create_cache_parameter_group(self):
    """CreateCacheParameterGroup is missing: `aws_elasticache_parameter_group` cannot be created (501)."""
    request = self._get_params()
    name = request["CacheParameterGroupName"]
    parameter_groups[name] = {
        "family": request["CacheParameterGroupFamily"],
        "description": request.get("Description", ""),
        "parameters": {},
    }
    group = describe_parameter_group(self, name)
    self.elasticache_backend.tagging_service.tag_resource(group["ARN"], request.get("Tags") or [])
    return ActionResult({"CacheParameterGroup": group})


@add_to(ElastiCacheResponse)
def modify_cache_parameter_group(self):
    """ModifyCacheParameterGroup is missing: its parameters cannot be set (501)."""
    request = self._get_params()
    name = request["CacheParameterGroupName"]
    for parameter in request.get("ParameterNameValues", []):
        parameter_groups[name]["parameters"][parameter["ParameterName"]] = parameter["ParameterValue"]
    return ActionResult({"CacheParameterGroupName": name})


@add_to(ElastiCacheResponse)
def describe_cache_parameter_groups(self):
    """DescribeCacheParameterGroups is missing: `aws_elasticache_parameter_group` fails when read (501)."""
    wanted = self._get_param("CacheParameterGroupName")
    names = [name for name in parameter_groups if wanted in (None, name)]
    return ActionResult({"CacheParameterGroups": [describe_parameter_group(self, name) for name in names]})


@add_to(ElastiCacheResponse)
def describe_cache_parameters(self):
    """DescribeCacheParameters is missing: `aws_elasticache_parameter_group` fails when it is read (501)."""
    parameters = parameter_groups[self._get_param("CacheParameterGroupName")]["parameters"]
    return ActionResult(
        {
            "Parameters": [
                {"ParameterName": name, "ParameterValue": value, "Source": "user"}
                for name, value in parameters.items()
            ]
        }
    )


@add_to(ElastiCacheResponse)
def delete_cache_parameter_group(self):
    """DeleteCacheParameterGroup is missing: `aws_elasticache_parameter_group` cannot be destroyed (501)."""
    parameter_groups.pop(self._get_param("CacheParameterGroupName"), None)
    return EmptyResult()


@add_to(ElastiCacheResponse)
def delete_cache_subnet_group(self):
    """DeleteCacheSubnetGroup is missing: `aws_elasticache_subnet_group` cannot be destroyed (501)."""
    self.elasticache_backend.cache_subnet_groups.pop(self._get_param("CacheSubnetGroupName"), None)
    return EmptyResult()


@around(ElastiCacheResponse, "create_replication_group")
def create_replication_group(original, self):
    """CreateReplicationGroup drops encryption, member clusters and snapshot window: every plan differs."""
    request = dict(self._get_params())
    name = request["ReplicationGroupId"]
    requests_by_replication_group[name] = request
    reply = original(self)
    group = self.elasticache_backend.replication_groups[name]
    group.at_rest_encryption_enabled = request.get("AtRestEncryptionEnabled", False)
    group.transit_encryption_enabled = request.get("TransitEncryptionEnabled", False)
    default_mode = "required" if group.transit_encryption_enabled else None
    group.transit_encryption_mode = request.get("TransitEncryptionMode", default_mode)
    group.member_clusters = [f"{name}-{n + 1:03}" for n in range(request.get("NumCacheClusters") or 1)]
    group.snapshot_window = request.get("SnapshotWindow", "05:00-06:00")
    return reply


@around(ElastiCacheResponse, "delete_replication_group")
def delete_replication_group(original, self):
    """DeleteReplicationGroup leaves it `deleting` for ever: the provider waits 45 minutes."""
    reply = original(self)
    self.elasticache_backend.replication_groups.pop(self._get_param("ReplicationGroupId"), None)
    return reply


@around(ElastiCacheResponse, "describe_cache_clusters")
def describe_cache_clusters(original, self):
    """DescribeCacheClusters does not know the members of a replication group: it fails when it is read."""
    name = self._get_param("CacheClusterId") or ""
    for group in self.elasticache_backend.replication_groups.values():
        if name in group.member_clusters:
            return ActionResult({"CacheClusters": [member_cluster(self, name, group.replication_group_id)]})
    return original(self)


def member_cluster(request, name: str, replication_group: str) -> dict:
    asked = requests_by_replication_group[replication_group]
    return {
        "CacheClusterId": name,
        "CacheClusterStatus": "available",
        "Engine": asked.get("Engine", "redis"),
        "EngineVersion": asked.get("EngineVersion", "7.1") + ".0",
        "CacheNodeType": asked.get("CacheNodeType"),
        "NumCacheNodes": 1,
        "AtRestEncryptionEnabled": asked.get("AtRestEncryptionEnabled", False),
        "TransitEncryptionEnabled": asked.get("TransitEncryptionEnabled", False),
        "ReplicationGroupId": replication_group,
        "CacheSubnetGroupName": asked.get("CacheSubnetGroupName"),
        "CacheParameterGroup": {
            "CacheParameterGroupName": asked.get("CacheParameterGroupName", "default.redis7")
        },
        "PreferredMaintenanceWindow": asked.get("PreferredMaintenanceWindow", "sun:05:00-sun:06:00"),
        "AutoMinorVersionUpgrade": asked.get("AutoMinorVersionUpgrade", True),
        "SecurityGroups": [
            {"SecurityGroupId": group, "Status": "active"} for group in asked.get("SecurityGroupIds", [])
        ],
        "ARN": f"arn:aws:elasticache:{request.region}:{request.current_account}:cluster:{name}",
    }


ElastiCacheResponse.reset_cache_parameter_group = modify_cache_parameter_group
