import {
  DescribeListenersCommand,
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  type Action,
  type LoadBalancer,
  type Rule,
  type TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { DescribeCertificateCommand } from '@aws-sdk/client-acm';
import { ListHostedZonesCommand, ListResourceRecordSetsCommand } from '@aws-sdk/client-route-53';
import { GetWebACLCommand, GetWebACLForResourceCommand } from '@aws-sdk/client-wafv2';
import type { Account } from '../deployment/account';
import type { Installation } from '../deployment/use-installation';

export interface ExpectedEdge {
  /** Every listener and rule, in order: `443 default: 404`, `443 path /api/*,/health -> api`. */
  readonly routes: readonly string[];
  /** Targets behind the balancer: name, health path and number of tasks. */
  readonly targets: Readonly<Record<string, { readonly path: string; readonly count: number }>>;
  /** Names that lead to it; empty without a domain. */
  readonly hostNames: readonly string[];
  readonly isProtected: boolean;
  /** Names of the firewall's rules in order; undefined: there is no firewall. */
  readonly firewallRules?: readonly string[];
}

/** What faces the internet: load balancer, routes, certificates, firewall. */
export function expectEdge(installed: Installation, expected: ExpectedEdge): void {
  it('H3: asks targets for their health with the numbers of the guide', async () => {
    for (const group of await readTargetGroups(installed.account)) {
      const target = expected.targets[shortName(installed, group.TargetGroupName)];
      expect(group).toMatchObject({
        TargetType: 'ip',
        HealthCheckEnabled: true,
        HealthCheckPath: target?.path,
        HealthCheckPort: 'traffic-port',
        HealthCheckProtocol: 'HTTP',
        HealthCheckIntervalSeconds: 30,
        HealthCheckTimeoutSeconds: 10,
        HealthyThresholdCount: 2,
        UnhealthyThresholdCount: 3,
        Matcher: { HttpCode: '200' },
      });
    }
  });

  it('sends requests to the running tasks of these services only', async () => {
    const { loadBalancing } = installed.account;
    const counts: Record<string, number> = {};
    for (const { TargetGroupArn, TargetGroupName } of await readTargetGroups(installed.account)) {
      const { TargetHealthDescriptions = [] } = await loadBalancing.send(
        new DescribeTargetHealthCommand({ TargetGroupArn }),
      );
      counts[shortName(installed, TargetGroupName)] = TargetHealthDescriptions.length;
    }
    expect(counts).toEqual(
      Object.fromEntries(Object.entries(expected.targets).map(([name, { count }]) => [name, count])),
    );
  });

  it('lets a leaving task finish for 30 s', async () => {
    for (const { TargetGroupArn } of await readTargetGroups(installed.account)) {
      const { Attributes = [] } = await installed.account.loadBalancing.send(
        new DescribeTargetGroupAttributesCommand({ TargetGroupArn }),
      );
      const values = Object.fromEntries(Attributes.map(({ Key = '', Value }) => [Key, Value]));
      expect(values).toMatchObject({ 'deregistration_delay.timeout_seconds': '30' });
    }
  });

  it('faces the internet, with an idle time below the keep-alive of the apps', async () => {
    const balancer = await readLoadBalancer(installed.account);
    expect(balancer).toMatchObject({ Scheme: 'internet-facing', Type: 'application' });
    const { Attributes = [] } = await installed.account.loadBalancing.send(
      new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn: balancer.LoadBalancerArn }),
    );
    expect(Object.fromEntries(Attributes.map(({ Key = '', Value }) => [Key, Value]))).toMatchObject({
      'idle_timeout.timeout_seconds': '60',
      'routing.http.drop_invalid_header_fields.enabled': 'true',
      'access_logs.s3.enabled': 'true',
      'deletion_protection.enabled': String(expected.isProtected),
    });
  });

  it('A5: forwards the routes of the api, MLflow’s pages only behind a login, and nothing else', async () => {
    expect(await readRoutes(installed)).toEqual(expected.routes);
  });

  it('A5: is found by name, with certificates for these names', async () => {
    const { dns, acm, loadBalancing } = installed.account;
    const { HostedZones = [] } = await dns.send(new ListHostedZonesCommand({}));
    const names: string[] = [];
    for (const { Id } of HostedZones.filter(({ Config }) => Config?.PrivateZone !== true)) {
      const { ResourceRecordSets = [] } = await dns.send(
        new ListResourceRecordSetsCommand({ HostedZoneId: Id }),
      );
      for (const { Name = '', Type, AliasTarget } of ResourceRecordSets) {
        if (Type === 'A' && AliasTarget !== undefined) names.push(Name.replace(/\.$/, ''));
      }
    }
    expect(names.sort()).toEqual(expected.hostNames.toSorted());
    const { LoadBalancerArn } = await readLoadBalancer(installed.account);
    const { Listeners = [] } = await loadBalancing.send(new DescribeListenersCommand({ LoadBalancerArn }));
    for (const { Certificates = [], SslPolicy } of Listeners.filter(({ Port }) => Port === 443)) {
      const { Certificate } = await acm.send(
        new DescribeCertificateCommand({ CertificateArn: Certificates[0]?.CertificateArn }),
      );
      expect(Certificate?.SubjectAlternativeNames?.toSorted()).toEqual(expected.hostNames.toSorted());
      expect(SslPolicy).toMatch(/^ELBSecurityPolicy-TLS13-1-[23]/);
    }
  });

  it('A5: has its firewall in front, or none where the environment has none', async () => {
    const { waf } = installed.account;
    const { LoadBalancerArn: ResourceArn } = await readLoadBalancer(installed.account);
    const { WebACL } = await waf.send(new GetWebACLForResourceCommand({ ResourceArn }));
    if (expected.firewallRules === undefined) {
      expect(WebACL).toBeUndefined();
      return;
    }
    const { Id, Name } = WebACL ?? {};
    const acl = (await waf.send(new GetWebACLCommand({ Id, Name, Scope: 'REGIONAL' }))).WebACL;
    const rules = (acl?.Rules ?? []).toSorted((one, other) => (one.Priority ?? 0) - (other.Priority ?? 0));
    expect(
      rules.map(
        ({ Statement, Name: name }) =>
          Statement?.ManagedRuleGroupStatement?.Name ?? `${name} ${Statement?.RateBasedStatement?.Limit}`,
      ),
    ).toEqual(expected.firewallRules);
  });
}

async function readLoadBalancer({ loadBalancing }: Account): Promise<LoadBalancer> {
  const { LoadBalancers: [balancer] = [] } = await loadBalancing.send(new DescribeLoadBalancersCommand({}));
  if (balancer === undefined) throw new Error('There is no load balancer.');
  return balancer;
}

async function readTargetGroups({ loadBalancing }: Account): Promise<TargetGroup[]> {
  return (await loadBalancing.send(new DescribeTargetGroupsCommand({}))).TargetGroups ?? [];
}

/** `tidegate-dev-api` → `api` */
function shortName({ prefix }: Installation, name: string | undefined): string {
  return name?.replace(`${prefix}-`, '') ?? '';
}

export async function readRoutes(installed: Installation): Promise<string[]> {
  const { loadBalancing } = installed.account;
  const { LoadBalancerArn } = await readLoadBalancer(installed.account);
  const { Listeners = [] } = await loadBalancing.send(new DescribeListenersCommand({ LoadBalancerArn }));
  const groups = new Map(
    (await readTargetGroups(installed.account)).map((it) => [
      it.TargetGroupArn,
      shortName(installed, it.TargetGroupName),
    ]),
  );
  const lines: string[] = [];
  for (const { ListenerArn, Port = 0 } of Listeners.toSorted(
    (one, other) => (one.Port ?? 0) - (other.Port ?? 0),
  )) {
    const { Rules = [] } = await loadBalancing.send(new DescribeRulesCommand({ ListenerArn }));
    const ordered = Rules.toSorted((one, other) => priorityOf(one) - priorityOf(other));
    for (const { Conditions = [], Actions = [], IsDefault } of ordered) {
      const conditions = Conditions.map(({ Field, Values, PathPatternConfig, HostHeaderConfig }) => {
        const values = PathPatternConfig?.Values ?? HostHeaderConfig?.Values ?? Values ?? [];
        return `${Field?.replace('-pattern', '').replace('-header', '')} ${values.toSorted().join(',')}`;
      });
      const when = IsDefault === true ? 'default' : conditions.sort().join(' and ');
      lines.push(
        `${Port} ${when} -> ${inOrder(Actions)
          .map((action) => describeAction(action, groups))
          .join(', ')}`,
      );
    }
  }
  return lines;
}

function inOrder(actions: Action[]): Action[] {
  return actions.toSorted((one, other) => (one.Order ?? 0) - (other.Order ?? 0));
}

function priorityOf({ Priority }: Rule): number {
  return Priority === 'default' ? Number.MAX_SAFE_INTEGER : Number(Priority);
}

function describeAction(action: Action, groups: Map<string | undefined, string>): string {
  switch (action.Type) {
    case 'forward':
      return (
        groups.get(action.TargetGroupArn ?? action.ForwardConfig?.TargetGroups?.[0]?.TargetGroupArn) ??
        'unknown'
      );
    case 'redirect':
      return `${action.RedirectConfig?.StatusCode} to ${action.RedirectConfig?.Protocol} ${action.RedirectConfig?.Port}`;
    case 'fixed-response':
      return String(action.FixedResponseConfig?.StatusCode);
    case 'authenticate-cognito':
      return 'login by Cognito';
    case 'authenticate-oidc':
      return `login at ${action.AuthenticateOidcConfig?.Issuer}`;
    default:
      return String(action.Type);
  }
}
