import { confirmChange } from './confirm-change';

describe('a change', () => {
  const PLAN = ['api goes from 1 to 2 tasks.'];
  const confirm = async (isConfirmed: boolean, answer?: string) => {
    const notes: string[] = [];
    const ask = answer === undefined ? {} : { ask: () => Promise.resolve(answer) };
    await confirmChange(PLAN, isConfirmed, { note: (line) => notes.push(line), ...ask });
    return notes;
  };

  it('is shown, then made when it was confirmed beforehand or by "yes"', async () => {
    expect(await confirm(true)).toEqual(PLAN);
    expect(await confirm(false, ' Yes\n')).toEqual(PLAN);
  });

  it.each(['no', 'y', ''])('is not made when the answer is "%s"', async (answer) => {
    await expect(confirm(false, answer)).rejects.toThrow('Nothing was changed.');
  });

  it('is not made where nobody can be asked', async () => {
    await expect(confirm(false)).rejects.toThrow('Expected --yes, which confirms it beforehand.');
  });
});
