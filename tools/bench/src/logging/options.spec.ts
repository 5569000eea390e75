import { parseOptions, PARTS } from './options';

describe('options of the logging benchmark', () => {
  it('measure everything that the contract asks for by default', () => {
    const { parts, ...others } = parseOptions([]);
    expect([...parts]).toEqual(PARTS);
    expect(others).toEqual({
      seconds: 5,
      rounds: 3,
      crashRounds: 200,
      outageMinutes: 10,
      millionRows: 10,
      isJson: false,
    });
  });

  it.each([
    ['--crash-rounds', '7'],
    ['--outage-minutes', '0'],
    ['--million-rows', 'many'],
  ])('refuse %s "%s" and say what is expected', (option, text) => {
    expect(() => parseOptions([option, text])).toThrow(`${option} is "${text}". Expected`);
  });

  it('refuse parts they do not know', () => {
    expect(() => parseOptions(['--only', 'writing'])).toThrow('--only has "writing". Expected of singles');
  });
});
