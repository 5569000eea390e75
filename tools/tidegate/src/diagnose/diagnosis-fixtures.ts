import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { Container, Service, ServiceEvent, Task } from '@aws-sdk/client-ecs';
import type { TargetHealthDescription } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { BucketFacts, DatabaseFacts, DiagnosisFacts, NetworkFacts, SecretFact } from './diagnosis-facts';

/** What differs from a healthy `api` in `eu-west-2`; in the form in which the AWS API answers. */
export interface Differences {
  readonly service?: Partial<Service>;
  readonly tasks?: readonly Task[];
  readonly stopped?: readonly Task[];
  readonly events?: readonly string[];
  readonly targets?: readonly TargetHealthDescription[];
  readonly logs?: readonly string[];
  readonly alarms?: readonly MetricAlarm[];
  readonly secrets?: readonly SecretFact[];
  readonly network?: Partial<NetworkFacts>;
  readonly database?: DatabaseFacts;
  readonly bucket?: BucketFacts;
  readonly settings?: Readonly<Record<string, string>>;
}

export const NOW = new Date('2026-11-25T12:00:00Z');
const ACCOUNT = 'arn:aws:ecs:eu-west-2:123456789012';
const DEFINITION = `${ACCOUNT}:task-definition/tidegate-dev-api:7`;
const SERVICE_GROUP = 'sg-0a1b2c3d4e5f60001';
const BALANCER_GROUP = 'sg-0a1b2c3d4e5f60002';
const DATABASE_GROUP = 'sg-0a1b2c3d4e5f60003';

/** As `infra/aws` makes it: every connection is allowed on both sides. */
export const HEALTHY_NETWORK: NetworkFacts = {
  serviceGroups: [SERVICE_GROUP],
  subnets: ['subnet-0a1'],
  loadBalancers: [{ LoadBalancerName: 'tidegate-dev', SecurityGroups: [BALANCER_GROUP] }],
  endpoints: ['com.amazonaws.eu-west-2.s3'],
  rules: [
    connection(SERVICE_GROUP, false, 8080, BALANCER_GROUP),
    connection(BALANCER_GROUP, true, 8080, SERVICE_GROUP),
    connection(SERVICE_GROUP, true, 5432, DATABASE_GROUP),
    connection(DATABASE_GROUP, false, 5432, SERVICE_GROUP),
    {
      GroupId: SERVICE_GROUP,
      IsEgress: true,
      IpProtocol: 'tcp',
      FromPort: 443,
      ToPort: 443,
      CidrIpv4: '0.0.0.0/0',
    },
  ],
  routeTables: [
    {
      RouteTableId: 'rtb-0a1',
      Associations: [{ SubnetId: 'subnet-0a1', Main: false }],
      Routes: [
        { DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local', State: 'active' },
        { DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: 'nat-0a1', State: 'active' },
      ],
    },
  ],
};

const HEALTHY_DATABASE: DatabaseFacts = {
  instance: {
    DBInstanceIdentifier: 'tidegate-dev',
    DBInstanceStatus: 'available',
    Engine: 'postgres',
    EngineVersion: '15.14',
    Endpoint: { Address: 'tidegate-dev.c1.eu-west-2.rds.amazonaws.com', Port: 5432 },
    VpcSecurityGroups: [{ VpcSecurityGroupId: DATABASE_GROUP, Status: 'active' }],
  },
};

function connection(GroupId: string, IsEgress: boolean, port: number, peer: string) {
  return {
    GroupId,
    IsEgress,
    IpProtocol: 'tcp',
    FromPort: port,
    ToPort: port,
    ReferencedGroupInfo: { GroupId: peer },
  };
}

/** A task that failed before its container ran. */
export function failedToStart(stoppedReason: string, containers: readonly Container[] = []): Task {
  return stoppedTask({ stopCode: 'TaskFailedToStart', stoppedReason, containers: [...containers] });
}

export function stoppedTask(changes: Task): Task {
  return {
    taskArn: `${ACCOUNT}:task/tidegate-dev/0b69d5c0d6554c0b8a1d1d5f4e9a7f11`,
    taskDefinitionArn: DEFINITION,
    lastStatus: 'STOPPED',
    desiredStatus: 'STOPPED',
    stoppedAt: new Date(NOW.getTime() - 60_000),
    ...changes,
  };
}

/** A program that ended, with its last words. */
export function crash(exitCode: number, reason?: string): Task {
  return stoppedTask({
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container in task exited',
    containers: [{ name: 'api', lastStatus: 'STOPPED', exitCode, ...(reason !== undefined && { reason }) }],
  });
}

export function target(
  State: 'unhealthy' | 'unused',
  Reason: string,
  Description: string,
): TargetHealthDescription {
  return {
    Target: { Id: '10.0.128.7', Port: 8080, AvailabilityZone: 'eu-west-2a' },
    HealthCheckPort: '8080',
    TargetHealth: { State, Reason, Description } as TargetHealthDescription['TargetHealth'],
  };
}

/** One that went off. */
export function alarm(name: string, AlarmDescription: string, StateReason: string): MetricAlarm {
  return {
    AlarmName: `tidegate-dev-${name}`,
    AlarmDescription,
    StateReason,
    StateValue: 'ALARM',
    StateTransitionedTimestamp: new Date(NOW.getTime() - 120_000),
  };
}

export function factsWith(differences: Differences): DiagnosisFacts {
  return {
    installation: { environment: 'dev', prefix: 'tidegate-dev', region: 'eu-west-2' },
    observation: observationWith(differences),
    stoppedTasks: differences.stopped ?? [],
    sinceMs: NOW.getTime() - 3_600_000,
    logs: {
      value: (differences.logs ?? []).map((message, index) => ({
        at: new Date(NOW.getTime() - 60_000 + index),
        stream: 'api/api/0b69d5c0d6554c0b8a1d1d5f4e9a7f11',
        message,
      })),
    },
    alarms: { value: differences.alarms ?? [] },
    secrets: { value: differences.secrets ?? [] },
    network: { value: { ...HEALTHY_NETWORK, ...differences.network } },
    database: { value: differences.database ?? HEALTHY_DATABASE },
    bucket: { value: differences.bucket ?? { name: 'tidegate-dev-artifacts', region: 'eu-west-2' } },
  };
}

function observationWith({
  service,
  tasks,
  events = [],
  targets,
  settings,
}: Differences): DiagnosisFacts['observation'] {
  const running: Task = {
    taskArn: `${ACCOUNT}:task/tidegate-dev/1c70`,
    lastStatus: 'RUNNING',
    healthStatus: 'HEALTHY',
  };
  return {
    service: serviceWith(service, events),
    definition: definitionWith(settings),
    image: { reference: 'r@sha256:1', tags: [] },
    tasks: tasks ?? [running],
    targets: [
      {
        group: { TargetGroupName: 'tidegate-dev-api', HealthCheckPath: '/health' },
        targets: targets ?? [
          { Target: { Id: '10.0.128.7', Port: 8080 }, TargetHealth: { State: 'healthy' } },
        ],
      },
    ],
  };
}

function serviceWith(changes: Partial<Service> | undefined, events: readonly string[]): Service {
  return {
    serviceName: 'api',
    desiredCount: 1,
    runningCount: 1,
    deployments: [
      {
        id: 'ecs-svc/2463512098347561029',
        status: 'PRIMARY',
        taskDefinition: DEFINITION,
        rolloutState: 'COMPLETED',
      },
    ],
    loadBalancers: [{ containerName: 'api', containerPort: 8080, targetGroupArn: 'arn:tg' }],
    events: events.map((message): ServiceEvent => ({
      message,
      createdAt: new Date(NOW.getTime() - 90_000),
    })),
    ...changes,
  };
}

function definitionWith(settings: Differences['settings']): DiagnosisFacts['observation']['definition'] {
  return {
    containerDefinitions: [
      {
        name: 'api',
        environment: Object.entries({
          DATABASE_HOST: 'tidegate-dev.c1.eu-west-2.rds.amazonaws.com',
          DATABASE_PORT: '5432',
          ...settings,
        }).map(([name, value]) => ({ name, value })),
      },
    ],
  };
}
