import { each, unless, type Finding, type Rule } from './rule';
import { listOf, refersTo, valueAt, type Resource, type Synthesized } from './synthesized';

/** The load balancer, its rules and its firewall. */
export const edgeRules: readonly Rule[] = [
  {
    id: 'ALB-HEADERS',
    title: 'The load balancer drops headers that are no headers',
    why: 'They are how requests are smuggled past a proxy.',
    controls: ['FSBP ELB.4', 'CKV_AWS_131'],
    remedy: 'Set drop_invalid_header_fields.',
    check: each('aws_lb', ({ values }) =>
      unless(values['drop_invalid_header_fields'] === true, 'hands them on'),
    ),
  },
  {
    id: 'ALB-LOGS',
    title: 'The load balancer logs every request',
    why: 'After an incident nobody could say who asked for what.',
    controls: ['FSBP ELB.5', 'CKV_AWS_91'],
    remedy: 'Set access_logs.',
    check: each('aws_lb', ({ values }) =>
      unless(valueAt(values, 'access_logs.enabled') === true, 'no access log'),
    ),
  },
  {
    id: 'ALB-PROTECTED',
    title: 'A load balancer that is not disposable refuses to be deleted',
    why: 'Its name would be gone, and another one takes minutes.',
    controls: ['FSBP ELB.6', 'CKV_AWS_150'],
    remedy: 'Set enable_deletion_protection.',
    check: each('aws_lb', ({ values }, { isDisposable }) =>
      unless(isDisposable || values['enable_deletion_protection'] === true, 'can be deleted'),
    ),
  },
  {
    id: 'ALB-TLS',
    title: 'HTTPS speaks TLS 1.2 or newer',
    why: 'Older versions can be broken.',
    controls: ['FSBP ELB.17', 'CKV_AWS_103'],
    remedy: 'Set ssl_policy to one of ELBSecurityPolicy-TLS13-1-2.',
    check: each('aws_lb_listener', ({ values }) =>
      unless(
        values['protocol'] !== 'HTTPS' ||
          String(values['ssl_policy']).startsWith('ELBSecurityPolicy-TLS13-1-2'),
        `policy ${String(values['ssl_policy'])}`,
      ),
    ),
  },
  {
    id: 'ALB-HTTPS',
    title: 'Where nothing is disposable, HTTP only redirects to HTTPS',
    why: 'API keys would cross the internet in plain text.',
    controls: ['FSBP ELB.1', 'CKV_AWS_2', 'CKV2_AWS_20'],
    remedy: 'Set edge.domain in the environment.',
    check: each('aws_lb_listener', ({ values }, { isDisposable }) =>
      unless(
        isDisposable ||
          values['protocol'] === 'HTTPS' ||
          valueAt(values, 'default_action.redirect.protocol') === 'HTTPS',
        'serves plain HTTP',
      ),
    ),
  },
  {
    id: 'ALB-DEFAULT',
    title: 'What no rule names is not forwarded',
    why: 'A route that was meant for the inside would be public.',
    controls: ['S9'],
    remedy: 'Let the default action answer 404 or redirect.',
    check: each('aws_lb_listener', ({ values }) =>
      unless(!actionsOf(values['default_action']).includes('forward'), 'forwards by default'),
    ),
  },
  {
    id: 'ALB-SIGN-IN',
    title: 'Signing in is asked of people, and never on /api/*',
    why: 'A program gets a redirect to a login page instead of an answer; with it as the only check, keys would mean nothing.',
    controls: ['A9'],
    remedy: 'Authenticate on the host of MLflow’s pages only.',
    check: each('aws_lb_listener_rule', ({ values }) => {
      const paths = listOf(values['condition']).flatMap((condition) =>
        listOf(condition['path_pattern']).flatMap(({ values: patterns }) => patterns as string[]),
      );
      const hasHost = listOf(values['condition']).some((condition) => condition['host_header'] !== undefined);
      const isForPrograms = paths.some((path) => path.startsWith('/api')) || !hasHost;
      return unless(!isSignIn(values['action']) || !isForPrograms, 'asks programs to sign in');
    }),
  },
  {
    id: 'MLFLOW-SIGN-IN',
    title: 'The load balancer forwards to MLflow only for people who signed in',
    why: "MLflow's own login would face the internet.",
    controls: ['A9'],
    remedy: 'Put an authenticate action before the forward action.',
    check: (system) => openForwards(system),
  },
  {
    id: 'WAF',
    title: 'Where nothing is disposable, a firewall stands before the load balancer',
    why: 'Known attacks and floods would reach the apps.',
    controls: ['FSBP ELB.16', 'CKV2_AWS_28'],
    remedy: 'Set edge.waf in the environment.',
    check: each('aws_lb', (balancer, system) =>
      unless(
        system.isDisposable ||
          system.belongingTo(balancer, 'aws_wafv2_web_acl_association', 'resource_arn').length > 0,
        'no firewall',
      ),
    ),
  },
  {
    id: 'WAF-RULES',
    title: 'The firewall blocks known bad inputs and counts requests per address',
    why: 'Log4Shell and its like; and one client that takes everything.',
    controls: ['CKV_AWS_192', 'CKV2_AWS_76'],
    remedy: 'Add AWSManagedRulesKnownBadInputsRuleSet without a count override, and a rate rule.',
    check: each('aws_wafv2_web_acl', ({ values }) => {
      const rules = listOf(values['rule']);
      const knownBad = rules.find((rule) =>
        JSON.stringify(rule).includes('AWSManagedRulesKnownBadInputsRuleSet'),
      );
      const blocks = knownBad !== undefined && !JSON.stringify(knownBad['override_action']).includes('count');
      const limits = rules.some((rule) => JSON.stringify(rule).includes('rate_based_statement'));
      return unless(blocks && limits, blocks ? 'no rate rule' : 'known bad inputs pass');
    }),
  },
];

function actionsOf(actions: unknown): string[] {
  return listOf(actions).map(({ type }) => String(type));
}

function isSignIn(actions: unknown): boolean {
  return actionsOf(actions).some((type) => type.startsWith('authenticate-'));
}

function openForwards(system: Synthesized): Finding[] {
  const targets = system
    .of('aws_lb_target_group')
    .filter(({ values }) => String(values['name']).endsWith('-mlflow'));
  const forwardsToMlflow = ({ values }: Resource): boolean =>
    targets.some((target) => refersTo(values['action'], target));
  return system
    .of('aws_lb_listener_rule')
    .filter((rule) => forwardsToMlflow(rule) && !isSignIn(rule.values['action']))
    .map(({ address }) => ({ address, detail: 'reaches MLflow without signing in' }));
}
