import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { DescribeSecurityGroupsCommand, DescribeSubnetsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { CreateClusterCommand, ECSClient, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import type { useAwsSimulator } from '@tidegate/testing';

type Aws = ReturnType<typeof useAwsSimulator>;

const LOG_GROUP = '/ecs/tidegate-dev/setup';

/** The set-up task in the simulator, as the foundation stack makes it. */
export class SimulatedSetupTask {
  private constructor(
    private readonly aws: Aws,
    /** Where its tags say that it runs. */
    readonly network: { readonly subnets: string[]; readonly securityGroups: string[] },
  ) {}

  /** Makes the cluster and the log group, no task definition yet. */
  static async create(aws: Aws): Promise<SimulatedSetupTask> {
    const ec2 = new EC2Client(aws.sdk);
    const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
    const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({}));
    await new ECSClient(aws.sdk).send(new CreateClusterCommand({ clusterName: 'tidegate-dev' }));
    await new CloudWatchLogsClient(aws.sdk).send(new CreateLogGroupCommand({ logGroupName: LOG_GROUP }));
    return new SimulatedSetupTask(aws, {
      subnets: Subnets.slice(0, 2).map(({ SubnetId }) => String(SubnetId)),
      securityGroups: SecurityGroups.slice(0, 1).map(({ GroupId }) => String(GroupId)),
    });
  }

  /** A revision of `<prefix>-setup`. */
  async register(prefix: string, { hasTags = true, image = 'none', environment = {} } = {}): Promise<void> {
    const { aws, network } = this;
    const logConfiguration = {
      logDriver: 'awslogs' as const,
      options: { 'awslogs-group': LOG_GROUP, 'awslogs-region': aws.region, 'awslogs-stream-prefix': 'setup' },
    };
    await new ECSClient(aws.sdk).send(
      new RegisterTaskDefinitionCommand({
        family: `${prefix}-setup`,
        networkMode: 'awsvpc',
        requiresCompatibilities: ['FARGATE'],
        cpu: '512',
        memory: '1024',
        taskRoleArn: `arn:aws:iam::${aws.accountId}:role/setup`,
        executionRoleArn: `arn:aws:iam::${aws.accountId}:role/execution`,
        containerDefinitions: [
          { name: 'setup', image, essential: false, logConfiguration },
          {
            name: 'mlflow-schema',
            image,
            command: ['upgrade'],
            dependsOn: [{ containerName: 'setup', condition: 'SUCCESS' }],
            environment: Object.entries<string>(environment).map(([name, value]) => ({ name, value })),
            logConfiguration,
          },
        ],
        ...(hasTags && {
          tags: [
            { key: 'tidegate:subnets', value: network.subnets.join(' ') },
            { key: 'tidegate:security-groups', value: network.securityGroups.join(' ') },
            { key: 'tidegate:assign-public-ip', value: 'DISABLED' },
          ],
        }),
      }),
    );
  }

  /** What a container writes. */
  async writeLog(container: string, taskId: string, messages: readonly string[]): Promise<void> {
    const logs = new CloudWatchLogsClient(this.aws.sdk);
    const name = { logGroupName: LOG_GROUP, logStreamName: `setup/${container}/${taskId}` };
    await logs.send(new CreateLogStreamCommand(name));
    const timestamp = Date.now();
    if (messages.length > 0)
      await logs.send(
        new PutLogEventsCommand({ ...name, logEvents: messages.map((message) => ({ timestamp, message })) }),
      );
  }
}
