/** Alarms by name, each as one line: `statistic metric > threshold, periods x seconds`. */
export type AlarmTable = Readonly<Record<string, string>>;

/** Of every service: too few tasks, too busy, out of memory. */
export function serviceAlarms(...services: string[]): AlarmTable {
  return table(services, (name) => ({
    [`${name}-tasks-missing`]: 'desired - FILL(running, 0) > 0, 5 x 60 s',
    [`${name}-cpu`]: 'Average CPUUtilization > 85, 15 x 60 s',
    [`${name}-memory`]: 'Average MemoryUtilization > 85, 5 x 60 s',
  }));
}

/** H8, of services behind the load balancer, with their least number of tasks. */
export function targetAlarms(services: Readonly<Record<string, number>>): AlarmTable {
  const own = table(Object.keys(services), (name) => ({
    [`${name}-unhealthy-hosts`]: 'Average UnHealthyHostCount >= 1, 2 x 300 s',
    [`${name}-healthy-hosts`]: `Minimum HealthyHostCount < ${services[name]}, 5 x 60 s`,
    [`${name}-response-time`]: 'p95 TargetResponseTime > 1, 3 x 300 s',
    [`${name}-5xx`]: 'IF(requests > 0, 100 * FILL(errors, 0) / requests, 0) > 5, 3 x 60 s',
  }));
  return {
    ...own,
    'load-balancer-5xx': '100 * FILL(errors, 0) / (FILL(requests, 0) + FILL(errors, 0)) > 5, 3 x 60 s',
  };
}

/** @param connections 80 % of what the instance class has */
export function databaseAlarms({ connections }: { connections: number }): AlarmTable {
  return {
    'database-connections': `Maximum DatabaseConnections > ${connections}, 3 x 300 s`,
    'database-cpu': 'Average CPUUtilization > 80, 3 x 300 s',
    'database-memory': `Average FreeableMemory < ${100 * 2 ** 20}, 3 x 300 s`,
    'database-storage': `Minimum FreeStorageSpace < ${4 * 2 ** 30}, 3 x 300 s`,
  };
}

/** S5 and the prediction log: what the apps themselves report. */
export const applicationAlarms: AlarmTable = {
  'api-dns-fallback': 'Maximum DnsFallbackActive >= 1, 3 x 60 s',
  'api-errors': 'Sum Http5xx > 10, 1 x 300 s',
  'inference-errors': 'Sum Http5xx > 10, 1 x 300 s',
  'inference-events-waiting': 'Maximum LogEventsWaiting > 100, 5 x 60 s',
  'inference-log-gap': 'Sum LogEventsLost >= 1, 1 x 300 s',
  'logging-errors': 'Sum Http5xx > 10, 1 x 300 s',
  'logging-rows-astray': 'Maximum DefaultPartitionRows >= 1, 10 x 60 s',
};

export function redisAlarms(...nodes: string[]): AlarmTable {
  return table(nodes, (node) => ({
    [`redis-cpu-${node}`]: 'Average EngineCPUUtilization > 85, 3 x 300 s',
    [`redis-memory-${node}`]: 'Average DatabaseMemoryUsagePercentage > 85, 3 x 300 s',
  }));
}

function table(names: readonly string[], rows: (name: string) => AlarmTable): AlarmTable {
  return Object.assign({}, ...names.map(rows)) as AlarmTable;
}
