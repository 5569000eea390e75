from moto.cognitoidp.models import cognitoidp_backends
from moto.core.common_models import CloudFormationModel


class UserPoolClient(CloudFormationModel):
    """CreateStack passes over AWS::Cognito::UserPoolClient: no client is made and the stack has no outputs."""

    def __init__(self, pool: str, client: str):
        self.pool = pool
        self.physical_resource_id = client

    @staticmethod
    def cloudformation_name_type() -> str:
        return ""

    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::Cognito::UserPoolClient"

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        return False

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name, cloudformation_json, account_id, region_name, **_
    ):
        settings = dict(cloudformation_json["Properties"])
        pool, has_secret = settings.pop("UserPoolId"), settings.pop("GenerateSecret", False)
        backend = cognitoidp_backends[account_id][region_name]
        return cls(pool, backend.create_user_pool_client(pool, has_secret, settings).id)

    def delete(self, account_id: str, region_name: str) -> None:
        backend = cognitoidp_backends[account_id][region_name]
        backend.delete_user_pool_client(self.pool, self.physical_resource_id)
