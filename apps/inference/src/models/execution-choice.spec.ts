import { isQuickEnoughInline } from './execution-choice';

describe('where a model runs when nobody says', () => {
  const quick = { loadMs: 10, runMs: 0.05, manyRowsMs: 0.5 };

  it.each([
    ['inline when a run costs less than the way to a thread', {}, true],
    ['in threads when a run is slower', { runMs: 0.2 }, false],
    ['in threads when a batch would hold up everything', { manyRowsMs: 3 }, false],
    ['in threads when loading would', { loadMs: 80 }, false],
    ['inline when its rows never run together and one is quick', { manyRowsMs: undefined }, true],
    ['in threads when it could not be tried', { runMs: undefined, manyRowsMs: undefined }, false],
  ])('%s', (_, changed, isInline) => {
    const { loadMs, ...measured } = { ...quick, ...changed };
    const probe = { ...measured, givesRowPerRow: true, areRowsIndependent: true };
    expect(isQuickEnoughInline({ loadMs, probe })).toBe(isInline);
  });
});
