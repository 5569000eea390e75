import { PartAttempts } from './part-attempts';

it('goes on behind a part that breaks off, and says which one did', async () => {
  const said: string[] = [];
  const attempts = new PartAttempts((line) => said.push(line));
  expect(await attempts.run('first', () => Promise.reject(new Error('no wrk')))).toBeUndefined();
  expect(await attempts.run('second', () => Promise.resolve(7))).toBe(7);
  expect(attempts.failures).toEqual([{ part: 'first', message: 'no wrk' }]);
  expect(said).toEqual(['first broke off: no wrk']);
});
