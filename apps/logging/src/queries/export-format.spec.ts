import { csvCell, EXPORT_FORMATS, type ExportRow } from './export-format';

describe('a CSV cell', () => {
  it.each([
    [null, ''],
    ['plain', 'plain'],
    ['a,b', '"a,b"'],
    ['say "x"', '"say ""x"""'],
    ['two\r\nlines', '"two\r\nlines"'],
    ['=1+1', `'=1+1`],
    ['@SUM(A1)', `'@SUM(A1)`],
    ['-2+3', `'-2+3`],
    ['+49 170', `'+49 170`],
    ['\tx', `'\tx`],
    ['=HYPERLINK("a","b")', `"'=HYPERLINK(""a"",""b"")"`],
    ['-1.5e-7', '-1.5e-7'],
    [-3, '-3'],
    [true, 'true'],
  ])('of %j is %j', (value, cell) => {
    expect(csvCell(value)).toBe(cell);
  });
});

describe('a line of NDJSON', () => {
  it('stays one line although the stored JSON has line ends, and leaves out what there is not', () => {
    const row: ExportRow = {
      ...{ id: 'a', timestamp: '2026-01-01T00:00:00.000Z', model: 'm', version: '1', alias: null },
      ...{ inputs: '{\n"a": "\\n"\r\n}', outputs: 'null', latency_ms: null, defect: false, request_id: null },
      ...{ traceparent: null, metadata: null, subject: null, received_at: '2026-01-01T00:00:00.000Z' },
    };
    const line = EXPORT_FORMATS.ndjson.line(row);
    expect(line.indexOf('\n')).toBe(line.length - 1);
    expect(JSON.parse(line)).toEqual({
      ...{ id: 'a', timestamp: row.timestamp, model: 'm', version: '1', inputs: { a: '\n' }, outputs: null },
      ...{ defect: false, received_at: row.received_at },
    });
  });
});
