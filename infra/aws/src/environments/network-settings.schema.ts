import { z } from 'zod';

const cidr = z.string().regex(/^(\d{1,3}\.){3}\d{1,3}\/\d{1,2}$/, 'expected a network such as 10.0.0.0/16');

/** Machines or gateways of each kind of NAT; each has an Elastic IP address. */
export const WAYS_OUT = { gateway: 1, 'gateway-per-zone': 2, instance: 1, none: 0 } as const;

export const networkSettings = z.strictObject({
  cidr: cidr.default('10.0.0.0/16'),
  /** Two zones of the region, by letter. */
  zones: z.tuple([z.string().length(1), z.string().length(1)]).default(['a', 'b']),
  /**
   * How private subnets reach AWS and the internet. `gateway`: managed, per zone or one for both. `instance`: a
   * t4g.nano that forwards, a tenth of the price, one machine to look after. `none`: tasks get public addresses
   * instead (no inbound rule but the load balancer's), cheapest; the database stays private.
   */
  nat: z.enum(['gateway', 'gateway-per-zone', 'instance', 'none']).default('gateway'),
  /** Interface endpoints for ECR, logs and secrets: traffic to AWS stays off the NAT; priced per zone and hour. */
  hasInterfaceEndpoints: z.boolean().default(false),
  /** Flow log of refused connections. */
  hasFlowLog: z.boolean().default(true),
});
