import { ServiceDiscoveryPrivateDnsNamespace } from '@cdktf/provider-aws/lib/service-discovery-private-dns-namespace';
import { Construct } from 'constructs';

export interface ServiceNamespaceProps {
  /** `tidegate-dev.local` */
  readonly name: string;
  readonly vpcId: string;
}

/** Private DNS zone in which every task of a service has its address: `mlflow.tidegate-dev.local`. */
export class ServiceNamespace extends Construct {
  readonly id: string;
  readonly name: string;

  constructor(scope: Construct, id: string, props: ServiceNamespaceProps) {
    super(scope, id);
    const namespace = new ServiceDiscoveryPrivateDnsNamespace(this, 'namespace', {
      name: props.name,
      description: `Services of ${props.name.replace(/\.local$/, '')}`,
      vpc: props.vpcId,
    });
    this.id = namespace.id;
    this.name = props.name;
  }
}
