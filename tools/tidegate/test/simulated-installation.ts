import {
  ApplicationAutoScalingClient,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateRouteCommand,
  CreateSecurityGroupCommand,
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  EC2Client,
  type Subnet,
} from '@aws-sdk/client-ec2';
import {
  CreateClusterCommand,
  CreateServiceCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import {
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { useAwsSimulator } from '@tidegate/testing';

type Aws = ReturnType<typeof useAwsSimulator>;

export const PREFIX = 'tidegate-dev';

/** The services of `infra/aws` in the simulator, made with the SDK: two of them, seconds instead of minutes. */
export class SimulatedInstallation {
  readonly ecs: ECSClient;
  readonly cloudWatch: CloudWatchClient;
  readonly logs: CloudWatchLogsClient;
  readonly scaling: ApplicationAutoScalingClient;

  constructor(private readonly aws: Aws) {
    this.ecs = new ECSClient(aws.sdk);
    this.cloudWatch = new CloudWatchClient(aws.sdk);
    this.logs = new CloudWatchLogsClient(aws.sdk);
    this.scaling = new ApplicationAutoScalingClient(aws.sdk);
  }

  /** Service `api` behind a load balancer and autoscaled from 1 to 4, service `mlflow` neither. */
  async create(): Promise<void> {
    const ec2 = new EC2Client(this.aws.sdk);
    const { Subnets: [subnet] = [] } = await ec2.send(new DescribeSubnetsCommand({}));
    await this.openWayOut(ec2, subnet?.VpcId);
    await this.ecs.send(new CreateClusterCommand({ clusterName: PREFIX }));
    const { ARN } = await new SecretsManagerClient(this.aws.sdk).send(
      new CreateSecretCommand({ Name: `${PREFIX}/api`, SecretString: '{"pepper":"x"}' }),
    );
    await this.createService(ec2, 'api', 8080, subnet, await this.targetGroup(subnet?.VpcId), ARN);
    await this.createService(ec2, 'mlflow', 5000, subnet);
    await this.scaling.send(
      new RegisterScalableTargetCommand({
        ServiceNamespace: 'ecs',
        ResourceId: `service/${PREFIX}/api`,
        ScalableDimension: 'ecs:service:DesiredCount',
        MinCapacity: 1,
        MaxCapacity: 4,
      }),
    );
  }

  /** A further revision of a service's task definition. */
  async register(name: string, port: number, digit: string, secretArn?: string): Promise<string> {
    const { aws } = this;
    const answer = await this.ecs.send(
      new RegisterTaskDefinitionCommand({
        family: `${PREFIX}-${name}`,
        networkMode: 'awsvpc',
        requiresCompatibilities: ['FARGATE'],
        cpu: '256',
        memory: '512',
        containerDefinitions: [
          {
            name,
            image: `${aws.accountId}.dkr.ecr.${aws.region}.amazonaws.com/${PREFIX}/${name}@sha256:${digit.repeat(64)}`,
            essential: true,
            portMappings: [{ containerPort: port }],
            environment: [{ name: 'LOG_LEVEL', value: digit === '1' ? 'info' : 'debug' }],
            ...(secretArn !== undefined && {
              secrets: [{ name: 'API_KEY_PEPPER', valueFrom: `${secretArn}:pepper::` }],
            }),
            logConfiguration: {
              logDriver: 'awslogs',
              options: {
                'awslogs-group': `/ecs/${PREFIX}/${name}`,
                'awslogs-region': aws.region,
                'awslogs-stream-prefix': name,
              },
            },
          },
        ],
      }),
    );
    return answer.taskDefinition?.taskDefinitionArn ?? '';
  }

  private async createService(
    ec2: EC2Client,
    name: string,
    port: number,
    subnet: Subnet | undefined,
    targetGroupArn?: string,
    secretArn?: string,
  ): Promise<void> {
    await this.logs.send(new CreateLogGroupCommand({ logGroupName: `/ecs/${PREFIX}/${name}` }));
    const { GroupId } = await ec2.send(
      new CreateSecurityGroupCommand({
        GroupName: `${PREFIX}-${name}`,
        Description: `Tasks of ${name}`,
        VpcId: subnet?.VpcId,
      }),
    );
    await this.ecs.send(
      new CreateServiceCommand({
        cluster: PREFIX,
        serviceName: name,
        taskDefinition: await this.register(name, port, '1', secretArn),
        desiredCount: name === 'mlflow' ? 2 : 1,
        launchType: 'FARGATE',
        deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 200 },
        networkConfiguration: {
          awsvpcConfiguration: { subnets: [subnet?.SubnetId ?? ''], securityGroups: [GroupId ?? ''] },
        },
        ...(targetGroupArn !== undefined && {
          loadBalancers: [{ targetGroupArn, containerName: name, containerPort: port }],
        }),
      }),
    );
  }

  /** The simulator's own VPC has none. */
  private async openWayOut(ec2: EC2Client, VpcId: string | undefined): Promise<void> {
    const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}));
    const gateway = { InternetGatewayId: InternetGateway?.InternetGatewayId };
    await ec2.send(new AttachInternetGatewayCommand({ ...gateway, VpcId }));
    const { RouteTables: [table] = [] } = await ec2.send(
      new DescribeRouteTablesCommand({ Filters: [{ Name: 'vpc-id', Values: [VpcId ?? ''] }] }),
    );
    await ec2.send(
      new CreateRouteCommand({
        RouteTableId: table?.RouteTableId,
        DestinationCidrBlock: '0.0.0.0/0',
        GatewayId: gateway.InternetGatewayId,
      }),
    );
  }

  private async targetGroup(vpcId: string | undefined): Promise<string | undefined> {
    const { TargetGroups: [group] = [] } = await new ElasticLoadBalancingV2Client(this.aws.sdk).send(
      new CreateTargetGroupCommand({
        ...{ Name: `${PREFIX}-api`, Protocol: 'HTTP', Port: 8080, VpcId: vpcId, TargetType: 'ip' },
        HealthCheckPath: '/health',
      }),
    );
    return group?.TargetGroupArn;
  }
}
