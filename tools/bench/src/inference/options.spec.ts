import { parseOptions, PARTS } from './options';

describe('options of the inference benchmark', () => {
  it('measure everything with the usual peers by default', () => {
    const { parts, extraPeers, ...others } = parseOptions([]);
    expect([...parts]).toEqual(PARTS);
    expect([...extraPeers]).toEqual([]);
    expect(others).toEqual({
      seconds: 2,
      rounds: 3,
      swaps: 200,
      soakMinutes: 1,
      overloadSeconds: 20,
      appFile: undefined,
      profileFolder: undefined,
      isJson: false,
    });
  });

  it('take parts, peers and lengths', () => {
    const args = ['--only', 'rates,drain', '--with', 'litserve', '--soak-minutes', '0.5', '--swaps', '20'];
    const { parts, extraPeers, soakMinutes, swaps } = parseOptions(args);
    expect([...parts]).toEqual(['rates', 'drain']);
    expect([...extraPeers]).toEqual(['litserve']);
    expect({ soakMinutes, swaps }).toEqual({ soakMinutes: 0.5, swaps: 20 });
  });

  it.each([
    ['--seconds', '0'],
    ['--rounds', '1.5'],
    ['--swaps', '1'],
    ['--soak-minutes', ''],
    ['--overload-seconds', 'long'],
  ])('refuse %s "%s" and say what is expected', (option, text) => {
    expect(() => parseOptions([option, text])).toThrow(`${option} is "${text}". Expected`);
  });

  it('refuse parts and peers they do not know, naming those they do', () => {
    expect(() => parseOptions(['--only', 'rates,speed'])).toThrow(
      '--only has "speed". Expected of rates, binary',
    );
    expect(() => parseOptions(['--with', 'triton'])).toThrow(
      '--with has "triton". Expected of bentoml, litserve',
    );
  });
});
