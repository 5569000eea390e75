import { ElasticacheParameterGroup } from '@cdktf/provider-aws/lib/elasticache-parameter-group';
import { ElasticacheReplicationGroup } from '@cdktf/provider-aws/lib/elasticache-replication-group';
import { ElasticacheSubnetGroup } from '@cdktf/provider-aws/lib/elasticache-subnet-group';
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import { Construct } from 'constructs';

export interface RedisProps {
  readonly prefix: string;
  readonly vpcId: string;
  readonly subnetIds: string[];
  readonly keyArn: string;
  readonly nodeType: string;
  /** With two or more, one in another zone takes over. */
  readonly nodeCount: number;
  readonly isDisposable: boolean;
}

/** Redis for rate limits that several api tasks share. It holds counters only: no backup is made. */
export class Redis extends Construct {
  readonly url: string;
  readonly securityGroupId: string;
  readonly replicationGroupId: string;

  constructor(scope: Construct, id: string, props: RedisProps) {
    super(scope, id);
    const { prefix, nodeCount } = props;
    this.replicationGroupId = prefix;
    this.securityGroupId = this.securityGroup(props);
    const parameters = new ElasticacheParameterGroup(this, 'parameters', {
      name: `${prefix}-redis7`,
      description: `Redis of ${prefix}`,
      family: 'redis7',
      // When memory is short, the counter that ends first is the one to lose.
      parameter: [{ name: 'maxmemory-policy', value: 'volatile-ttl' }],
    });
    const group = new ElasticacheReplicationGroup(this, 'group', {
      replicationGroupId: prefix,
      description: `Rate limits of ${prefix}`,
      engine: 'redis',
      engineVersion: '7.1',
      nodeType: props.nodeType,
      numCacheClusters: nodeCount,
      automaticFailoverEnabled: nodeCount > 1,
      multiAzEnabled: nodeCount > 1,
      port: 6379,
      parameterGroupName: parameters.name,
      subnetGroupName: new ElasticacheSubnetGroup(this, 'subnets', {
        name: prefix,
        description: `Redis of ${prefix}`,
        subnetIds: props.subnetIds,
      }).name,
      securityGroupIds: [this.securityGroupId],
      transitEncryptionEnabled: true,
      atRestEncryptionEnabled: 'true',
      kmsKeyId: props.keyArn,
      autoMinorVersionUpgrade: 'true',
      applyImmediately: props.isDisposable,
      maintenanceWindow: 'sun:03:30-sun:04:30',
    });
    this.url = `rediss://${group.primaryEndpointAddress}:6379`;
  }

  /** Without rules: who connects brings a rule along. */
  private securityGroup({ prefix, vpcId }: RedisProps): string {
    const name = `${prefix}-redis`;
    return new SecurityGroup(this, 'access', { name, description: 'Redis', vpcId, tags: { Name: name } }).id;
  }
}
