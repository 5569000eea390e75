import { TerraformStack, Testing } from 'cdktf';
import { addStacks } from '../app';
import { loadEnvironment, type Environment } from '../environments';
import { economyChanges } from './economy';
import { estimate } from './estimate';
import { HOURS_PER_MONTH } from './prices';

type Resource = Readonly<Record<string, unknown>>;

/** The parts of Terraform's JSON that matter here. */
interface StackJson {
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Resource>>>>;
  readonly variable?: Readonly<Record<string, { readonly default?: unknown }>>;
}

/** Types that AWS does not bill, or whose use stays below what is free, or costs cents (docs/costs.md). */
const FREE = new Set(
  `acm_certificate acm_certificate_validation appautoscaling_target backup_selection backup_vault budgets_budget
  cloudformation_stack cloudwatch_event_rule cloudwatch_event_target cognito_user_pool cognito_user_pool_domain
  db_parameter_group db_subnet_group default_security_group ecr_lifecycle_policy ecs_cluster ecs_cluster_capacity_providers
  ecs_task_definition elasticache_parameter_group elasticache_subnet_group iam_role iam_role_policy
  iam_role_policy_attachment internet_gateway kms_alias launch_template lb_listener lb_listener_rule lb_target_group
  network_interface route route53_record route_table route_table_association s3_bucket_lifecycle_configuration
  s3_bucket_logging s3_bucket_ownership_controls s3_bucket_policy s3_bucket_public_access_block
  s3_bucket_server_side_encryption_configuration s3_bucket_versioning security_group service_discovery_service sns_topic
  sns_topic_policy sns_topic_subscription subnet vpc vpc_security_group_egress_rule vpc_security_group_ingress_rule
  wafv2_web_acl_association wafv2_web_acl_logging_configuration`
    .split(/\s+/)
    .map((name) => `aws_${name}`),
);

/** What is deployed by default, and what is billed for it. */
class Installation {
  private readonly stacks: readonly StackJson[];
  private readonly lines;

  constructor(environment: Environment) {
    const app = Testing.app();
    addStacks(app, environment);
    this.stacks = app.node.children
      .filter((child) => TerraformStack.isStack(child))
      .map((stack) => JSON.parse(Testing.synth(stack)) as StackJson);
    this.lines = estimate(environment).lines;
  }

  /** Types of what is billed: an endpoint for S3 is free, one with an interface is not. */
  get types(): Set<string> {
    const types = new Set(this.stacks.flatMap(({ resource }) => Object.keys(resource ?? {})));
    if (this.interfaceEndpoints.length === 0) types.delete('aws_vpc_endpoint');
    return types;
  }

  get paidTypes(): Set<string> {
    return new Set(this.lines.flatMap(({ pays }) => pays));
  }

  all(type: string): Resource[] {
    return this.stacks.flatMap(({ resource }) => Object.values(resource?.[type] ?? {}));
  }

  get interfaceEndpoints(): Resource[] {
    return this.all('aws_vpc_endpoint').filter(({ vpc_endpoint_type: kind }) => kind === 'Interface');
  }

  /** What Terraform takes for a value such as `${var.desired_count}` when nobody gives another. */
  valueOf(expression: unknown): number {
    const name = /^\$\{var\.(\w+)\}$/.exec(String(expression))?.[1];
    if (name === undefined) return Number(expression);
    const [variable] = this.stacks.flatMap(({ variable }) => variable?.[name] ?? []);
    return Number(variable?.default);
  }

  /** Sum of the quantities of the lines of this name. */
  billed(what: RegExp): number {
    return this.lines
      .filter((line) => what.test(line.what))
      .reduce((total, { quantity }) => total + quantity, 0);
  }

  /** The same of lines by the hour, as how many there are all month. */
  billedAllMonth(what: RegExp): number {
    return this.billed(what) / HOURS_PER_MONTH;
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function lengthOf(list: unknown): number {
  return (list as unknown[]).length;
}

/** An alarm is billed by the metrics it looks at. */
function watchedMetrics({ metric_query: queries }: Resource): number {
  return queries === undefined
    ? 1
    : (queries as { metric?: object }[]).filter(({ metric }) => metric !== undefined).length;
}

describe.each([
  ['dev', 'dev', {}],
  ['dev with economy', 'dev', economyChanges as object],
  [
    'dev without NAT, with interface endpoints',
    'dev',
    { network: { nat: 'none', hasInterfaceEndpoints: true } },
  ],
  ['staging', 'staging', {}],
  ['production', 'production', {}],
])('the estimate of %s', (_, environmentName, changes) => {
  const account = { accountId: '123456789012', stateBucket: 'tidegate-state' };
  const made = new Installation(loadEnvironment(environmentName, { ...account, ...changes }));

  it('has a line for every resource that costs something', () => {
    expect([...made.types].filter((type) => !FREE.has(type) && !made.paidTypes.has(type))).toEqual([]);
  });

  it('has no line for a resource that is not made', () => {
    expect([...made.paidTypes].filter((type) => !made.types.has(type))).toEqual([]);
  });

  it('counts the metrics of all alarms', () => {
    expect(made.billed(/^metrics that alarms watch$/)).toBe(
      sum(made.all('aws_cloudwatch_metric_alarm').map(watchedMetrics)),
    );
    expect(made.billed(/^alarms of the autoscaling$/)).toBe(2 * made.all('aws_appautoscaling_policy').length);
    expect(made.billed(/^dashboard$/)).toBe(made.all('aws_cloudwatch_dashboard').length);
  });

  it('counts keys, and secrets with the one that RDS makes', () => {
    const managed = made.all('aws_db_instance').filter((database) => database['manage_master_user_password']);
    expect(made.billed(/^encryption keys$/)).toBe(made.all('aws_kms_key').length);
    expect(made.billed(/^secrets$/)).toBe(made.all('aws_secretsmanager_secret').length + managed.length);
  });

  it('counts ways out, endpoints and public addresses', () => {
    const publicTasks = made
      .all('aws_ecs_service')
      .filter((service) => (service['network_configuration'] as Resource)['assign_public_ip'] === true)
      .map((service) => made.valueOf(service['desired_count']));
    expect(made.billedAllMonth(/^NAT gateway$/)).toBe(made.all('aws_nat_gateway').length);
    expect(made.billedAllMonth(/^NAT instance/)).toBe(made.all('aws_instance').length);
    expect(made.billedAllMonth(/interface endpoints in/)).toBe(
      sum(made.interfaceEndpoints.map(({ subnet_ids: subnets }) => lengthOf(subnets))),
    );
    expect(made.billedAllMonth(/public address/)).toBe(
      made.all('aws_eip').length +
        sum(made.all('aws_lb').map(({ subnets }) => lengthOf(subnets))) +
        sum(publicTasks),
    );
  });

  it('counts load balancers, private zones and rules of the firewall', () => {
    expect(made.billedAllMonth(/^load balancer$/)).toBe(made.all('aws_lb').length);
    expect(made.billed(/^private DNS zone$/)).toBe(
      made.all('aws_service_discovery_private_dns_namespace').length,
    );
    expect(made.billed(/^its rules$/)).toBe(
      sum(made.all('aws_wafv2_web_acl').map(({ rule }) => lengthOf(rule))),
    );
  });

  it('counts processors and memory of the tasks', () => {
    const tasks = made.all('aws_ecs_service').map((service) => {
      const family = `-${String(service['name'])}`;
      const task = made
        .all('aws_ecs_task_definition')
        .find((definition) => String(definition['family']).endsWith(family));
      const count = made.valueOf(service['desired_count']);
      return { cpu: count * Number(task?.['cpu']), memoryMib: count * Number(task?.['memory']) };
    });
    expect(made.billedAllMonth(/, vCPU$/)).toBeCloseTo(sum(tasks.map(({ cpu }) => cpu)) / 1024, 6);
    expect(made.billedAllMonth(/, memory$/)).toBeCloseTo(
      sum(tasks.map(({ memoryMib }) => memoryMib)) / 1024,
      6,
    );
  });

  it('counts the zones and the disk of the database, and the nodes of Redis', () => {
    const zones = made.all('aws_db_instance').map((database) => (database['multi_az'] === true ? 2 : 1));
    const [database] = made.all('aws_db_instance');
    expect(made.billedAllMonth(/^PostgreSQL/)).toBe(sum(zones));
    expect(made.billed(/^its storage, gp3$/)).toBe(sum(zones) * Number(database?.['allocated_storage']));
    expect(made.billedAllMonth(/^Redis/)).toBe(
      sum(made.all('aws_elasticache_replication_group').map((group) => Number(group['num_cache_clusters']))),
    );
  });

  it('counts what Container Insights measures, where it is on', () => {
    const [cluster] = made.all('aws_ecs_cluster');
    const isOn = JSON.stringify(cluster?.['setting']).includes('"enabled"');
    const services = made.all('aws_ecs_service').length;
    expect(made.billed(/^Container Insights$/)).toBe(isOn ? 12 + 25 * services : 0);
  });
});
