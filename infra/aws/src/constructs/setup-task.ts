import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { EcsTaskDefinition } from '@cdktf/provider-aws/lib/ecs-task-definition';
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import { VpcSecurityGroupEgressRule } from '@cdktf/provider-aws/lib/vpc-security-group-egress-rule';
import { VpcSecurityGroupIngressRule } from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule';
import { Construct } from 'constructs';
import { setupContainers } from './setup-containers';
import { SetupRoles } from './setup-roles';

export interface SetupTaskProps {
  readonly prefix: string;
  readonly project: string;
  /** Name of the environment. */
  readonly environmentName: string;
  readonly region: string;
  readonly accountId: string;
  readonly architecture: 'X86_64' | 'ARM64';
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  readonly assignsPublicIp: boolean;
  readonly database: {
    readonly host: string;
    readonly port: number;
    readonly securityGroupId: string;
    readonly masterSecretArn: string;
  };
  /** Secrets it fills. */
  readonly secretArns: readonly string[];
  /** The one among them with MLflow's database user. */
  readonly mlflowSecretArn: string;
  readonly images: {
    readonly setup: { readonly url: string; readonly arn: string };
    readonly mlflow: { readonly url: string; readonly arn: string };
  };
  readonly keyArn: string;
  readonly logRetentionDays: number;
}

/**
 * The one-off task `<prefix>-setup`: fills the empty secrets, makes roles and databases, upgrades the schemas. The only
 * thing that can read the master password. `tidegate setup` runs it, with the images it pushed, where the tags say.
 */
export class SetupTask extends Construct {
  readonly family: string;

  constructor(scope: Construct, id: string, props: SetupTaskProps) {
    super(scope, id);
    this.family = `${props.prefix}-setup`;
    const log = new CloudwatchLogGroup(this, 'log', {
      name: `/ecs/${props.prefix}/setup`,
      retentionInDays: props.logRetentionDays,
      kmsKeyId: props.keyArn,
    });
    const roles = new SetupRoles(this, 'roles', {
      family: this.family,
      accountId: props.accountId,
      masterSecretArn: props.database.masterSecretArn,
      secretArns: props.secretArns,
      repositoryArns: [props.images.setup.arn, props.images.mlflow.arn],
      logGroupArn: log.arn,
      keyArn: props.keyArn,
      region: props.region,
    });
    new EcsTaskDefinition(this, 'task', {
      family: this.family,
      requiresCompatibilities: ['FARGATE'],
      networkMode: 'awsvpc',
      cpu: '512',
      memory: '2048',
      runtimePlatform: { cpuArchitecture: props.architecture, operatingSystemFamily: 'LINUX' },
      executionRoleArn: roles.executionRoleArn,
      taskRoleArn: roles.taskRoleArn,
      containerDefinitions: setupContainers({
        ...props,
        images: { setup: props.images.setup.url, mlflow: props.images.mlflow.url },
        logGroupName: log.name,
      }),
      // The images may write nowhere else.
      volume: [{ name: 'tmp-setup' }, { name: 'tmp-mlflow-schema' }],
      tags: {
        'tidegate:subnets': props.subnetIds.join(' '),
        'tidegate:security-groups': this.securityGroup(props),
        'tidegate:assign-public-ip': props.assignsPublicIp ? 'ENABLED' : 'DISABLED',
      },
    });
  }

  /** Out to PostgreSQL and to the interfaces of AWS; nothing in. */
  private securityGroup({ vpcId, database }: SetupTaskProps): string {
    const group = new SecurityGroup(this, 'group', {
      name: this.family,
      description: 'Set-up task',
      vpcId,
      tags: { Name: this.family },
    });
    const postgres = { ipProtocol: 'tcp', fromPort: database.port, toPort: database.port };
    new VpcSecurityGroupEgressRule(this, 'to-database', {
      ...postgres,
      securityGroupId: group.id,
      referencedSecurityGroupId: database.securityGroupId,
      description: 'PostgreSQL',
    });
    new VpcSecurityGroupIngressRule(this, 'from-setup', {
      ...postgres,
      securityGroupId: database.securityGroupId,
      referencedSecurityGroupId: group.id,
      description: 'From the set-up task',
    });
    new VpcSecurityGroupEgressRule(this, 'to-aws', {
      securityGroupId: group.id,
      ipProtocol: 'tcp',
      fromPort: 443,
      toPort: 443,
      cidrIpv4: '0.0.0.0/0',
      description: 'ECR, Secrets Manager and CloudWatch',
    });
    return group.id;
  }
}
