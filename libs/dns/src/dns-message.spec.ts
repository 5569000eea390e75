import { encode, type Answer, type Packet } from 'dns-packet';
import { createQuery, readMessage, type Message, type Query } from './dns-message';

const query = createQuery({ hostname: 'a.local', family: 4 }, 4711, true);
const question = { type: 'A', name: 'a.local', class: 'IN' } as const;

function record(name: string, data: string, ttl = 60): Answer {
  return { type: data.includes(':') ? 'AAAA' : 'A', name, ttl, data };
}
function alias(name: string, data: string, ttl = 60): Answer {
  return { type: 'CNAME', name, ttl, data };
}
function message(packet: Packet): Buffer {
  return encode({ type: 'response', id: query.id, questions: [question], ...packet });
}
function read(answers: Answer[], asked: Query = query): Message | undefined {
  return readMessage(message({ answers }), asked);
}
/** `c0.local` → `c1.local` → … over that many aliases, then an address. */
function chain(aliases: number): Answer[] {
  const links = Array.from({ length: aliases }, (_, index) =>
    alias(index === 0 ? 'a.local' : `c${index}.local`, `c${index + 1}.local`),
  );
  return [...links, record(`c${aliases}.local`, '10.0.0.1')];
}

const invalid = { kind: 'failed', code: 'DNS_ANSWER_INVALID' };
const empty = { kind: 'absent', code: 'DNS_NAME_EMPTY' };

describe('the records of an answer', () => {
  it('of the name that was asked for, however it is spelt, each once', () => {
    const answers = [
      record('A.LOCAL', '10.0.0.1', 30),
      record('a.local', '10.0.0.1'),
      record('a.local', '10.0.0.2'),
    ];
    expect(read(answers)).toEqual({
      kind: 'records',
      addresses: [
        { address: '10.0.0.1', family: 4 },
        { address: '10.0.0.2', family: 4 },
      ],
      ttlSeconds: 30,
    });
  });

  it('at the end of a chain in any order, with the smallest TTL on the way', () => {
    const answers = [
      record('c.local', '10.0.0.1', 50),
      alias('B.local', 'C.local', 7),
      alias('a.local', 'b.local', 9),
    ];
    expect(read(answers)).toEqual({
      kind: 'records',
      addresses: [{ address: '10.0.0.1', family: 4 }],
      ttlSeconds: 7,
    });
  });

  it('beside records of others, which are left out', () => {
    expect(read([record('evil.local', '10.6.6.6', 1), record('a.local', '10.0.0.1')])).toMatchObject({
      addresses: [{ address: '10.0.0.1' }],
      ttlSeconds: 60,
    });
  });

  it.each([
    ['of another owner', [record('evil.local', '10.6.6.6')]],
    ['of another owner behind an alias', [alias('a.local', 'b.local'), record('evil.local', '10.6.6.6')]],
    ['led to by the alias of another owner', [alias('evil.local', 'b.local'), record('b.local', '10.6.6.6')]],
    ['an alias of itself', [alias('a.local', 'A.local')]],
    ['a loop', [alias('a.local', 'b.local'), alias('b.local', 'a.local')]],
    ['a chain of 17 aliases', chain(17)],
  ])('%s are not used', (_what, answers) => {
    expect(read(answers)).toEqual(invalid);
  });

  it('a chain of 16 aliases is followed', () => {
    expect(read(chain(16))).toMatchObject({ kind: 'records' });
  });

  it.each([
    ['none', []],
    ['an alias without addresses', [alias('a.local', 'b.local')]],
    ['the other family only', [record('a.local', 'fd00::1')]],
    ['another class', [{ ...record('a.local', '10.6.6.6'), class: 'CH' } as Answer]],
  ])('%s means that there is no address', (_what, answers) => {
    expect(read(answers)).toEqual(empty);
  });
});

describe('a message', () => {
  const addresses = [record('a.local', '10.0.0.1')];

  it.each([
    ['with another id', message({ id: 4712, answers: addresses })],
    ['that is a query', message({ type: 'query', answers: addresses })],
    ['of another kind of operation', message({ flags: 4 << 11, answers: addresses })],
    ['about another name', message({ questions: [{ ...question, name: 'b.local' }], answers: addresses })],
    ['about the other family', message({ questions: [{ ...question, type: 'AAAA' }], answers: addresses })],
    ['with two questions', message({ questions: [question, question], answers: addresses })],
    ['with addresses and no question', message({ questions: [], answers: addresses })],
    ['without a byte', Buffer.alloc(0)],
  ])('%s is no answer', (_what, bytes) => {
    expect(readMessage(bytes, query)).toBeUndefined();
  });

  it('that is cut anywhere gives no address, and is had over TCP when it says that it is cut', () => {
    for (const [flags, expected] of [
      [0, undefined],
      [0x200, { kind: 'truncated' }],
    ] as const) {
      const whole = message({ flags, answers: addresses });
      for (let length = 12; length < whole.length; length += 1) {
        expect([length, readMessage(whole.subarray(0, length), query)]).toEqual([length, expected]);
      }
    }
  });

  it('with any one byte changed is ignored or read, never thrown over', () => {
    const whole = message({ answers: [alias('a.local', 'b.local'), record('b.local', '10.0.0.1')] });
    for (let index = 0; index < whole.length; index += 1) {
      for (let value = 0; value < 256; value += 1) {
        const changed = Buffer.from(whole);
        changed[index] = value;
        expect(() => readMessage(changed, query)).not.toThrow();
      }
    }
  });
});

describe('a query', () => {
  it('asks for one family, says what fits, and can leave the extension out', () => {
    const plain = createQuery({ hostname: 'a.local', family: 6 }, 1, false);
    expect(plain.bytes.readUInt16BE(plain.bytes.length - 4)).toBe(28);
    expect(query.bytes.readUInt16BE(query.bytes.length - 8)).toBe(1232);
    expect(query.bytes.length - plain.bytes.length).toBe(11);
  });
});
