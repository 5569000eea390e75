import { parseOptions } from './options';

describe('options of the gateway benchmark', () => {
  it('have defaults for a run of some minutes', () => {
    expect(parseOptions([])).toEqual({
      seconds: 4,
      rounds: 5,
      connections: 32,
      artifactGib: 0.5,
      isJson: false,
      profileFolder: undefined,
    });
  });

  it('take what is given', () => {
    const args = ['--seconds', '2', '--artifact-gib', '0', '--json', '--profile', 'there'];
    expect(parseOptions(args)).toMatchObject({
      seconds: 2,
      artifactGib: 0,
      isJson: true,
      profileFolder: 'there',
    });
  });

  it.each([
    ['--seconds', '0'],
    ['--seconds', 'ten'],
    ['--rounds', '1.5'],
    ['--connections', ''],
    ['--artifact-gib', '100'],
  ])('refuse %s "%s" and say what is expected', (option, text) => {
    expect(() => parseOptions([option, text])).toThrow(`${option} is "${text}". Expected`);
  });

  it('refuse what they do not know', () => {
    expect(() => parseOptions(['--second', '3'])).toThrow('--second');
  });
});
