import { widened } from './scalable-target';

describe('the limits of autoscaling', () => {
  it.each([
    [0, { least: 0, most: 4 }],
    [1, { least: 1, most: 4 }],
    [4, { least: 1, most: 4 }],
    [9, { least: 1, most: 9 }],
  ])('let %i tasks be', (count, limits) => {
    expect(widened({ least: 1, most: 4 }, count)).toEqual(limits);
  });
});
