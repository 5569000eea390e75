import { registryProblems } from '../checks/images.check';
import { each, unless, type Finding, type Rule } from './rule';
import { listOf, valueAt, type Resource, type Synthesized, type Values } from './synthesized';

/** Names that a secret has; `…_FILE`, `…_URL` and the like are not meant. */
const SECRET_NAME = /(PASSWORD|SECRET|TOKEN|PEPPER|PRIVATE|CREDENTIALS?|_KEYS?)$/;
const DIGEST = /@sha256:[0-9a-f]{64}$/;

/** What runs on the cluster. */
export const taskRules: readonly Rule[] = [
  {
    id: 'ECS-SECRETS',
    title: 'No secret stands among the plain settings of a container',
    why: 'Everybody who may describe a task can read them, and they are in the state.',
    controls: ['FSBP ECS.8', 'A6'],
    remedy: 'Move it to secrets, by reference.',
    check: eachContainer((container) => {
      const names = listOf(container['environment'])
        .filter(
          ({ name, value }) =>
            SECRET_NAME.test(String(name)) || /:\/\/[^/@\s]*:[^/@\s]+@/.test(String(value)),
        )
        .map(({ name }) => String(name));
      return unless(names.length === 0, `plain: ${names.join(', ')}`);
    }),
  },
  {
    id: 'ECS-SECRET-REFERENCES',
    title: 'Every secret of a container is a field of a secret in Secrets Manager',
    why: 'Without the field the container gets the whole JSON object; a parameter has no rotation.',
    controls: ['A6'],
    remedy: 'Write valueFrom as <arn of the secret>:<field>::.',
    check: eachContainer((container) => {
      const wrong = listOf(container['secrets']).filter(
        ({ valueFrom }) => !/aws_secretsmanager_secret.*:[a-z_]+::$/.test(String(valueFrom)),
      );
      return unless(wrong.length === 0, `not a field: ${wrong.map(({ name }) => String(name)).join(', ')}`);
    }),
  },
  {
    id: 'ECS-READ-ONLY',
    title: 'No container can write to its own file system',
    why: 'What broke in could leave something behind.',
    controls: ['FSBP ECS.5', 'CKV_AWS_336'],
    remedy: 'Set readonlyRootFilesystem; mount a volume on /tmp.',
    check: eachContainer(({ readonlyRootFilesystem }) =>
      unless(readonlyRootFilesystem === true, 'can write'),
    ),
  },
  {
    id: 'ECS-NON-ROOT',
    title: 'No container runs as root',
    why: 'A hole in the runtime would hand over the machine.',
    controls: ['FSBP ECS.20'],
    remedy: 'Set user to a number other than 0.',
    check: eachContainer(({ user }) =>
      unless(/^[1-9]\d*(:\d+)?$/.test(String(user)), `user ${String(user)}`),
    ),
  },
  {
    id: 'ECS-PRIVILEGES',
    title: 'No container has privileges or capabilities',
    why: 'None of our programs needs one.',
    controls: ['FSBP ECS.4', 'CKV_AWS_334'],
    remedy: 'Set privileged to false and drop ALL capabilities.',
    check: eachContainer((container) => {
      const dropped = valueAt(container, 'linuxParameters.capabilities.drop');
      const isBare = container['privileged'] !== true && JSON.stringify(dropped) === '["ALL"]';
      return unless(isBare, 'privileged, or with capabilities');
    }),
  },
  {
    id: 'ECS-LOGS',
    title: 'Every container writes its log to CloudWatch',
    why: 'What it said before it died would be gone.',
    controls: ['FSBP ECS.9'],
    remedy: 'Set logConfiguration to awslogs.',
    check: eachContainer((container) =>
      unless(valueAt(container, 'logConfiguration.logDriver') === 'awslogs', 'no log'),
    ),
  },
  {
    id: 'ECS-IMAGE',
    title: 'Every image comes from ECR, by a variable or by digest',
    why: 'Other registries limit pulls, and a tag can mean something else tomorrow.',
    controls: ['A14'],
    remedy: 'Take it from the variable images.',
    check: eachContainer(({ image, name }) => {
      const text = String(image);
      if (text.includes('${')) return undefined;
      const isRight = DIGEST.test(text) && registryProblems(String(name), text).length === 0;
      return unless(isRight, `image ${text}`);
    }),
  },
  {
    id: 'ECS-ROLES',
    title: 'Every task has an execution role and a task role of its own',
    why: 'A service could read the secrets of another one.',
    controls: ['A8', 'CKV_AWS_249'],
    remedy: 'Make two roles for each task definition.',
    check: (system) => sharedRoles(system),
  },
  {
    id: 'ECS-EXEC',
    title: 'Nobody can open a shell in a container',
    why: 'It would show every secret of the service.',
    controls: [],
    remedy: 'Leave enable_execute_command off.',
    check: each('aws_ecs_service', ({ values }) =>
      unless(values['enable_execute_command'] !== true, 'a shell can be opened'),
    ),
  },
  {
    id: 'ECS-PUBLIC-IP',
    title: 'No task has a public address',
    why: 'Only its security group would stand between it and the internet.',
    controls: ['FSBP ECS.2', 'CKV_AWS_333'],
    remedy: 'Set network.nat in the environment to something else than none.',
    check: each('aws_ecs_service', ({ values }) =>
      unless(valueAt(values, 'network_configuration.assign_public_ip') !== true, 'a public address'),
    ),
  },
  {
    id: 'ECS-ROLL-BACK',
    title: 'A deployment that fails is rolled back, and never leaves fewer tasks than wanted',
    why: 'A bad image would take the service down.',
    controls: ['A14'],
    remedy: 'Set deployment_circuit_breaker with rollback, and deployment_minimum_healthy_percent 100.',
    check: each('aws_ecs_service', ({ values }) => {
      const breaker = listOf(values['deployment_circuit_breaker'])[0];
      const isSafe = breaker?.['enable'] === true && breaker['rollback'] === true;
      return unless(isSafe && values['deployment_minimum_healthy_percent'] === 100, 'not rolled back');
    }),
  },
  {
    id: 'ECS-INSIGHTS',
    title: 'The cluster counts its tasks',
    why: 'The alarm "running < desired" would have nothing to look at.',
    controls: ['FSBP ECS.12', 'CKV_AWS_65'],
    remedy: 'Set containerInsights.',
    check: each('aws_ecs_cluster', ({ values }) => {
      const settings = JSON.stringify(values['setting'] ?? '');
      return unless(/containerInsights.*"(enabled|enhanced)"/.test(settings), 'no Container Insights');
    }),
  },
];

function containersOf({ values }: Resource): Values[] {
  return JSON.parse(String(values['container_definitions'])) as Values[];
}

function eachContainer(ask: (container: Values) => string | undefined): Rule['check'] {
  return (system) =>
    system.of('aws_ecs_task_definition').flatMap((task) =>
      containersOf(task).flatMap((container) => {
        const detail = ask(container);
        return detail === undefined
          ? []
          : [{ address: task.address, detail: `container ${String(container['name'])}: ${detail}` }];
      }),
    );
}

function sharedRoles(system: Synthesized): Finding[] {
  const seen = new Set<string>();
  return system.of('aws_ecs_task_definition').flatMap(({ address, values }) => {
    const roles = [values['execution_role_arn'], values['task_role_arn']].map(String);
    const isOwn = new Set(roles).size === 2 && roles.every((role) => role !== 'undefined' && !seen.has(role));
    roles.forEach((role) => seen.add(role));
    return isOwn ? [] : [{ address, detail: 'a role is missing or shared' }];
  });
}
