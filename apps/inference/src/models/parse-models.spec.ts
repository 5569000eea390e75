import { parseModels } from './parse-models';

function selectors(text: string): unknown[] {
  const { specs, problems } = parseModels(text);
  expect(problems).toEqual([]);
  return specs.map(({ selector }) => selector);
}

describe('MODELS selects', () => {
  it.each([
    ['digits', { text: 'digits@production', name: 'digits', alias: 'production' }],
    ['fraud@champion', { text: 'fraud@champion', name: 'fraud', alias: 'champion' }],
    ['churn/3', { text: 'churn/3', name: 'churn', version: '3' }],
    ['churn/Latest', { text: 'churn/latest', name: 'churn', isLatest: true }],
    ['churn/staging', { text: 'churn/Staging', name: 'churn', stage: 'Staging' }],
    ['churn/NONE', { text: 'churn/None', name: 'churn', stage: 'None' }],
    ['models:/churn/3', { text: 'churn/3', name: 'churn', version: '3' }],
    ['models:/churn@champion', { text: 'churn@champion', name: 'churn', alias: 'champion' }],
    [
      'grey lag (v2) é=%2F.x',
      { text: 'grey lag (v2) é=%2F.x@production', name: 'grey lag (v2) é=%2F.x', alias: 'production' },
    ],
  ])('%s', (text, selector) => {
    expect(selectors(text)).toEqual([selector]);
  });

  it('several, with spaces between them', () => {
    expect(selectors(' digits , fraud@champion,, churn/3 ')).toMatchObject([
      { text: 'digits@production' },
      { text: 'fraud@champion' },
      { text: 'churn/3' },
    ]);
  });
});

describe('the options of a model', () => {
  it('say how it is run and logged', () => {
    const { specs, problems } = parseModels(
      'digits@production;execution=worker;workers=3;logSample=0.25;logInputs=hash;redact=name|birth day,' +
        'digits@challenger; shadow=12.5%',
    );

    expect(problems).toEqual([]);
    expect(specs).toMatchObject([
      {
        shadowShare: undefined,
        execution: 'worker',
        workers: 3,
        log: { sample: 0.25, inputs: 'hash', redact: new Set(['name', 'birth day']) },
      },
      {
        shadowShare: 0.125,
        execution: 'auto',
        workers: undefined,
        log: { sample: undefined, inputs: undefined, redact: new Set() },
      },
    ]);
  });

  it.each([
    ['digits@', '"digits@": expected an alias of letters, digits, _ and - after @, got ""'],
    ['digits@production/3', 'expected an alias of letters, digits, _ and - after @, got "production/3"'],
    ['digits@latest', 'no alias can be named latest; expected digits/latest'],
    ['digits@v3', 'no alias can be named v3; expected digits/3'],
    [
      'digits/0',
      'expected a version (1, 2, …), latest or a stage (Production, Staging, Archived, None) after /, got "0"',
    ],
    ['digits/newest', 'after /, got "newest"'],
    ['@production', 'expected the name of a model first'],
    ['a:b/3', 'expected the name of a model first'],
    [' , ', 'expected at least one model'],
    ['digits,digits@production', 'expected every model once, got digits@production more than once'],
    ['digits;shadow=10%', 'digits@production is a shadow; expected another entry of digits without shadow'],
    ['a,digits@b;shadow=10%', 'digits@b is a shadow; expected another entry of digits'],
    [
      'a,a@b;shadow=10',
      'shadow: expected a share of the traffic from 0% to 100%, as in shadow=10%, got "10"',
    ],
    ['a,a@b;shadow=101%', 'shadow: expected a share'],
    ['a;execution=gpu', 'execution: expected auto, inline, worker, got "gpu"'],
    ['a;workers=0', 'workers: expected a whole number from 1 to 64, got "0"'],
    ['a;workers=1.5', 'workers: expected a whole number'],
    ['a;workers=2;workers=2', 'workers is given twice'],
    ['a;execution=inline;workers=2', 'expected either execution=inline or workers, not both'],
    ['a,a@b;shadow=1%;execution=inline', 'expected a shadow to run in workers'],
    ['a;logSample=2', 'logSample: expected a number from 0 to 1, as in logSample=0.25, got "2"'],
    ['a;logSample=', 'logSample: expected a number'],
    ['a;logInputs=some', 'logInputs: expected none, hash, full, got "some"'],
    ['a;redact=|b', 'redact: expected names of fields'],
    [
      'a;toString=1',
      'expected shadow=…, execution=…, workers=…, logSample=…, logInputs=…, redact=… after ";", got "toString=1"',
    ],
    ['a;', 'after ";", got ""'],
  ])('%s is refused with what was expected', (text, problem) => {
    expect(parseModels(text).problems).toEqual([expect.stringContaining(problem)]);
  });

  it('are all checked, also when the model itself is wrong', () => {
    expect(parseModels('a/x;workers=0,b;logInputs=y').problems).toEqual([
      expect.stringContaining('got "x"'),
      expect.stringContaining('workers'),
      expect.stringContaining('logInputs'),
    ]);
  });
});
