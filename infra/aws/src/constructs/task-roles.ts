import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { Construct } from 'constructs';
import { policyDocument, trustOf, type PolicyStatement } from './policy-document';

export interface TaskRolesProps {
  /** `tidegate-dev-api`: the roles are called `<name>-execution` and `<name>-task`. */
  readonly name: string;
  readonly accountId: string;
  readonly region: string;
  /** The only repository ECS may pull from for it. */
  readonly repositoryArn: string;
  readonly logGroupArn: string;
  /** The only secrets ECS may hand to its container. */
  readonly secretArns: readonly string[];
  /** KMS key of the secrets. */
  readonly secretsKeyArn: string;
  /** Bucket that the program itself reads and writes. @default none: the task role may do nothing */
  readonly artifacts?: { readonly bucketArn: string; readonly keyArn: string | undefined };
}

/** Two roles per service: what ECS needs to start the container, and what the program in it may do. */
export class TaskRoles extends Construct {
  readonly executionRoleArn: string;
  readonly taskRoleArn: string;
  /** Without it a task cannot start, so what runs tasks depends on it. */
  readonly executionPolicy: IamRolePolicy;

  constructor(scope: Construct, id: string, props: TaskRolesProps) {
    super(scope, id);
    const assumeRolePolicy = trustOf('ecs-tasks.amazonaws.com', props.accountId);
    const execution = new IamRole(this, 'execution', { name: `${props.name}-execution`, assumeRolePolicy });
    this.executionPolicy = new IamRolePolicy(this, 'execution-policy', {
      name: 'start',
      role: execution.name,
      policy: policyDocument(...startStatements(props)),
    });
    const task = new IamRole(this, 'task', { name: `${props.name}-task`, assumeRolePolicy });
    if (props.artifacts !== undefined) {
      new IamRolePolicy(this, 'task-policy', {
        name: 'artifacts',
        role: task.name,
        policy: policyDocument(...artifactStatements(props.artifacts, props.region)),
      });
    }
    this.executionRoleArn = execution.arn;
    this.taskRoleArn = task.arn;
  }
}

function startStatements(props: TaskRolesProps): PolicyStatement[] {
  return [
    // AWS knows no resource for this action: the token opens nothing that the next statement does not allow.
    { sid: 'SignInToRegistry', actions: ['ecr:GetAuthorizationToken'], resources: ['*'] },
    {
      sid: 'PullOwnImage',
      actions: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      resources: [props.repositoryArn],
    },
    {
      sid: 'WriteOwnLog',
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [`${props.logGroupArn}:*`],
    },
    { sid: 'ReadOwnSecrets', actions: ['secretsmanager:GetSecretValue'], resources: props.secretArns },
    {
      sid: 'DecryptSecrets',
      actions: ['kms:Decrypt'],
      resources: [props.secretsKeyArn],
      conditions: { StringEquals: { 'kms:ViaService': `secretsmanager.${props.region}.amazonaws.com` } },
    },
  ];
}

function artifactStatements(
  { bucketArn, keyArn }: NonNullable<TaskRolesProps['artifacts']>,
  region: string,
): PolicyStatement[] {
  const statements: PolicyStatement[] = [
    {
      sid: 'ListArtifacts',
      actions: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
      resources: [bucketArn],
    },
    {
      sid: 'UseArtifacts',
      actions: [
        's3:AbortMultipartUpload',
        's3:DeleteObject',
        's3:GetObject',
        's3:ListMultipartUploadParts',
        's3:PutObject',
      ],
      resources: [`${bucketArn}/*`],
    },
  ];
  if (keyArn === undefined) return statements;
  return [
    ...statements,
    {
      sid: 'UseArtifactKey',
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: [keyArn],
      conditions: { StringEquals: { 'kms:ViaService': `s3.${region}.amazonaws.com` } },
    },
  ];
}
