import { parseJsonBody } from './json-body';

const problem = (code: string): Error => expect.objectContaining({ code }) as Error;

describe('parseJsonBody', () => {
  it('takes an empty body for an empty object, as MLflow does', () => {
    expect(parseJsonBody(Buffer.alloc(0))).toEqual({});
  });

  it('reads an object with any white space around it', () => {
    expect(parseJsonBody(Buffer.from('\r\n {"run_id":"ü", "step": 12345678901234567890}\t'))).toMatchObject({
      run_id: 'ü',
    });
  });

  it.each([
    ['a JSON string, which MLflow would decode again', '"{\\"run_id\\":\\"a\\"}"', 'one JSON object'],
    ['a list', '[{}]', 'one JSON object'],
    ['null', 'null', 'one JSON object'],
    ['a number', '1', 'one JSON object'],
    ['what is no JSON, which MLflow would take for empty', 'run_id=a', 'not valid JSON'],
    ['two objects', '{}{}', 'not valid JSON'],
    ['NaN', '{"value":NaN}', 'not valid JSON'],
    ['a comment', '{/**/}', 'not valid JSON'],
    ['white space only', '  ', 'not valid JSON'],
    ['a byte order mark', '\ufeff{}', 'byte order mark'],
    ['a key that comes twice', '{"run_id":"a","run_id":"b"}', 'the key "run_id" twice'],
    ['a key that comes twice deep inside', '{"tags":[{"key":"a","key":"b"}]}', 'the key "key" twice'],
    ['an endless nesting', '{"a":'.repeat(65) + '1' + '}'.repeat(65), 'more than 64 levels'],
  ])('refuses %s', (_what, text, detail) => {
    expect(() => parseJsonBody(Buffer.from(text))).toThrow(detail);
    expect(() => parseJsonBody(Buffer.from(text))).toThrow(problem('BODY_INVALID'));
  });

  it.each([
    ['UTF-16', Buffer.from('{"run_id":"a"}', 'utf16le')],
    ['Latin-1', Buffer.from('{"run_id":"ü"}', 'latin1')],
    ['a cut character', Buffer.from([0x7b, 0x22, 0xc3, 0x22, 0x7d])],
    ['an overlong character', Buffer.from([0x7b, 0x22, 0xc0, 0xae, 0x22, 0x3a, 0x31, 0x7d])],
  ])('refuses %s', (_what, body) => {
    expect(() => parseJsonBody(body)).toThrow(problem('BODY_INVALID'));
  });

  it('shows at most the beginning of a key', () => {
    const key = 'k'.repeat(1_000);
    expect(() => parseJsonBody(Buffer.from(`{"${key}":1,"${key}":1}`))).toThrow(/"k{60}"/);
  });
});
