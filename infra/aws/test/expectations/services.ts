import {
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
  type ScalingPolicy,
} from '@aws-sdk/client-application-auto-scaling';
import { DescribeClustersCommand, DescribeTasksCommand, ListTasksCommand } from '@aws-sdk/client-ecs';
import {
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
} from '@aws-sdk/client-iam';
import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { ListNamespacesCommand, ListServicesCommand } from '@aws-sdk/client-servicediscovery';
import type { Account } from '../deployment/account';
import type { Installation } from '../deployment/use-installation';
import { readServices, readTask } from '../reading/running-services';

export interface ExpectedService {
  readonly cpu: number;
  readonly memoryMib: number;
  readonly count: number;
  /** Least and most tasks of autoscaling; undefined for a fixed number. */
  readonly scaling?: readonly [number, number];
}

export interface ExpectedServices {
  readonly sizes: Readonly<Record<string, ExpectedService>>;
  readonly logRetentionDays: number;
}

const PORTS: Readonly<Record<string, number>> = { api: 8080, inference: 8000, logging: 8001, mlflow: 5000 };
const HEALTH_COMMANDS: Readonly<Record<string, readonly string[]>> = {
  api: ['CMD', 'node', '/app/health-check.js', '8080', '/live'],
  inference: ['CMD', 'node', '/app/health-check.js', '8000', '/live'],
  logging: ['CMD', 'node', '/app/health-check.js', '8001', '/live'],
  mlflow: ['CMD', 'python', '/app/health_check.py'],
};
const SECRET_REFERENCES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  api: {
    API_BOOTSTRAP_KEY: 'api:bootstrap_key',
    API_KEY_PEPPER: 'api:pepper',
    API_KEY_PEPPER_PREVIOUS: 'api:previous_pepper',
    API_SERVICE_KEYS: 'api:service_keys',
    DATABASE_PASSWORD: 'database/api:password',
    DATABASE_USER: 'database/api:username',
    INTERNAL_TOKEN: 'internal:token',
    MLFLOW_PASSWORD: 'mlflow:admin_password',
    MLFLOW_USERNAME: 'mlflow:admin_username',
  },
  inference: { INTERNAL_TOKEN: 'internal:token', MLFLOW_TRACKING_TOKEN: 'inference:mlflow_token' },
  logging: {
    DATABASE_PASSWORD: 'database/logging:password',
    DATABASE_USER: 'database/logging:username',
    INTERNAL_TOKEN: 'internal:token',
  },
  mlflow: {
    MLFLOW_ADMIN_PASSWORD: 'mlflow:admin_password',
    MLFLOW_ADMIN_USERNAME: 'mlflow:admin_username',
    MLFLOW_DB_PASSWORD: 'database/mlflow:password',
    MLFLOW_DB_USER: 'database/mlflow:username',
    MLFLOW_FLASK_SECRET_KEY: 'mlflow:flask_secret_key',
  },
};

/** What runs: tasks, their health, their secrets, how they are replaced, found and scaled. */
export function expectServices(installed: Installation, expected: ExpectedServices): void {
  const names = Object.keys(PORTS);
  const one = async (name: string) => {
    const found = (await readServices(installed.account)).find((service) => service.name === name);
    if (found === undefined) throw new Error(`There is no service ${name}.`);
    return found;
  };

  it('runs the four services and nothing else', async () => {
    expect((await readServices(installed.account)).map(({ name }) => name)).toEqual(names);
  });

  it.each(names)('%s: size, number and platform of its tasks', async (name) => {
    const { service, task } = await one(name);
    const { cpu, memoryMib, count } = expected.sizes[name] ?? fail(name);
    expect(task).toMatchObject({
      cpu: String(cpu),
      memory: String(memoryMib),
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      runtimePlatform: { cpuArchitecture: 'X86_64', operatingSystemFamily: 'LINUX' },
    });
    expect(service).toMatchObject({ desiredCount: count, runningCount: count });
    expect(await runningTasks(installed.account, name)).toBe(count);
  });

  it.each(names)('%s: H3, its container is asked for its health without a shell', async (name) => {
    const { container } = await one(name);
    expect(container.healthCheck).toEqual({
      command: HEALTH_COMMANDS[name],
      startPeriod: 90,
      interval: 30,
      timeout: 10,
      retries: 3,
    });
  });

  it.each(names)('%s: its container is an image by digest that cannot change itself', async (name) => {
    const { container } = await one(name);
    expect(container).toMatchObject({
      image: expect.stringMatching(
        new RegExp(
          `^\\d{12}\\.dkr\\.ecr\\.eu-west-2\\.amazonaws\\.com/${installed.prefix}/${name}@sha256:[0-9a-f]{64}$`,
        ),
      ) as string,
      essential: true,
      readonlyRootFilesystem: true,
      portMappings: [expect.objectContaining({ containerPort: PORTS[name] })],
      // Longer than readiness grace (10 s) and drain (20 s) of the apps.
      stopTimeout: 45,
    });
    expect(container.privileged ?? false).toBe(false);
    expect(container.mountPoints?.map(({ containerPath }) => containerPath)).toEqual(['/tmp']);
  });

  it.each(names)('%s: every secret is a reference to one field', async (name) => {
    const { container } = await one(name);
    const arn = new RegExp(
      `^arn:aws:secretsmanager:eu-west-2:\\d{12}:secret:${installed.prefix}/(.+)-\\w{6}:(\\w+)::$`,
    );
    const references = (container.secrets ?? []).map(({ name: variable = '', valueFrom = '' }) => [
      variable,
      valueFrom.replace(arn, '$1:$2'),
    ]);
    expect(Object.fromEntries(references)).toEqual(SECRET_REFERENCES[name]);
    const variables = (container.environment ?? []).map(({ name: variable = '' }) => variable);
    expect(variables.filter((variable) => /PASSWORD|SECRET|TOKEN|PEPPER|_KEYS?$/.test(variable))).toEqual([]);
  });

  it.each(names)('%s: rolls without a gap and goes back by itself', async (name) => {
    const { service } = await one(name);
    expect(service.deploymentConfiguration).toMatchObject({
      deploymentCircuitBreaker: { enable: true, rollback: true },
      minimumHealthyPercent: 100,
      maximumPercent: 200,
    });
    expect(service.deploymentConfiguration?.alarms).toMatchObject({ enable: true, rollback: true });
  });

  it('waits for a new task of the api at least as long as its container may take to start', async () => {
    const { service } = await one('api');
    expect(service.healthCheckGracePeriodSeconds).toBe(120);
  });

  it.each(names)('%s: is found as a name of the private zone', async (name) => {
    const { discovery } = installed.account;
    const { Namespaces = [] } = await discovery.send(new ListNamespacesCommand({}));
    expect(Namespaces.map(({ Name, Type }) => [Name, Type])).toEqual([
      [`${installed.prefix}.local`, 'DNS_PRIVATE'],
    ]);
    const { Services = [] } = await discovery.send(new ListServicesCommand({}));
    const registration = Services.find(({ Name }) => Name === name);
    expect(registration?.DnsConfig?.DnsRecords).toEqual([{ Type: 'A', TTL: 10 }]);
    const { service } = await one(name);
    expect(service.serviceRegistries?.map(({ registryArn }) => registryArn)).toEqual([registration?.Arn]);
  });

  it.each(names)('%s: writes to its log group, which forgets', async (name) => {
    const { container } = await one(name);
    const group = `/ecs/${installed.prefix}/${name}`;
    expect(container.logConfiguration).toMatchObject({
      logDriver: 'awslogs',
      options: { 'awslogs-group': group, 'awslogs-region': 'eu-west-2' },
    });
    const { logGroups = [] } = await installed.account.logs.send(
      new DescribeLogGroupsCommand({ logGroupNamePrefix: group }),
    );
    expect(logGroups).toMatchObject([{ logGroupName: group, retentionInDays: expected.logRetentionDays }]);
    expect(logGroups[0]?.kmsKeyId).toMatch(/^arn:aws:kms:/);
  });

  it.each(names)('%s: scales on CPU and memory, or keeps its number', async (name) => {
    const scaling = expected.sizes[name]?.scaling;
    const found = await readScaling(installed.account, name);
    if (scaling === undefined) {
      expect(found.targets).toEqual([]);
      return;
    }
    expect(found.targets).toMatchObject([{ MinCapacity: scaling[0], MaxCapacity: scaling[1] }]);
    expect(found.policies.map(targetOf).sort()).toEqual([
      ['ECSServiceAverageCPUUtilization', 60],
      ['ECSServiceAverageMemoryUtilization', 75],
    ]);
  });

  it.each(names)('%s: has two roles of its own, without a * among their actions', async (name) => {
    const { task } = await one(name);
    const roles = [task.executionRoleArn, task.taskRoleArn].map((arn) => arn?.split('/').at(-1) ?? '');
    expect(new Set(roles).size).toBe(2);
    for (const role of roles) {
      expect(role).toContain(name);
      for (const action of await readActions(installed.account, role))
        expect(action).toMatch(/^[a-z0-9-]+:[A-Z]\w+$/);
    }
  });

  it('only MLflow may use the artifact bucket', async () => {
    const users: string[] = [];
    for (const { name, task } of await readServices(installed.account)) {
      const actions = await readActions(installed.account, task.taskRoleArn?.split('/').at(-1) ?? '');
      if (actions.some((action) => action.startsWith('s3:'))) users.push(name);
    }
    expect(users).toEqual(['mlflow']);
  });

  it('runs on a cluster with Container Insights', async () => {
    const { clusters = [] } = await installed.account.ecs.send(
      new DescribeClustersCommand({ clusters: [installed.prefix], include: ['SETTINGS'] }),
    );
    expect(clusters[0]?.settings).toEqual([
      { name: 'containerInsights', value: expect.stringMatching(/^enabled|enhanced$/) as string },
    ]);
  });

  it('has a set-up task that alone may read the master password of the database', async () => {
    const task = await readTask(installed.account.ecs, `${installed.prefix}-setup`);
    expect(
      task.containerDefinitions?.map(({ name, essential, dependsOn = [] }) => ({
        name,
        essential,
        dependsOn,
      })),
    ).toEqual([
      { name: 'setup', essential: false, dependsOn: [] },
      {
        name: 'mlflow-schema',
        essential: true,
        dependsOn: [{ containerName: 'setup', condition: 'SUCCESS' }],
      },
    ]);
    const setupPolicies = await readPolicies(installed.account, task.taskRoleArn?.split('/').at(-1) ?? '');
    expect(setupPolicies).toContain('rds!');
    for (const service of await readServices(installed.account)) {
      const roles = [service.task.executionRoleArn, service.task.taskRoleArn];
      for (const role of roles)
        expect(await readPolicies(installed.account, role?.split('/').at(-1) ?? '')).not.toContain('rds!');
    }
  });
}

function fail(name: string): never {
  throw new Error(`The test expects no service ${name}.`);
}

async function runningTasks({ ecs }: Account, serviceName: string): Promise<number> {
  const [cluster] = (await readServices({ ecs } as Account)).map(({ service }) => service.clusterArn);
  const { taskArns: tasks = [] } = await ecs.send(new ListTasksCommand({ cluster, serviceName }));
  const described = await ecs.send(new DescribeTasksCommand({ cluster, tasks }));
  return (described.tasks ?? []).filter(({ lastStatus }) => lastStatus === 'RUNNING').length;
}

async function readScaling({ autoscaling }: Account, name: string) {
  const { ScalableTargets = [] } = await autoscaling.send(
    new DescribeScalableTargetsCommand({ ServiceNamespace: 'ecs' }),
  );
  const { ScalingPolicies = [] } = await autoscaling.send(
    new DescribeScalingPoliciesCommand({ ServiceNamespace: 'ecs' }),
  );
  const isOfService = ({ ResourceId }: { ResourceId?: string }): boolean =>
    ResourceId?.endsWith(`/${name}`) ?? false;
  return { targets: ScalableTargets.filter(isOfService), policies: ScalingPolicies.filter(isOfService) };
}

function targetOf({ TargetTrackingScalingPolicyConfiguration: policy }: ScalingPolicy): [string, number] {
  return [policy?.PredefinedMetricSpecification?.PredefinedMetricType ?? '', policy?.TargetValue ?? 0];
}

/** Every inline policy of a role, as one text. */
async function readPolicies({ iam }: Account, RoleName: string): Promise<string> {
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  const { AttachedPolicies = [] } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
  if (AttachedPolicies.length > 0)
    throw new Error(`${RoleName} has attached policies, expected inline ones only.`);
  const documents = PolicyNames.map(async (PolicyName) => {
    const { PolicyDocument = '' } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
    return decodeURIComponent(PolicyDocument);
  });
  return (await Promise.all(documents)).join('\n');
}

async function readActions(account: Account, roleName: string): Promise<string[]> {
  const policies = (await readPolicies(account, roleName)).split('\n').filter((text) => text !== '');
  return policies.flatMap((text) =>
    (JSON.parse(text) as { Statement: { Action: string | string[] }[] }).Statement.flatMap(
      ({ Action }) => Action,
    ),
  );
}
