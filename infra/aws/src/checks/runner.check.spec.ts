import { loadEnvironment } from '../environments';
import { runnerProblems } from './runner.check';

it('a state in a file is no mistake on a machine that stays, and one on a runner', () => {
  const inFile = loadEnvironment('dev', {});
  expect(runnerProblems(inFile, false)).toEqual([]);
  expect(runnerProblems(inFile, true)).toMatchObject([
    { what: expect.stringMatching(/^stateBucket is not set, .* state of dev would be gone/) as string },
  ]);
  expect(runnerProblems(loadEnvironment('dev', { stateBucket: 'our-states' }), true)).toEqual([]);
});
