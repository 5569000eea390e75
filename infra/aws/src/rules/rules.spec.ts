import { EXCEPTIONS } from './exceptions';
import { RULES } from './all-rules';
import { FIXTURES, type Fixture } from './rule-fixtures';
import { judge, runRules } from './run-rules';
import { Synthesized, type Values } from './synthesized';

const IDS = RULES.map(({ id }) => id);

function findingsOf(ruleId: string, resources: Fixture['bad'], isDisposable = false): string[] {
  const stack: { resource: Record<string, Record<string, Values>>; output: Record<string, Values> } = {
    resource: {},
    output: {},
  };
  for (const [address, values] of Object.entries(resources)) {
    const [type = '', name = ''] = address.split('.');
    if (type === 'output') stack.output[name] = values;
    else (stack.resource[type] ??= {})[name] = values;
  }
  const system = new Synthesized({ one: stack }, isDisposable);
  return runRules(
    RULES.filter(({ id }) => id === ruleId),
    system,
  ).map(({ address }) => address);
}

it('has a failing and a passing example for every rule, and every id once', () => {
  expect(FIXTURES.map(({ rule }) => rule).sort()).toEqual([...IDS].sort());
  expect(new Set(IDS).size).toBe(IDS.length);
});

describe.each(FIXTURES)('$rule', ({ rule, bad, good, finds }) => {
  it('reports what breaks it', () => expect(findingsOf(rule, bad)).toEqual([finds ?? Object.keys(bad)[0]]));
  it('lets pass what keeps it', () => expect(findingsOf(rule, good)).toEqual([]));
});

it.each(FIXTURES.filter(({ isFineInDev }) => isFineInDev))(
  'allows it where all is disposable: $rule',
  ({ rule, bad }) => {
    expect(findingsOf(rule, bad, true)).toEqual([]);
  },
);

describe('exceptions', () => {
  const finding = { ruleId: 'S3-TLS', address: 'aws_s3_bucket.log-bucket_1E92143C' };
  const exception = { rules: ['S3-TLS'], resources: ['log-bucket'], reason: 'because' };

  it('explain exactly the resource they name', () => {
    const other = { ...finding, address: 'aws_s3_bucket.log-bucket-two_1E92143C' };
    expect(judge([finding, other], [exception], () => true)).toEqual({ unexplained: [other], unused: [] });
  });

  it('are reported when there is nothing left to explain', () => {
    const { unused } = judge([], [exception, { ...exception, rules: ['CKV_1'] }], (id) => id === 'S3-TLS');
    expect(unused).toEqual(['S3-TLS on log-bucket']);
  });

  it('name rules that exist, and give a reason', () => {
    for (const { rules, reason } of EXCEPTIONS) {
      expect(rules.filter((id) => !IDS.includes(id) && !/^CKV2?_AWS_\d+$/.test(id))).toEqual([]);
      expect(reason.length).toBeGreaterThan(40);
    }
  });
});
