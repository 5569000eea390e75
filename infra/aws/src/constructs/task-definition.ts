import { EcsTaskDefinition } from '@cdktf/provider-aws/lib/ecs-task-definition';
import { Construct } from 'constructs';

export interface ContainerHealthCheck {
  /** Exec form: `['CMD', 'node', …]`. */
  readonly command: readonly string[];
  readonly startPeriodSeconds: number;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly retries: number;
}

export interface TaskDefinitionProps {
  /** `tidegate-dev-api` */
  readonly family: string;
  /** Name of its only container: `api` */
  readonly containerName: string;
  /** By digest: `<repository>@sha256:…` */
  readonly image: string;
  readonly port: number;
  /** CPU units, 1024 = one vCPU. */
  readonly cpu: number;
  readonly memoryMib: number;
  readonly architecture: 'X86_64' | 'ARM64';
  readonly executionRoleArn: string;
  readonly taskRoleArn: string;
  /** Plain settings; never a secret. */
  readonly environment: Readonly<Record<string, string>>;
  /** By reference: `<arn>:<field>::` */
  readonly secrets: Readonly<Record<string, string>>;
  readonly healthCheck: ContainerHealthCheck;
  /** From SIGTERM to SIGKILL. */
  readonly stopTimeoutSeconds: number;
  readonly logGroupName: string;
  readonly region: string;
  /** User and group in the container. @default 1000:1000, which the images have */
  readonly user?: string;
}

/** A Fargate task of one container that can change nothing but its own `/tmp`. */
export class TaskDefinition extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, props: TaskDefinitionProps) {
    super(scope, id);
    const definition = new EcsTaskDefinition(this, 'task', {
      family: props.family,
      requiresCompatibilities: ['FARGATE'],
      networkMode: 'awsvpc',
      cpu: String(props.cpu),
      memory: String(props.memoryMib),
      runtimePlatform: { cpuArchitecture: props.architecture, operatingSystemFamily: 'LINUX' },
      executionRoleArn: props.executionRoleArn,
      taskRoleArn: props.taskRoleArn,
      // Disk that lives as long as the task. It has the owner and mode of the image's /tmp, where the image says VOLUME.
      volume: [{ name: 'tmp' }],
      containerDefinitions: JSON.stringify([container(props)]),
      // ECS runs no revision that was taken back: the ones before stay, to roll back to.
      skipDestroy: true,
    });
    this.arn = definition.arn;
  }
}

function container(props: TaskDefinitionProps): object {
  const { healthCheck } = props;
  return {
    name: props.containerName,
    image: props.image,
    essential: true,
    user: props.user ?? '1000:1000',
    privileged: false,
    readonlyRootFilesystem: true,
    // The programs end themselves and their children on SIGTERM: no init process in front of them.
    linuxParameters: { initProcessEnabled: false, capabilities: { drop: ['ALL'] } },
    mountPoints: [{ sourceVolume: 'tmp', containerPath: '/tmp', readOnly: false }],
    portMappings: [{ containerPort: props.port, hostPort: props.port, protocol: 'tcp' }],
    environment: byName(props.environment, 'value'),
    secrets: byName(props.secrets, 'valueFrom'),
    healthCheck: {
      command: healthCheck.command,
      startPeriod: healthCheck.startPeriodSeconds,
      interval: healthCheck.intervalSeconds,
      timeout: healthCheck.timeoutSeconds,
      retries: healthCheck.retries,
    },
    stopTimeout: props.stopTimeoutSeconds,
    logConfiguration: {
      logDriver: 'awslogs',
      options: {
        'awslogs-group': props.logGroupName,
        'awslogs-region': props.region,
        'awslogs-stream-prefix': props.containerName,
        // While CloudWatch does not answer, lines are lost rather than the program stopped at its next one.
        mode: 'non-blocking',
        'max-buffer-size': '10m',
      },
    },
  };
}

/** In one order, so that the same settings make the same revision. */
function byName(values: Readonly<Record<string, string>>, key: 'value' | 'valueFrom'): object[] {
  return Object.entries(values)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => ({ name, [key]: value }));
}
