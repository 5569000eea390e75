import { doctorLines } from './doctor-report';
import { clockProblems } from './examine-account';
import { examine } from './examination';

const problem = { what: 'It is broken.', expected: 'it whole.', remedy: 'Mend it.' };

it('looks at everything, also behind what cannot be looked at, and says each in a line', async () => {
  const diagnoses = await examine([
    { subject: 'one', look: () => Promise.resolve([]) },
    {
      subject: 'two',
      look: () => Promise.reject(new TypeError('fetch failed', { cause: new Error('no route') })),
    },
    { subject: 'three', look: () => Promise.resolve([problem]) },
  ]);
  expect(doctorLines(diagnoses)).toEqual([
    'ok             one',
    'not looked at  two',
    '  no route',
    'PROBLEM        three',
    '  It is broken.',
    '  Expected: it whole.',
    '  Mend it.',
  ]);
});

it.each([
  [0, 59_000, undefined],
  [0, -59_000, undefined],
  [0, 301_000, 'The clock of this machine is 301 s behind'],
  [600_000, 0, 'The clock of this machine is 600 s ahead'],
])('at %i, when AWS says %i, the clock is judged', (nowMs, awsNowMs, what) => {
  const [found] = clockProblems(nowMs, awsNowMs);
  if (what === undefined) expect(found).toBeUndefined();
  else expect(found?.what).toContain(what);
});
