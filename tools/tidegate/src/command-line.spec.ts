import { CommandError } from './command-error';
import { parseCommand } from './command-line';

const parse = (line: string) => parseCommand(line.split(' '), 'eu-west-2');

describe('the command line', () => {
  it('names the installation by project and environment', () => {
    expect(parse('images push staging --project shop --region eu-west-1 --since HEAD^')).toEqual({
      name: 'images push',
      isJson: false,
      installation: { environment: 'staging', prefix: 'shop-staging', region: 'eu-west-1' },
      since: 'HEAD^',
      allowsChanges: false,
      platform: 'linux/amd64',
    });
    expect(parse('setup dev --json')).toEqual({
      name: 'setup',
      isJson: true,
      installation: { environment: 'dev', prefix: 'tidegate-dev', region: 'eu-west-2' },
    });
    expect(parseCommand([], 'eu-west-2')).toEqual({ name: 'help' });
    expect(parse('images push dev --help')).toEqual({ name: 'help' });
  });

  it.each([
    [
      'images pull dev',
      '"images pull" is no command: expected deploy, destroy, images build, images push, setup, keys, users',
    ],
    ['images', '"images" is no command'],
    ['setup', 'Of which environment? Expected "tidegate setup dev", for example.'],
    ['setup dev prod', '"prod" is one word too many'],
    ['setup Dev', 'The environment is "Dev": expected 1 to 12 lower-case letters'],
    ['setup dev --project a_b', '--project is "a_b": expected'],
    ['images build dev --platform arm', '--platform is "arm": expected linux/amd64 or linux/arm64.'],
    ['images build dev --pull', `Unknown option '--pull'. "tidegate --help" lists the options.`],
  ])('%s: says what is wrong', (line, message) => {
    expect(() => parse(line)).toThrow(CommandError);
    expect(() => parse(line)).toThrow(message);
  });
});
