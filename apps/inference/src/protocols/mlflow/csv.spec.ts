import { csvRows } from './csv';

describe('the rows of CSV', () => {
  it.each([
    [
      'plain',
      'a,b\n1,2\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'without a last line break',
      'a,b\n1,2',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    ['with line breaks of Windows and old Macs', 'a\r\n1\r2', [['a'], ['1'], ['2']]],
    [
      'with quotes around commas, quotes and line breaks',
      '"a,b","c ""d"""\n"1\n2",3',
      [
        ['a,b', 'c "d"'],
        ['1\n2', '3'],
      ],
    ],
    [
      'with empty fields',
      'a,b,c\n,,\n1,,',
      [
        ['a', 'b', 'c'],
        ['', '', ''],
        ['1', '', ''],
      ],
    ],
    ['with blank lines, which are passed over', '\na\n\n  \n1\n\n', [['a'], ['1']]],
    ['with an empty quoted line, which is a row', 'a\n""\n', [['a'], ['']]],
    ['with more behind a quote', '"a"b,c', [['ab', 'c']]],
    ['with a quote inside', 'a"b,c', [['a"b', 'c']]],
    ['that is empty', '', []],
  ])('%s', (_what, text, expected) => expect(csvRows(text)).toEqual(expected));

  it('must close their quotes', () => {
    expect(() => csvRows('a\n"1')).toThrow('the quote at position 2 is not closed');
  });
});
