import { SynthesizedEnvironment } from '../../test/synthesized-environment';
import { ENVIRONMENT_NAMES, loadEnvironment } from '../environments';
import { EXCEPTIONS, judge, RULES, runRules, Synthesized, type RuleFinding } from '.';

const IDS = RULES.map(({ id }) => id);

function systemOf(name: string): Synthesized {
  const environment = new SynthesizedEnvironment(name);
  try {
    return new Synthesized(environment.stacks, loadEnvironment(name).isDisposable);
  } finally {
    environment.remove();
  }
}

const systems = Object.fromEntries(ENVIRONMENT_NAMES.map((name) => [name, systemOf(name)]));
const findings: Record<string, RuleFinding[]> = Object.fromEntries(
  Object.entries(systems).map(([name, system]) => [name, runRules(RULES, system)]),
);

it.each(ENVIRONMENT_NAMES)('%s keeps every rule, or says why not', (name) => {
  expect(judge(findings[name] ?? [], EXCEPTIONS, () => true).unexplained).toEqual([]);
});

it('has no exception of our rules that explains nothing', () => {
  const all = Object.values(findings).flat();
  expect(judge(all, EXCEPTIONS, (id) => IDS.includes(id)).unused).toEqual([]);
});

/** A mistake put into the real system: names and references that the rules go by are really there. */
it.each<[string, string, string, (values: Record<string, unknown>) => object]>([
  [
    'MLFLOW-CALLERS',
    'aws_vpc_security_group_ingress_rule',
    'firewalls_api-to-mlflow-in',
    (values) => ({ ...values, referenced_security_group_id: '${aws_security_group.stranger.id}' }),
  ],
  [
    'STORE-CALLERS',
    'aws_vpc_security_group_ingress_rule',
    'firewalls_api-to-redis-in',
    ({ security_group_id }) => ({ security_group_id, cidr_ipv4: '10.0.0.0/16' }),
  ],
  [
    'MLFLOW-SIGN-IN',
    'aws_lb_listener_rule',
    'mlflow-ui_rule',
    (values) => ({ ...values, action: (values['action'] as unknown[]).slice(1) }),
  ],
  ['SG-INGRESS', 'aws_lb', 'edge_load-balancer', (values) => ({ ...values, security_groups: [] })],
  [
    'S3-TLS',
    'aws_s3_bucket_policy',
    'artifacts_policy',
    (values) => ({ ...values, policy: '{"Statement":[]}' }),
  ],
])('finds in production what breaks %s', (rule, type, name, change) => {
  const broken = systems['production']?.resources.map((resource) =>
    resource.address.startsWith(`${type}.${name}_`)
      ? { ...resource, values: change({ ...resource.values }) }
      : resource,
  );
  const stack: Record<string, Record<string, object>> = {};
  for (const { type: kind, address, values } of broken ?? [])
    (stack[kind] ??= {})[address.slice(kind.length + 1)] = values;
  const found = runRules(RULES, new Synthesized({ all: { resource: stack } as never }, false));
  expect(found.map(({ ruleId }) => ruleId)).toContain(rule);
});
