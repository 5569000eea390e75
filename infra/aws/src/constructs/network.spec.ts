import { synthesizeBase } from '../../test/synthesized-base';
import type { SynthesizedStack } from '../../test/synthesized-stack';

function withNat(nat: string): SynthesizedStack {
  return synthesizeBase('dev', { network: { nat } }).foundation;
}

/** Targets of the private subnets' routes to everywhere. */
function waysOut(stack: SynthesizedStack): unknown[] {
  return Object.entries(stack.resources('aws_route'))
    .filter(([id]) => id.includes('nat_out'))
    .map(([, route]) => route['nat_gateway_id'] ?? route['network_interface_id']);
}

describe('the network', () => {
  const stack = withNat('gateway');

  it('has two public and two private subnets in two zones that the plan need not look up', () => {
    const subnets = stack
      .all('aws_subnet')
      .map(({ availability_zone, cidr_block }) => [availability_zone, cidr_block]);
    expect(subnets.sort()).toEqual([
      ['eu-west-2a', '${cidrsubnet("10.0.0.0/16", 4, 0)}'],
      ['eu-west-2a', '${cidrsubnet("10.0.0.0/16", 4, 8)}'],
      ['eu-west-2b', '${cidrsubnet("10.0.0.0/16", 4, 1)}'],
      ['eu-west-2b', '${cidrsubnet("10.0.0.0/16", 4, 9)}'],
    ]);
    for (const { map_public_ip_on_launch } of stack.all('aws_subnet'))
      expect(map_public_ip_on_launch).toBe(false);
  });

  it('admits nothing by the security group that AWS makes', () => {
    expect(stack.one('aws_default_security_group')).toMatchObject({ ingress: [], egress: [] });
  });

  it('reaches S3 past the NAT from every subnet, and no bucket of a stranger', () => {
    const endpoint = stack.one('aws_vpc_endpoint', { vpc_endpoint_type: 'Gateway' });
    expect(endpoint['route_table_ids']).toHaveLength(stack.all('aws_route_table').length);
    const { Statement } = JSON.parse(String(endpoint['policy'])) as {
      Statement: { Resource: unknown; Condition?: unknown }[];
    };
    const everywhere = Statement.filter(({ Resource }) => Resource === '*');
    expect(everywhere.map(({ Condition }) => Condition)).toEqual([
      { StringEquals: { 'aws:ResourceAccount': '123456789012' } },
    ]);
  });
});

describe('private subnets', () => {
  it('share one NAT gateway', () => {
    const stack = withNat('gateway');
    expect(stack.all('aws_nat_gateway')).toHaveLength(1);
    expect(waysOut(stack)).toHaveLength(2);
    expect(new Set(waysOut(stack)).size).toBe(1);
  });

  it('have a NAT gateway each, so that a lost zone takes only itself along', () => {
    const stack = withNat('gateway-per-zone');
    expect(stack.all('aws_nat_gateway')).toHaveLength(2);
    expect(new Set(waysOut(stack)).size).toBe(2);
  });

  it('share a small machine that forwards HTTPS, nothing else', () => {
    const stack = withNat('instance');
    expect(stack.all('aws_nat_gateway')).toEqual([]);
    expect(waysOut(stack)).toEqual(Array(2).fill(expect.stringMatching(/^\$\{aws_network_interface\./)));
    expect(stack.one('aws_network_interface')['source_dest_check']).toBe(false);
    const rules = [
      ...stack.all('aws_vpc_security_group_ingress_rule'),
      ...stack.all('aws_vpc_security_group_egress_rule'),
    ];
    const own = rules.filter(({ security_group_id }) => String(security_group_id).includes('nat'));
    expect(own.map(({ from_port, to_port }) => [from_port, to_port])).toEqual([
      [443, 443],
      [443, 443],
    ]);
    expect(stack.one('aws_launch_template')['metadata_options']).toMatchObject({ http_tokens: 'required' });
  });

  it('have no way out without NAT: tasks get public addresses, the database stays private', () => {
    const stack = withNat('none');
    expect([...stack.all('aws_nat_gateway'), ...stack.all('aws_instance'), ...waysOut(stack)]).toEqual([]);
    const { tags } = stack.one('aws_ecs_task_definition', { family: 'tidegate-dev-setup' }) as {
      tags: Record<string, string>;
    };
    expect(tags['tidegate:assign-public-ip']).toBe('ENABLED');
    expect(tags['tidegate:subnets']).toMatch(/^\S+public-1\S+ \S+public-2\S+$/);
    expect(JSON.stringify(stack.one('aws_db_subnet_group')['subnet_ids'])).not.toContain('public');
  });
});

describe('interface endpoints', () => {
  it('are made where the environment asks for them, for this account only', () => {
    const { foundation } = synthesizeBase('production');
    const endpoints = foundation
      .all('aws_vpc_endpoint')
      .filter((it) => it['vpc_endpoint_type'] === 'Interface');
    expect(
      endpoints.map((it) => String(it['service_name']).replace('com.amazonaws.eu-west-2.', '')).sort(),
    ).toEqual(['ecr.api', 'ecr.dkr', 'logs', 'secretsmanager']);
    for (const { policy } of endpoints)
      expect(JSON.parse(String(policy))).toMatchObject({
        Statement: [{ Condition: { StringEquals: { 'aws:PrincipalAccount': '123456789012' } } }],
      });
    expect(withNat('gateway').all('aws_vpc_endpoint')).toHaveLength(1);
  });
});
