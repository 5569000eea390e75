import { exitCodeOf, failSkips, lastLine, summarise, type JestResults, type TaskOutcome } from './summary';

function task(target: string, exitCode = 0): TaskOutcome {
  return { project: 'api', target, exitCode };
}

function results(statuses: string[], fileStatus = 'passed'): JestResults {
  const assertionResults = statuses.map((status, index) => ({
    fullName: `test ${index}`,
    status,
    failureMessages: ['expected 1'],
  }));
  return {
    testResults: [
      { name: '/repo/a.spec.ts', status: fileStatus, message: 'Cannot find module', assertionResults },
    ],
  };
}

describe('summarise', () => {
  it('sums the tests of every task', () => {
    const summary = summarise([task('test'), task('e2e', 1)], ({ target }) =>
      target === 'test'
        ? results(['passed', 'passed', 'pending', 'todo'])
        : results(['passed', 'failed'], 'failed'),
    );
    expect(lastLine(summary)).toBe('3 passed, 1 failed, 2 skipped');
    expect(summary.failures).toEqual([{ title: 'api:e2e test 1', detail: 'expected 1' }]);
    expect(summary.skips[0]).toEqual({ title: 'api:test test 2', detail: 'pending in /repo/a.spec.ts' });
    expect(exitCodeOf(summary)).toBe(1);
  });

  it('counts a failed lint, typecheck or build as one failure and a good one as nothing', () => {
    const summary = summarise([task('lint', 1), task('typecheck')], () => undefined);
    expect(lastLine(summary)).toBe('0 passed, 1 failed, 0 skipped');
    expect(summary.failures[0]?.title).toBe('api:lint');
  });

  it('counts tests that left no results as one failure', () => {
    expect(summarise([task('int-test')], () => undefined).failures[0]?.title).toBe('api:int-test');
  });

  it('counts a test file that could not be loaded as one failure with its message', () => {
    const summary = summarise([task('test', 1)], () => results([], 'failed'));
    expect(summary.failures).toEqual([{ title: 'api:test /repo/a.spec.ts', detail: 'Cannot find module' }]);
  });

  it('does not trust a task that failed although its tests passed', () => {
    const summary = summarise([task('test', 1)], () => results(['passed']));
    expect(lastLine(summary)).toBe('1 passed, 1 failed, 0 skipped');
  });

  it('fails when nothing passed', () => {
    expect(exitCodeOf(summarise([task('test')], () => results([])))).toBe(1);
    expect(exitCodeOf(summarise([task('test')], () => results(['passed', 'pending'])))).toBe(0);
  });
});

describe('failSkips', () => {
  it('turns each skipped test into a failure', () => {
    const summary = failSkips(summarise([task('test')], () => results(['passed', 'pending'])));
    expect(lastLine(summary)).toBe('1 passed, 1 failed, 0 skipped');
    expect(exitCodeOf(summary)).toBe(1);
  });
});
