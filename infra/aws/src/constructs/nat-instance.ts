import { Eip } from '@cdktf/provider-aws/lib/eip';
import { Instance } from '@cdktf/provider-aws/lib/instance';
import { LaunchTemplate } from '@cdktf/provider-aws/lib/launch-template';
import { NetworkInterface } from '@cdktf/provider-aws/lib/network-interface';
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import { VpcSecurityGroupEgressRule } from '@cdktf/provider-aws/lib/vpc-security-group-egress-rule';
import { VpcSecurityGroupIngressRule } from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';

export interface NatInstanceProps {
  readonly prefix: string;
  readonly vpcId: string;
  readonly cidr: string;
  readonly subnetId: string;
  readonly publicRoute: ITerraformDependable;
}

/** Amazon Linux of today's date; AWS looks it up when the machine is made, so a plan needs no look-up. */
const IMAGE = 'resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64';

/** The swap file is for dnf, which needs more than the half GiB of a nano. */
const FORWARD_PACKETS = `#!/bin/bash
set -euo pipefail
fallocate -l 1G /swapfile && chmod 600 /swapfile && mkswap /swapfile && swapon /swapfile
dnf install -y iptables-nft iptables-services
echo net.ipv4.ip_forward=1 > /etc/sysctl.d/90-nat.conf && sysctl --system
interface=$(ip -o route get 192.0.2.1 | sed -E 's/.* dev ([^ ]+).*/\\1/')
iptables -F FORWARD
iptables -t nat -A POSTROUTING -o "$interface" -j MASQUERADE
iptables-save > /etc/sysconfig/iptables
systemctl enable --now iptables
`;

/**
 * A t4g.nano that forwards what leaves the private subnets, for a tenth of a NAT gateway's price. Nobody can log in to
 * it; a broken one is replaced (`terraform apply -replace`) and keeps its address, because that belongs to the
 * interface. While it is away, tasks cannot start or reach AWS.
 */
export class NatInstance extends Construct {
  readonly networkInterfaceId: string;

  constructor(scope: Construct, id: string, props: NatInstanceProps) {
    super(scope, id);
    const { groupId, wayOut } = this.httpsOnly(props);
    const networkInterface = new NetworkInterface(this, 'interface', {
      subnetId: props.subnetId,
      securityGroups: [groupId],
      sourceDestCheck: false,
      tags: { Name: `${props.prefix}-nat` },
    });
    const address = new Eip(this, 'address', {
      domain: 'vpc',
      networkInterface: networkInterface.id,
      tags: { Name: `${props.prefix}-nat` },
      dependsOn: [props.publicRoute],
    });
    const template = this.template(props.prefix);
    new Instance(this, 'instance', {
      launchTemplate: { id: template.id, version: '$Latest' },
      networkInterface: [{ networkInterfaceId: networkInterface.id, deviceIndex: 0 }],
      userDataBase64: Buffer.from(FORWARD_PACKETS).toString('base64'),
      userDataReplaceOnChange: true,
      tags: { Name: `${props.prefix}-nat` },
      // It installs its packages when it starts: by then it must be able to get out.
      dependsOn: [address, wayOut],
    });
    this.networkInterfaceId = networkInterface.id;
  }

  private template(prefix: string): LaunchTemplate {
    return new LaunchTemplate(this, 'template', {
      name: `${prefix}-nat`,
      imageId: IMAGE,
      instanceType: 't4g.nano',
      metadataOptions: { httpEndpoint: 'enabled', httpTokens: 'required', httpPutResponseHopLimit: 1 },
      blockDeviceMappings: [
        { deviceName: '/dev/xvda', ebs: { volumeSize: 8, volumeType: 'gp3', encrypted: 'true' } },
      ],
    });
  }

  /** HTTPS from the private subnets outwards is all that tasks need. */
  private httpsOnly({ prefix, vpcId, cidr }: NatInstanceProps): {
    groupId: string;
    wayOut: ITerraformDependable;
  } {
    const group = new SecurityGroup(this, 'group', {
      name: `${prefix}-nat`,
      description: 'NAT instance',
      vpcId,
      tags: { Name: `${prefix}-nat` },
    });
    const https = { securityGroupId: group.id, ipProtocol: 'tcp', fromPort: 443, toPort: 443 };
    new VpcSecurityGroupIngressRule(this, 'in', { ...https, cidrIpv4: cidr, description: 'From the VPC' });
    const wayOut = new VpcSecurityGroupEgressRule(this, 'out', {
      ...https,
      cidrIpv4: '0.0.0.0/0',
      description: 'Forwarded, and its own packages',
    });
    return { groupId: group.id, wayOut };
  }
}
