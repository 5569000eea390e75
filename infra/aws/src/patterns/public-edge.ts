import { Construct } from 'constructs';
import { Certificate } from '../constructs/certificate';
import { LoadBalancer } from '../constructs/load-balancer';
import { PublicName } from '../constructs/public-name';
import { WebFirewall } from '../constructs/web-firewall';
import { prefixOf, type Environment } from '../environments';

export interface PublicEdgeProps {
  readonly environment: Environment;
  readonly vpcId: string;
  readonly publicSubnetIds: string[];
  /** Bucket of the load balancer's access logs. */
  readonly logBucketName: string;
  /** KMS key of the firewall's log. */
  readonly keyArn: string;
}

type Domain = NonNullable<Environment['edge']['domain']>;

/** What faces the internet: load balancer and, where the environment has them, public names with HTTPS and a firewall. */
export class PublicEdge extends Construct {
  readonly loadBalancer: LoadBalancer;
  /** Where callers find the API, without a slash at its end. */
  readonly url: string;
  /** Host of MLflow's pages; undefined where they stay private. */
  readonly mlflowHost: string | undefined;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: PublicEdgeProps,
  ) {
    super(scope, id);
    const { domain, mlflowUi, waf } = props.environment.edge;
    this.mlflowHost = domain === undefined || mlflowUi === undefined ? undefined : `mlflow.${domain.name}`;
    this.loadBalancer = domain === undefined ? this.balancer() : this.namedBalancer(domain);
    this.url = domain === undefined ? `http://${this.loadBalancer.dnsName}` : `https://${domain.name}`;
    if (waf !== undefined) this.firewall(waf.requestsPerFiveMinutes);
  }

  /** Over HTTPS, under the public name and, when MLflow's pages are public, under theirs. */
  private namedBalancer({ name, zoneId }: Domain): LoadBalancer {
    const otherNames = this.mlflowHost === undefined ? [] : [this.mlflowHost];
    const certificate = new Certificate(this, 'certificate', { domainName: name, otherNames, zoneId });
    const loadBalancer = this.balancer(certificate.arn);
    for (const publicName of [name, ...otherNames]) {
      new PublicName(this, `name-${publicName}`, { name: publicName, zoneId, loadBalancer });
    }
    return loadBalancer;
  }

  private balancer(certificateArn?: string): LoadBalancer {
    const { environment, vpcId, publicSubnetIds, logBucketName } = this.props;
    const { allowedCidrs, idleTimeoutSeconds } = environment.edge;
    return new LoadBalancer(this, 'load-balancer', {
      name: prefixOf(environment),
      vpcId,
      publicSubnetIds,
      logBucketName,
      allowedCidrs,
      idleTimeoutSeconds,
      isProtected: !environment.isDisposable,
      certificateArn,
    });
  }

  private firewall(requestsPerFiveMinutes: number): void {
    const { environment, keyArn } = this.props;
    new WebFirewall(this, 'firewall', {
      name: prefixOf(environment),
      loadBalancerArn: this.loadBalancer.arn,
      requestsPerFiveMinutes,
      logRetentionDays: environment.logRetentionDays,
      keyArn,
    });
  }
}
