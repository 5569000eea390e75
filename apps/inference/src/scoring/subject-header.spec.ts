import { subjectOf } from './subject-header';

describe('the subject of a prediction', () => {
  it('is what the header says', () => {
    expect(subjectOf({})).toBeUndefined();
    expect(subjectOf({ 'x-tidegate-subject': 'customer 7' })).toBe('customer 7');
    expect(subjectOf({ 'x-tidegate-subject': 'c'.repeat(128) })).toHaveLength(128);
  });

  it.each([[''], ['c'.repeat(129)], ['M\u00fcller'], ['a\tb']])('is refused as %j', (subject) => {
    expect(() => subjectOf({ 'x-tidegate-subject': subject })).toThrow(
      expect.objectContaining({
        code: 'REQUEST_INVALID',
        message: expect.stringContaining('1 to 128 printable ASCII characters') as string,
      }) as Error,
    );
  });
});
