import { lackingRights, type Rights } from './grant-rules';

const everything: Rights = {
  scopes: ['keys:admin', 'runs:read', 'runs:write'],
  models: null,
  allowedCidrs: null,
  rateClass: 'unlimited',
  expiresAt: null,
};
const rates: Readonly<Record<string, number>> = { standard: 100, high: 10_000, unlimited: Infinity };
const lacking = (wanted: Partial<Rights>, granter: Partial<Rights>): string[] =>
  lackingRights({ ...everything, ...wanted }, { ...everything, ...granter }, (name) => rates[name] ?? 0);
const at = (day: number): Date => new Date(Date.UTC(2026, 0, day));

describe('what a key can grant', () => {
  it('is all of what it holds', () => {
    expect(lacking({}, {})).toEqual([]);
    const limited = { models: ['a', 'b'], allowedCidrs: ['10.0.0.0/8'], rateClass: 'high', expiresAt: at(2) };
    expect(lacking(limited, limited)).toEqual([]);
  });

  it.each<[string, Partial<Rights>, Partial<Rights>, RegExp]>([
    ['a scope it lacks', {}, { scopes: ['keys:admin', 'runs:read'] }, /^scopes: .* runs:write$/],
    ['another model', { models: ['a', 'c'] }, { models: ['a', 'b'] }, /^models: .* a, b$/],
    ['all models', { models: null }, { models: ['a'] }, /^models: /],
    ['a higher rate class', { rateClass: 'high' }, { rateClass: 'standard' }, /^rate_class: "high"/],
    ['a rate without limit', {}, { rateClass: 'high' }, /^rate_class: "unlimited"/],
    ['a day more', { expiresAt: at(3) }, { expiresAt: at(2) }, /^expires_at: .* 2026-01-02T/],
    ['no end', {}, { expiresAt: at(2) }, /^expires_at: /],
    ['use from anywhere', {}, { allowedCidrs: ['10.0.0.0/8'] }, /^allowed_cidrs: .* 10\.0\.0\.0\/8$/],
  ])('is not %s', (_scenario, wanted, granter, expected) => {
    expect(lacking(wanted, granter)).toEqual([expect.stringMatching(expected)]);
  });

  it('names everything it lacks at once', () => {
    const granter = { scopes: [], models: ['a'], allowedCidrs: [], rateClass: 'standard', expiresAt: at(1) };
    expect(lacking({}, granter)).toHaveLength(5);
  });

  it.each([
    ['10.1.0.0/16', '10.0.0.0/8', true],
    ['10.1.2.3', '10.0.0.0/8', true],
    ['10.0.0.0/8', '10.0.0.0/8', true],
    ['10.1.2.3', '10.1.2.3', true],
    ['2001:db8:1::/48', '2001:db8::/32', true],
    ['10.0.0.0/7', '10.0.0.0/8', false],
    ['0.0.0.0/0', '10.0.0.0/8', false],
    ['11.0.0.0/16', '10.0.0.0/8', false],
    ['10.1.2.0/24', '10.1.2.3', false],
    ['2001:db8::/31', '2001:db8::/32', false],
    ['10.0.0.0/8', '::/0', false],
    ['::ffff:10.0.0.0/104', '10.0.0.0/8', false],
  ])('of networks: %s within %s: %s', (inner, outer, isHeld) => {
    const problems = lacking({ allowedCidrs: [inner] }, { allowedCidrs: ['192.0.2.0/24', outer] });
    expect(problems.length === 0).toBe(isHeld);
  });
});
