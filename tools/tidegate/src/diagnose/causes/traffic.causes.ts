import type { Cause } from './cause';

export const TRAFFIC_CAUSES: readonly Cause[] = [
  {
    id: 'security-group-load-balancer',
    title: 'A security group keeps the load balancer from the service.',
    remedy: [
      'Deploy {env}-services again: it makes the rules on both sides. "tidegate drift {env}" shows what was changed by hand.',
    ],
    signs: [
      {
        sources: ['network'],
        pattern: /does not admit the load balancer|of the load balancer does not let out/,
      },
    ],
  },
  {
    id: 'security-group-database',
    title: 'A security group keeps the service from the database.',
    remedy: [
      'Deploy {env}-services again: it makes the rules on both sides. "tidegate drift {env}" shows what was changed by hand.',
    ],
    signs: [{ sources: ['network'], pattern: /does not let out to the database|does not admit the service/ }],
  },
  {
    id: 'no-way-out',
    title: 'The tasks have no way to AWS: no image, no secret and no log gets through.',
    remedy: [
      'Deploy {env}-foundation again: it makes routes and NAT; {env}-services makes the rule for port 443.',
      'A NAT instance that was stopped or replaced leaves a black hole: start it.',
    ],
    signs: [
      { sources: ['network'], pattern: /lets nothing out to port 443|no route to the internet|blackhole/ },
    ],
  },
  {
    id: 'target-answers-wrong',
    title: 'The service answers the health check of the load balancer, but not with 200.',
    remedy: [
      'It says by that that it is not ready; its answer names the part: GET the path below with ?detailed=true.',
      '"tidegate logs {env} {service}" shows what became unhealthy.',
    ],
    signs: [
      { sources: ['target'], pattern: /Target\.ResponseCodeMismatch|failed with these codes/ },
      { sources: ['stopped task', 'event'], pattern: /ELB health checks.*codes|failed with these codes/i },
    ],
    isSymptom: true,
  },
  {
    id: 'target-times-out',
    title: 'The service does not answer the health check of the load balancer in time.',
    remedy: [
      'Either nothing gets through (security groups, below), or the task is too busy: look at its CPU, and "tidegate scale {env} {service} <count>".',
    ],
    signs: [
      { sources: ['target'], pattern: /Target\.Timeout|Request timed out/i },
      { sources: ['event'], pattern: /unhealthy in .*Request timed out/i },
    ],
    isSymptom: true,
  },
  {
    id: 'target-unreachable',
    title: 'The load balancer gets no connection to the service.',
    remedy: [
      'Nothing listens on the port: the program has not started, or listens on another. "tidegate logs {env} {service}".',
    ],
    signs: [{ sources: ['target'], pattern: /Target\.FailedHealthChecks|Elb\.InternalError/ }],
    isSymptom: true,
  },
  {
    id: 'target-not-in-use',
    title: 'The load balancer does not use the target: its zone or the target group is not enabled.',
    remedy: [
      'Deploy {env}-services again: the load balancer must be in the zones of the tasks, and a rule must name the group.',
    ],
    signs: [{ sources: ['target'], pattern: /Target\.(NotInUse|InvalidState|IpUnusable)|unused/ }],
  },
  {
    id: 'target-unhealthy',
    title: 'The load balancer found the tasks unhealthy, and ECS replaced them.',
    remedy: [
      '"tidegate logs {env} {service} --since 1h" shows why they did not answer.',
      'Do they only start slowly? Raise health.gracePeriodSeconds of the environment.',
    ],
    signs: [
      {
        sources: ['stopped task', 'event'],
        pattern: /failed ELB health checks|is unhealthy in \(target-group/i,
      },
    ],
    isSymptom: true,
  },
  {
    id: 'error-rate-high',
    title: 'More requests are answered with 5xx than may be.',
    remedy: [
      'The log has a line for each, with its code: "tidegate logs {env} {service} --since 15m"; docs/errors.md says of each code what to do.',
      'Did it begin with a deployment? "tidegate rollback {env} {service}".',
      '502 to 504 come from what the service waits for: "tidegate status {env}" shows which one is ill, "tidegate diagnose {env} <service>" asks it.',
    ],
    signs: [{ sources: ['alarm'], pattern: /^\S+-(5xx|errors):/ }],
    isSymptom: true,
  },
];
