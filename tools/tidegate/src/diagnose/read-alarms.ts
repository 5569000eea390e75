import { paginateDescribeAlarms, type CloudWatchClient, type MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { ServiceObservation } from '../services/service-observation';

/** As many as one answer holds. */
const PAGE = 100;
/** `infra/aws` names an alarm `<prefix>-<what>-<of what>`. */
const LOAD_BALANCER = 'load-balancer';

/** The alarms of a service that went off, those of the load balancer included when it is behind it. */
export async function readAlarms(
  cloudWatch: CloudWatchClient,
  prefix: string,
  { service, targets }: ServiceObservation,
): Promise<readonly MetricAlarm[]> {
  const parts = [service.serviceName ?? '', ...(targets.length > 0 ? [LOAD_BALANCER] : [])];
  const starts = parts.map((part) => `${prefix}-${part}-`);
  const alarms: MetricAlarm[] = [];
  const request = { AlarmNamePrefix: `${prefix}-`, MaxRecords: PAGE };
  for await (const { MetricAlarms = [] } of paginateDescribeAlarms({ client: cloudWatch }, request))
    alarms.push(...MetricAlarms);
  return alarms.filter(
    ({ StateValue, AlarmName = '' }) =>
      StateValue === 'ALARM' && starts.some((start) => AlarmName.startsWith(start)),
  );
}
