import { START, type Cause } from './cause';

export const CAPACITY_CAUSES: readonly Cause[] = [
  {
    id: 'quota-reached',
    title: 'The account may not run more Fargate tasks at once.',
    remedy: [
      'Ask for more in Service Quotas: AWS Fargate, "On-Demand vCPU resource count" (or Spot), in {region}.',
      'Until then run fewer: "tidegate scale {env} <service> <count>". A deployment needs room for twice the tasks.',
    ],
    signs: [
      { sources: START, pattern: /reached the limit on the number of (vCPUs|tasks)|vCPU limit|quota/i },
    ],
  },
  {
    id: 'no-free-address',
    title: 'The subnets have no free address for a task.',
    remedy: ['Wait for tasks to end, or give the environment a larger address range (network in infra/aws).'],
    signs: [
      {
        sources: START,
        pattern:
          /not have enough (free|available) (IP )?addresses|insufficient.*(free|IP) address|RESOURCE:ENI|no free addresses|InsufficientFreeAddresses/i,
      },
    ],
  },
  {
    id: 'no-capacity',
    title: 'AWS has no capacity for the task at the moment.',
    remedy: [
      'ECS tries again by itself. On Spot this is usual: set tasks.capacity of the environment to FARGATE, then deploy {env}-services.',
      'More zones (network.zones) make it rarer.',
    ],
    signs: [{ sources: START, pattern: /Capacity is unavailable|insufficient capacity/i }],
  },
  {
    id: 'spot-interrupted',
    title: 'AWS took a Spot task back.',
    remedy: ['Nothing is broken: ECS starts another. Where that hurts, do not use Spot in this environment.'],
    signs: [{ sources: ['stopped task'], pattern: /SpotInterruption|Spot Task was interrupted/i }],
  },
  {
    id: 'network-interface-timeout',
    title: 'AWS did not give the task its network interface in time.',
    remedy: ['Usually it passes: ECS tries again. If not, look at the AWS Health dashboard for {region}.'],
    signs: [{ sources: START, pattern: /waiting for network interface provisioning/i }],
  },
  {
    id: 'role-not-assumed',
    title: 'ECS may not use a role of the task.',
    remedy: ['Deploy {env}-services again: it makes the roles and who may use them.'],
    signs: [
      {
        sources: START,
        pattern:
          /unable to assume (the )?(service-linked |task |execution )?role|proper trust policy|sts:AssumeRole/i,
      },
    ],
  },
];
