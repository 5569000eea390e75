import { each, unless, type Finding, type Rule } from './rule';
import { refersTo, type Resource, type Synthesized, type Values } from './synthesized';

const EVERYBODY = ['0.0.0.0/0', '::/0'];
const WEB_PORTS = [80, 443];

/** Who can reach whom. */
export const networkRules: readonly Rule[] = [
  {
    id: 'SG-INGRESS',
    title: 'The internet reaches nothing but the web ports of the load balancer',
    why: 'Everything else is found by scanners within minutes.',
    controls: ['FSBP EC2.18', 'FSBP EC2.19', 'CKV_AWS_24', 'CKV_AWS_260', 'CKV_AWS_277'],
    remedy: 'Reference a security group instead of 0.0.0.0/0.',
    check: each('aws_vpc_security_group_ingress_rule', ({ values }, system) => {
      const isWeb =
        WEB_PORTS.includes(Number(values['from_port'])) && values['from_port'] === values['to_port'];
      const isAllowed = isWeb && loadBalancerGroups(system).some((group) => refersTo(values, group));
      return unless(
        !isForEverybody(values) || isAllowed,
        `open to everybody from port ${String(values['from_port'])}`,
      );
    }),
  },
  {
    id: 'SG-EGRESS',
    title: 'Nothing may talk to everything',
    why: 'Code that was broken into could carry data out by any protocol.',
    controls: ['CKV_AWS_382'],
    remedy: 'Name protocol, port and destination.',
    check: each('aws_vpc_security_group_egress_rule', ({ values }) =>
      unless(values['ip_protocol'] !== '-1', 'every protocol and port'),
    ),
  },
  {
    id: 'SG-INLINE',
    title: 'Security groups have their rules as resources of their own',
    why: 'Rules inside a group are not seen by the two rules above, and fight with those outside.',
    controls: [],
    remedy: 'Use aws_vpc_security_group_ingress_rule and …_egress_rule.',
    check: (system) => [
      ...system
        .of('aws_security_group')
        .filter(({ values }) => values['ingress'] !== undefined || values['egress'] !== undefined)
        .map(({ address }) => ({ address, detail: 'has rules inside' })),
      ...system
        .of('aws_security_group_rule')
        .map(({ address }) => ({ address, detail: 'an old kind of rule' })),
    ],
  },
  {
    id: 'MLFLOW-CALLERS',
    title: 'MLflow is reached by the api, and by the load balancer where people sign in there',
    why: 'Behind the gateway its routes are not filtered: who reaches it directly can try its passwords.',
    controls: ['A9'],
    remedy: 'List only the api in calledBy of src/services/mlflow.ts.',
    check: (system) =>
      callersBeyond(system, 'mlflow', hasSignIn(system) ? ['api', 'load-balancer'] : ['api']),
  },
  {
    id: 'STORE-CALLERS',
    title: 'Database and Redis are reached from security groups, not from addresses',
    why: 'Whatever is started in the network could connect.',
    controls: ['A2'],
    remedy: 'Set referenced_security_group_id.',
    check: (system) =>
      ['database', 'redis'].flatMap((name) =>
        ingressOf(system, name)
          .filter(({ values }) => values['referenced_security_group_id'] === undefined)
          .map(({ address }) => ({ address, detail: `opens ${name} to addresses` })),
      ),
  },
  {
    id: 'VPC-DEFAULT',
    title: 'The default security group of the network admits nothing',
    why: 'What forgets to name its group would be open to its neighbours.',
    controls: ['FSBP EC2.2', 'CKV2_AWS_12'],
    remedy: 'Add an aws_default_security_group without rules.',
    check: each('aws_vpc', (vpc, system) => {
      const [group] = system.belongingTo(vpc, 'aws_default_security_group', 'vpc_id');
      const isClosed =
        group !== undefined && ['ingress', 'egress'].every((side) => isEmpty(group.values[side]));
      return unless(isClosed, 'its default group has rules');
    }),
  },
  {
    id: 'VPC-FLOW-LOG',
    title: 'Refused connections of the network are logged',
    why: 'Neither an attack nor a wrong security group would show.',
    controls: ['FSBP EC2.6', 'CKV2_AWS_11'],
    remedy: 'Set network.hasFlowLog in the environment.',
    check: each('aws_vpc', (vpc, system) =>
      unless(system.belongingTo(vpc, 'aws_flow_log', 'vpc_id').length > 0, 'no flow log'),
    ),
  },
  {
    id: 'SUBNET-PUBLIC-IP',
    title: 'Nothing gets a public address by being in a subnet',
    why: 'It is decided per resource, where it can be seen.',
    controls: ['FSBP EC2.15', 'CKV_AWS_130'],
    remedy: 'Set map_public_ip_on_launch to false.',
    check: each('aws_subnet', ({ values }) =>
      unless(values['map_public_ip_on_launch'] !== true, 'gives public addresses away'),
    ),
  },
  {
    id: 'ENDPOINT-POLICY',
    title: 'Every endpoint says what may pass it',
    why: 'Credentials of another account could carry data out through it.',
    controls: [],
    remedy: 'Set policy.',
    check: each('aws_vpc_endpoint', ({ values }) =>
      unless(values['policy'] !== undefined, 'lets everything pass'),
    ),
  },
];

function isForEverybody({ cidr_ipv4, cidr_ipv6 }: Values): boolean {
  return [cidr_ipv4, cidr_ipv6].some((cidr) => EVERYBODY.includes(String(cidr)));
}

function isEmpty(rules: unknown): boolean {
  return rules === undefined || (Array.isArray(rules) && rules.length === 0);
}

function loadBalancerGroups(system: Synthesized): Resource[] {
  const balancers = system.of('aws_lb');
  return system
    .of('aws_security_group')
    .filter((group) => balancers.some(({ values }) => refersTo(values, group)));
}

function hasSignIn(system: Synthesized): boolean {
  return system
    .of('aws_lb_listener_rule')
    .some(({ values }) => JSON.stringify(values).includes('authenticate-'));
}

/** The groups called `<prefix>-<name>`. */
function groupsNamed(system: Synthesized, name: string): Resource[] {
  return system.of('aws_security_group').filter(({ values }) => String(values['name']).endsWith(`-${name}`));
}

function ingressOf(system: Synthesized, name: string): Resource[] {
  const groups = groupsNamed(system, name);
  return system
    .of('aws_vpc_security_group_ingress_rule')
    .filter(({ values }) => groups.some((group) => refersTo(values['security_group_id'], group)));
}

function callersBeyond(system: Synthesized, name: string, allowed: readonly string[]): Finding[] {
  const callers = allowed.flatMap((caller) => groupsNamed(system, caller));
  return ingressOf(system, name)
    .filter(({ values }) => !callers.some((group) => refersTo(values['referenced_security_group_id'], group)))
    .map(({ address }) => ({
      address,
      detail: `opens ${name} to somebody else than ${allowed.join(' and ')}`,
    }));
}
