import json

from moto.budgets.responses import BudgetsResponse

from .patching import add_to, around

tags_by_budget: dict[str, list[dict[str, str]]] = {}
subscribers_of: dict[tuple[str, tuple[str, ...]], list[dict[str, str]]] = {}


def notification_key(notification: dict) -> tuple[str, ...]:
    return (
        notification["ComparisonOperator"],
        notification["NotificationType"],
        str(float(notification["Threshold"])),
    )


@around(BudgetsResponse, "create_budget")
def create_budget(original, self):
    """CreateBudget drops tags and subscribers."""
    name = self._get_param("Budget")["BudgetName"]
    tags_by_budget[name] = self._get_param("ResourceTags", [])
    for entry in self._get_param("NotificationsWithSubscribers", []) or []:
        subscribers_of[name, notification_key(entry["Notification"])] = entry.get("Subscribers", [])
    return original(self)


@around(BudgetsResponse, "create_notification")
def create_notification(original, self):
    """CreateNotification drops subscribers."""
    key = notification_key(self._get_param("Notification"))
    subscribers_of[self._get_param("BudgetName"), key] = self._get_param("Subscribers", [])
    return original(self)


@add_to(BudgetsResponse)
def describe_subscribers_for_notification(self):
    """DescribeSubscribersForNotification is missing: `aws_budgets_budget` fails when it is read (501)."""
    key = notification_key(self._get_param("Notification"))
    return json.dumps({"Subscribers": subscribers_of.get((self._get_param("BudgetName"), key), [])})


@add_to(BudgetsResponse)
def list_tags_for_resource(self):
    """ListTagsForResource is missing: `aws_budgets_budget` fails when it is read (501)."""
    name = self._get_param("ResourceARN").split("/")[-1]
    return json.dumps({"ResourceTags": tags_by_budget.get(name, [])})


@add_to(BudgetsResponse)
def tag_resource(self):
    """TagResource is missing: changing a tag fails (501)."""
    tags_by_budget[self._get_param("ResourceARN").split("/")[-1]] = self._get_param("ResourceTags")
    return "{}"
