import { planDifferences } from './plan-differences';

const priorState = { values: { root_module: { resources: [{ mode: 'managed', type: 'aws_ecs_service' }] } } };
const change = (actions: string[], before: object | null, after: object | null, more = {}) => ({
  ...{ actions, before, after, after_unknown: {}, before_sensitive: {}, after_sensitive: {} },
  ...more,
});
const plan = (changes: Record<string, object>, prior_state: unknown = priorState) =>
  planDifferences(
    JSON.stringify({
      format_version: '1.2',
      prior_state,
      resource_changes: Object.entries(changes).map(([address, one]) => ({
        address,
        type: 'aws_x',
        change: one,
      })),
    }),
  );

describe('a plan in words', () => {
  it('says what is gone, too much, changed or to be replaced, and how', () => {
    const { isDeployed, differences } = plan({
      'aws_ecs_service.api': change(
        ['update'],
        { desired_count: 3, tags: { a: '1' } },
        { desired_count: 1, tags: { a: '1' } },
      ),
      'aws_lb.balancer': change(['no-op'], { name: 'x' }, { name: 'x' }),
      'data.aws_region.here': change(['read'], null, {}),
      'aws_security_group_rule.in': change(['create'], null, { port: 1 }),
      'aws_sns_topic.old': change(['delete'], { name: 'old' }, null),
      'aws_db_instance.db': change(
        ['delete', 'create'],
        { engine: '14' },
        { engine: '15' },
        { after_unknown: { arn: true } },
      ),
    });
    expect(isDeployed).toBe(true);
    expect(differences).toEqual([
      {
        address: 'aws_ecs_service.api',
        type: 'aws_x',
        action: 'update',
        attributes: ['desired_count: 3 -> 1'],
      },
      { address: 'aws_security_group_rule.in', type: 'aws_x', action: 'create', attributes: [] },
      { address: 'aws_sns_topic.old', type: 'aws_x', action: 'delete', attributes: [] },
      {
        address: 'aws_db_instance.db',
        type: 'aws_x',
        action: 'replace',
        attributes: ['arn: null -> known only afterwards', 'engine: "14" -> "15"'],
      },
    ]);
  });

  it('never shows what Terraform calls sensitive', () => {
    const before_sensitive = { password: true, settings: { key: true } };
    const { differences } = plan({
      'aws_x.y': change(
        ['update'],
        { password: 'hunter2', settings: { key: 'hunter3' } },
        { password: 'hunter4', settings: { key: 'hunter5' } },
        { before_sensitive },
      ),
    });
    expect(differences[0]?.attributes).toEqual([
      'password: differs, and is secret',
      'settings: differs, and is secret',
    ]);
  });

  it.each([
    ['an attribute', { client_secret: true }],
    ['a part of it', { client_secret: [{ value: { inner: true } }] }],
    ['the whole resource', true],
  ])('shows no secret either whose new value is known only afterwards: %s is sensitive', (_what, mark) => {
    const before = { client_secret: 'hunter2' };
    const after_unknown = { client_secret: true };
    for (const marks of [{ before_sensitive: mark }, { after_sensitive: mark }])
      for (const actions of [['delete', 'create'], ['create', 'delete'], ['update']]) {
        const { differences } = plan({ 'aws_x.y': change(actions, before, {}, { after_unknown, ...marks }) });
        expect(differences[0]?.attributes).toEqual(['client_secret: differs, and is secret']);
      }
  });

  it('shows an attribute whose name only sounds like a mark', () => {
    const before_sensitive = { settings: { trueness: {} } };
    const { differences } = plan({
      'aws_x.y': change(['update'], { settings: 1 }, { settings: 2 }, { before_sensitive }),
    });
    expect(differences[0]?.attributes).toEqual(['settings: 1 -> 2']);
  });

  it('knows a stack that is not deployed', () => {
    expect(plan({ 'aws_x.y': change(['create'], null, {}) }, null).isDeployed).toBe(false);
  });
});
