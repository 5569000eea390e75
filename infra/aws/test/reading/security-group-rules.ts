import { DescribeSecurityGroupsCommand, type IpPermission } from '@aws-sdk/client-ec2';
import type { Account } from '../deployment/account';

/**
 * Who may open connections to whom, one line a rule: `api -> database :5432`, `0.0.0.0/0 -> alb :443`. Names are those
 * of the security groups without the installation's prefix; `any` is every protocol and port.
 */
export async function readConnections(
  { ec2 }: Account,
  prefix: string,
  direction: 'ingress' | 'egress',
): Promise<string[]> {
  const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({}));
  const nameOf = new Map(
    SecurityGroups.map(({ GroupId, GroupName = '' }) => [GroupId, GroupName.replace(`${prefix}-`, '')]),
  );
  return SecurityGroups.filter(({ GroupName }) => GroupName !== 'default')
    .flatMap(({ GroupId, IpPermissions = [], IpPermissionsEgress = [] }) => {
      const own = nameOf.get(GroupId) ?? '';
      return direction === 'ingress'
        ? IpPermissions.flatMap((rule) => peersOf(rule, nameOf).map((peer) => line(peer, own, rule)))
        : IpPermissionsEgress.flatMap((rule) => peersOf(rule, nameOf).map((peer) => line(own, peer, rule)));
    })
    .sort();
}

function peersOf(rule: IpPermission, nameOf: Map<string | undefined, string>): string[] {
  const { UserIdGroupPairs = [], IpRanges = [], Ipv6Ranges = [], PrefixListIds = [] } = rule;
  return [
    ...UserIdGroupPairs.map(({ GroupId }) => nameOf.get(GroupId) ?? `unknown group ${GroupId}`),
    ...IpRanges.map(({ CidrIp }) => CidrIp ?? ''),
    ...Ipv6Ranges.map(({ CidrIpv6 }) => CidrIpv6 ?? ''),
    ...PrefixListIds.map(() => 'prefix list'),
  ];
}

function line(from: string, to: string, { IpProtocol, FromPort, ToPort }: IpPermission): string {
  if (IpProtocol === '-1') return `${from} -> ${to} any`;
  const ports = FromPort === ToPort ? String(FromPort) : `${FromPort}-${ToPort}`;
  return `${from} -> ${to} :${ports}${IpProtocol === 'tcp' ? '' : ` ${IpProtocol}`}`;
}
