import { DEPLOY_STEPS, parseDeployCommand } from './deploy-command-line';

describe('the command line of deploy', () => {
  it('knows what to do without options', () => {
    expect(parseDeployCommand('deploy', ['dev'])).toEqual({
      ...{ name: 'deploy', environment: 'dev', steps: DEPLOY_STEPS, timeoutMs: 1_200_000, isJson: false },
      ...{ allowsChanges: false, isConfirmed: false, allowsDataLoss: false, ignoresDoctor: false },
    });
  });

  it('takes all options', () => {
    const words = 'dev --release v1 --since v0 --allow-dirty --from services --yes --allow-data-loss';
    expect(
      parseDeployCommand('deploy', [...words.split(' '), '--ignore-doctor', '--timeout', '5m', '--json']),
    ).toEqual({
      ...{
        name: 'deploy',
        environment: 'dev',
        steps: ['services', 'tasks', 'verify'],
        release: 'v1',
        since: 'v0',
        timeoutMs: 300_000,
      },
      ...{ allowsChanges: true, isConfirmed: true, allowsDataLoss: true, ignoresDoctor: true, isJson: true },
    });
  });

  it('leaves the ground and the schemas as they are when it goes back', () => {
    expect(parseDeployCommand('deploy', ['dev', '--release', 'v1'])).toMatchObject({
      steps: ['doctor', 'images', 'services', 'tasks', 'verify'],
    });
  });

  it.each([
    [[], 'Which environment? Expected "tidegate deploy dev"'],
    [['dev', 'api'], '"api" is one word too many: expected "tidegate deploy dev"'],
    [['Dev!'], 'The environment is "Dev!": expected 1 to 12 lower-case letters'],
    [['dev', '--from', 'image'], '--from is "image": expected one of doctor, storage, foundation, images,'],
    [
      ['dev', '--region', 'eu-west-1'],
      'Unknown option \'--region\'. "tidegate deploy --help" lists the options.',
    ],
  ])('says what is wrong with %j', (args, message) => {
    expect(() => parseDeployCommand('deploy', args)).toThrow(message);
  });
});

describe('the command line of destroy', () => {
  it('takes its options, and has help', () => {
    expect(parseDeployCommand('destroy', ['dev', '--services-only', '--confirm', 'dev'])).toEqual({
      ...{ name: 'destroy', environment: 'dev', isServicesOnly: true, confirmedName: 'dev', isJson: false },
    });
    expect(parseDeployCommand('destroy', ['--help'])).toMatchObject({
      name: 'deploy help',
      text: expect.stringContaining('The artifact bucket stays.') as string,
    });
  });
});
