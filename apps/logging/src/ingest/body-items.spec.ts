import { jsonItems, ndjsonItems } from './body-items';

const json = (text: string): unknown => jsonItems(Buffer.from(text));

describe('the events of a body', () => {
  it('takes one event or an array', () => {
    expect(json('{"a":1}')).toEqual([{ value: { a: 1 } }]);
    expect(json('[{"a":1},{"b":2}]')).toEqual([{ value: { a: 1 } }, { value: { b: 2 } }]);
    expect(json('[]')).toEqual([]);
  });

  it('spoils only the element with NaN, as json.dumps of Python writes it', () => {
    expect(json('[{"a":"x],\\"["},{"a":NaN},{"a":[1,{"b":"}"}]}]')).toEqual([
      { value: { a: 'x],"[' } },
      { unreadable: expect.stringContaining('not_json') as string },
      { value: { a: [1, { b: '}' }] } },
    ]);
  });

  it.each(['[{"a":1},{"a"', '[1]]NaN]', '["open]', '[}{]', 'hello', '{"a":NaN}', ''])(
    'takes %j as one unreadable event',
    (text) => {
      expect(json(text)).toEqual([{ unreadable: expect.stringContaining('not_json') as string }]);
    },
  );

  it('reads one event a line and spoils only the lines that are no UTF-8 or no JSON', () => {
    const body = Buffer.concat([
      Buffer.from('{"a":1}\r\n\n{"a"\n"'),
      Buffer.from([0xff]),
      Buffer.from('"\n2'),
    ]);
    expect(ndjsonItems(body)).toEqual([
      { value: { a: 1 } },
      { unreadable: expect.stringContaining('not_json') as string },
      { unreadable: expect.stringContaining('not_utf8') as string },
      { value: 2 },
    ]);
  });

  it('survives a million brackets', () => {
    expect(json('['.repeat(1_000_000))).toHaveLength(1);
    expect(json(`${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`)).toHaveLength(1);
  });
});
