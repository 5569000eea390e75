import { summaryOf, verificationReport } from './verification-report';

const check = { part: 'MLflow', expected: 'it answers', remedy: 'Start it.', tookMs: 3 };
const results = [
  { ...check, result: 'passed', found: 'HTTP 200' },
  { ...check, result: 'failed', found: 'a | b\n<script>' },
  { ...check, result: 'skipped', found: 'no scope' },
] as const;

it('says what failed and what to do, whatever the server said', () => {
  const report = verificationReport({ target: 'dev', url: 'https://x', at: new Date(0), results });
  expect(report).toContain('# Verification of dev, 1970-01-01T00:00:00.000Z');
  expect(report).toContain('**FAILED** (1 failed, 1 skipped, 1 passed)');
  expect(report).toContain('- Found: a | b &lt;script>\n- To do: Start it.');
  expect(report).toContain('| MLflow | it answers | failed | a \\| b &lt;script> | 3 |');
  expect(summaryOf(results.slice(0, 1))).toBe('1 passed');
});
