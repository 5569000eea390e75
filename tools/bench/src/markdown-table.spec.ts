import { markdownTable } from './markdown-table';

describe('a Markdown table', () => {
  it('has columns as wide as what stands in them, numbers on the right', () => {
    expect(
      markdownTable(
        ['proxy', 'req/s'],
        [
          ['gateway', '9,100'],
          ['x', '12,345'],
        ],
      ),
    ).toBe(
      ['| proxy   |  req/s |', '| ------- | -----: |', '| gateway |  9,100 |', '| x       | 12,345 |'].join(
        '\n',
      ),
    );
  });

  it('may have no rows and columns without a title', () => {
    expect(markdownTable(['', 'n'], [])).toBe('|    |  n |\n| -- | -: |');
  });
});
