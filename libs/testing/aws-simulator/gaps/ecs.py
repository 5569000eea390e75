"""ECS: services here get their tasks and targets at once; circuit breaker and draining are not simulated."""

import uuid
from datetime import datetime, timezone

from moto.ecs.models import EC2ContainerServiceBackend, Task
from moto.ecs.responses import EC2ContainerServiceResponse
from moto.elbv2.models import elbv2_backends
from moto.moto_api import state_manager

from .patching import around

KEPT_OF_A_SERVICE = {
    "healthCheckGracePeriodSeconds": "health_check_grace_period_seconds",
    "enableECSManagedTags": "enable_ecs_managed_tags",
    "enableExecuteCommand": "enable_execute_command",
    "availabilityZoneRebalancing": "availability_zone_rebalancing",
    "deploymentConfiguration": "deployment_configuration",
    "capacityProviderStrategy": "capacity_provider_strategy",
}

# DescribeTasks moves a task one state on each time, up to STOPPED: it stays where it was put.
state_manager.set_transition("ecs::task", {"progression": "manual", "times": 10**9})

# RunTask adds up the needs of containers and fails (TypeError) when only the task has cpu and memory.
EC2ContainerServiceBackend._calculate_task_resource_requirements = staticmethod(
    lambda _task_definition: {"CPU": 0, "MEMORY": 0, "PORTS": [], "PORTS_UDP": []}
)


@around(Task, "__init__")
def has_the_size_of_its_definition(original, self, cluster, task_definition, *args, **kwargs):
    """Tasks have no cpu and memory."""
    original(self, cluster, task_definition, *args, **kwargs)
    self.cpu, self.memory = task_definition.cpu, task_definition.memory


@around(EC2ContainerServiceResponse, "create_service")
def create_service(original, self):
    """CreateService starts no tasks and drops half of its settings: every plan shows a difference."""
    return keep_settings_and_run(self, original(self))


@around(EC2ContainerServiceResponse, "update_service")
def update_service(original, self):
    """UpdateService changes no tasks, and forgets what a changed deployment configuration does not name."""
    before = deployment_configuration_of(self)
    reply = keep_settings_and_run(self, original(self))
    changed = self._get_param("deploymentConfiguration") or {}
    reply.result["service"].deployment_configuration = {**before, **changed}
    if self._get_param("forceNewDeployment"):
        reconcile(self.ecs_backend, reply.result["service"], replace_all=True)
    return reply


@around(EC2ContainerServiceResponse, "delete_service")
def delete_service(original, self):
    """DeleteService leaves the service's tasks running."""
    reply = original(self)
    service = reply.result["service"]
    service.desired_count = 0
    reconcile(self.ecs_backend, service)
    return reply


@around(EC2ContainerServiceBackend, "stop_task")
def stop_task(original, self, *args, **kwargs):
    """StopTask leaves the containers of a stopped task RUNNING."""
    task = original(self, *args, **kwargs)
    for container in task.containers:
        container.last_status = "STOPPED"
    return task


@around(EC2ContainerServiceResponse, "stop_task")
def replace_stopped_task(original, self):
    """StopTask of a service's task starts no other in its place."""
    reply = original(self)
    task = reply.result["task"]
    name = (task.group or "").removeprefix("service:")
    service = self.ecs_backend.services.get(f"{task.cluster_name}:{name}")
    if service and service.status == "ACTIVE":
        reconcile(self.ecs_backend, service)
    return reply


@around(EC2ContainerServiceResponse, "list_tasks")
def list_tasks(original, self):
    """ListTasks lists stopped tasks unasked and does not know serviceName."""
    if not self._get_param("desiredStatus"):
        self.params["desiredStatus"] = "RUNNING"
    reply = original(self)
    name = (self._get_param("serviceName") or "").split("/")[-1]
    if name:
        of_service = {
            task.task_arn for task in all_tasks(self.ecs_backend) if task.group == f"service:{name}"
        }
        reply.result["taskArns"] = [arn for arn in reply.result["taskArns"] if arn in of_service]
    return reply


@around(EC2ContainerServiceResponse, "list_task_definitions")
def list_task_definitions(original, self):
    """ListTaskDefinitions ignores sort=DESC: the newest revision is not the first."""
    reply = original(self)
    if self._get_param("sort") == "DESC":
        reply.result["taskDefinitionArns"] = reply.result["taskDefinitionArns"][::-1]
    return reply


def deployment_configuration_of(request) -> dict:
    cluster, name = request._get_param("cluster", "default"), request._get_param("service")
    services, _ = request.ecs_backend.describe_services(cluster, [name])
    return (services[0].deployment_configuration or {}) if services else {}


def keep_settings_and_run(request, reply):
    service = reply.result["service"]
    for name, attribute in KEPT_OF_A_SERVICE.items():
        value = request._get_param(name)
        if value is not None:
            setattr(service, attribute, value)
    if getattr(service, "capacity_provider_strategy", None):
        service.launch_type = None
    connect = request._get_param("serviceConnectConfiguration")
    if connect is not None and service.deployments:
        service.deployments[0]["serviceConnectConfiguration"] = connect
    reconcile(request.ecs_backend, service)
    return reply


def reconcile(backend, service, replace_all: bool = False) -> None:
    """What ECS's scheduler does: as many tasks as desired, all of the current task definition, all RUNNING."""
    definition = backend.describe_task_definition(service.task_definition)
    service.task_definition = definition.arn
    running = running_tasks(backend, service)
    current = [task for task in running if task.task_definition_arn == definition.arn and not replace_all]
    kept = current[: service.desired_count]
    for task in running:
        if task not in kept:
            backend.stop_task(service.cluster_name, task.task_arn, "Scaling activity initiated by deployment")
    missing = service.desired_count - len(kept)
    if missing > 0:
        start_tasks(backend, service, definition.arn, missing)
    finish_deployment(service, definition.arn)
    register_targets(backend, service)


def start_tasks(backend, service, definition_arn: str, count: int) -> None:
    deployment = service.deployments[0]["id"] if service.deployments else ""
    tasks = backend.run_task(
        service.cluster_name,
        definition_arn,
        count,
        None,
        deployment,
        None,
        "FARGATE",
        networking_configuration=service.network_configuration,
        group=f"service:{service.name}",
    )
    for task in tasks:
        for container in task.containers:
            container.last_status = "RUNNING"
    message = f"(service {service.name}) has started {count} tasks."
    now = datetime.now(timezone.utc)
    service.events.insert(0, {"id": str(uuid.uuid4()), "createdAt": now, "message": message})


def finish_deployment(service, definition_arn: str) -> None:
    service.running_count, service.pending_count = service.desired_count, 0
    if service.deployments:
        service.deployments[0].update(
            taskDefinition=definition_arn,
            desiredCount=service.desired_count,
            runningCount=service.desired_count,
            pendingCount=0,
            rolloutState="COMPLETED",
            updatedAt=datetime.now(timezone.utc),
        )


def register_targets(backend, service) -> None:
    load_balancing = elbv2_backends[backend.account_id][backend.region_name]
    addresses = [
        detail["value"]
        for task in running_tasks(backend, service)
        for attachment in task.attachments
        for detail in attachment["details"]
        if detail["name"] == "privateIPv4Address"
    ]
    for entry in service.load_balancers:
        group = load_balancing.target_groups.get(entry.get("targetGroupArn"))
        if group:
            group.targets.clear()
            group.register([{"Id": address, "Port": entry["containerPort"]} for address in addresses])


def running_tasks(backend, service) -> list:
    group = f"service:{service.name}"
    return [
        task
        for task in backend.tasks.get(service.cluster_name, {}).values()
        if task.group == group and task.desired_status == "RUNNING"
    ]


def all_tasks(backend) -> list:
    return [task for tasks in backend.tasks.values() for task in tasks.values()]
