import { Route53Record } from '@cdktf/provider-aws/lib/route53-record';
import { Construct } from 'constructs';
import type { LoadBalancer } from './load-balancer';

export interface PublicNameProps {
  /** `ml.example.com` */
  readonly name: string;
  readonly zoneId: string;
  readonly loadBalancer: LoadBalancer;
}

/** A name in Route 53 that leads to the load balancer. */
export class PublicName extends Construct {
  constructor(scope: Construct, id: string, { name, zoneId, loadBalancer }: PublicNameProps) {
    super(scope, id);
    new Route53Record(this, 'alias', {
      zoneId,
      name,
      type: 'A',
      alias: { name: loadBalancer.dnsName, zoneId: loadBalancer.zoneId, evaluateTargetHealth: true },
    });
  }
}
