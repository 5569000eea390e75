import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { Construct } from 'constructs';
import { policyDocument, trustOf, type PolicyStatement } from './policy-document';

export interface SetupRolesProps {
  readonly family: string;
  readonly region: string;
  readonly accountId: string;
  readonly masterSecretArn: string;
  readonly secretArns: readonly string[];
  readonly repositoryArns: readonly string[];
  readonly logGroupArn: string;
  readonly keyArn: string;
}

/** What ECS needs to start the set-up task, and what the task itself may do: read and write secrets, nothing else. */
export class SetupRoles extends Construct {
  readonly executionRoleArn: string;
  readonly taskRoleArn: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: SetupRolesProps,
  ) {
    super(scope, id);
    this.executionRoleArn = this.role('execution', 'start', [
      {
        sid: 'LogIn',
        actions: ['ecr:GetAuthorizationToken'],
        resources: ['*'], // AWS knows no narrower resource for it
      },
      {
        sid: 'Pull',
        actions: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
        resources: props.repositoryArns,
      },
      {
        sid: 'Log',
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [`${props.logGroupArn}:*`],
      },
    ]);
    this.taskRoleArn = this.role('task', 'fill-secrets', [
      {
        sid: 'ReadMasterPassword',
        actions: ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'],
        resources: [props.masterSecretArn],
      },
      {
        sid: 'FillSecrets',
        actions: [
          'secretsmanager:DescribeSecret',
          'secretsmanager:GetSecretValue',
          'secretsmanager:PutSecretValue',
        ],
        resources: props.secretArns,
      },
      {
        sid: 'SecretsAreEncrypted',
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: [props.keyArn],
        conditions: {
          StringEquals: { 'kms:ViaService': `secretsmanager.${props.region}.amazonaws.com` },
        },
      },
    ]);
  }

  private role(kind: 'execution' | 'task', policyName: string, statements: PolicyStatement[]): string {
    const role = new IamRole(this, kind, {
      name: `${this.props.family}-${kind}`,
      assumeRolePolicy: trustOf('ecs-tasks.amazonaws.com', this.props.accountId),
    });
    new IamRolePolicy(this, `${kind}-policy`, {
      name: policyName,
      role: role.id,
      policy: policyDocument(...statements),
    });
    return role.arn;
  }
}
