import { protobufFields } from './protobuf-fields';

describe('protobufFields', () => {
  it('gives the texts and messages of a message and skips its numbers', () => {
    const message = Buffer.from([
      0x0a, 2, 0x68, 0x69, 0x10, 0x96, 1, 0x1d, 1, 2, 3, 4, 0x21, 1, 2, 3, 4, 5, 6, 7, 8, 0x2a, 0,
    ]);
    expect(protobufFields(message)).toEqual([
      { number: 1, bytes: Buffer.from('hi') },
      { number: 5, bytes: Buffer.alloc(0) },
    ]);
  });

  it('gives nothing for an empty message', () => {
    expect(protobufFields(Buffer.alloc(0))).toEqual([]);
  });

  it.each([
    ['JSON', [...Buffer.from('\n{"resourceSpans":[]}')]],
    ['gzip', [0x1f, 0x8b, 8, 0]],
    ['a field number 0', [0x02, 0]],
    ['a group', [0x0b, 0x0c]],
    ['a length beyond the end', [0x0a, 3, 1]],
    ['a cut number', [0x08, 0x80]],
    ['a number without an end', [0x08, ...Array.from({ length: 11 }, () => 0xff)]],
    ['a cut tag', [0x8a]],
    ['a cut double', [0x09, 1, 2]],
  ])('does not take %s for a message', (_what, bytes) => {
    expect(protobufFields(Buffer.from(bytes))).toBeUndefined();
  });
});
