import { differenceOf } from './difference';

describe('difference of two answers', () => {
  const expected = [{ label: 3, probabilities: [0.25, 0.75] }];

  it('is none for floats that differ in the last bits', () => {
    expect(differenceOf(expected, [{ label: 3, probabilities: [0.2500001, 0.75] }])).toBeUndefined();
  });

  it.each([
    [
      'another number',
      [{ label: 3, probabilities: [0.26, 0.75] }],
      'answer.0.probabilities.0: expected 0.25, got 0.26',
    ],
    ['a missing row', [], 'answer.0: expected {"label":3,"probabilities":[0.25,0.75]}, got nothing'],
    ['a row too many', [...expected, 1], 'answer.1: expected nothing, got 1'],
    [
      'no answer at all',
      undefined,
      'answer: expected [{"label":3,"probabilities":[0.25,0.75]}], got nothing',
    ],
    [
      'null for a number',
      [{ label: null, probabilities: [0.25, 0.75] }],
      'answer.0.label: expected 3, got null',
    ],
    ['NaN', [{ label: NaN, probabilities: [0.25, 0.75] }], 'answer.0.label: expected 3, got NaN'],
  ])('says where there is %s', (_what, got, difference) => {
    expect(differenceOf(expected, got)).toBe(difference);
  });
});
