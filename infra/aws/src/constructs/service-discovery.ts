import { ServiceDiscoveryService } from '@cdktf/provider-aws/lib/service-discovery-service';
import { Construct } from 'constructs';

export interface ServiceDiscoveryProps {
  /** The first part of the DNS name: `mlflow` in `mlflow.tidegate-dev.local`. */
  readonly name: string;
  readonly namespaceId: string;
  /** How long a caller may keep an answer, and so how long a stopped task may still be called. @default 10 */
  readonly ttlSeconds?: number;
}

/** The name by which the other services find this one: an A record for each healthy task. */
export class ServiceDiscovery extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, props: ServiceDiscoveryProps) {
    super(scope, id);
    const service = new ServiceDiscoveryService(this, 'name', {
      name: props.name,
      dnsConfig: {
        namespaceId: props.namespaceId,
        routingPolicy: 'MULTIVALUE',
        dnsRecords: [{ type: 'A', ttl: props.ttlSeconds ?? 10 }],
      },
      // ECS reports what the containers' own health checks say; AWS fixed the threshold at 1.
      healthCheckCustomConfig: { failureThreshold: 1 },
      // Tasks that are still stopping are registered; without this a destroy fails because of them.
      forceDestroy: true,
    });
    this.arn = service.arn;
  }
}
