import { CommandError } from '../command-error';
import { parseCommand } from '../command-line';

const parse = (line: string) => parseCommand(line.split(' '), 'eu-west-2');

describe('the command line of keys', () => {
  it('says all that a new key is for', () => {
    expect(
      parse(
        'keys create --owner ann --scopes predict,models:read --models digits --cidrs 10.0.0.0/8,::1 ' +
          '--rate-class high --expires-in-days 90 --url https://api.example --json',
      ),
    ).toEqual({
      name: 'keys create',
      url: 'https://api.example',
      isLocal: false,
      isJson: true,
      key: {
        owner: 'ann',
        scopes: ['predict', 'models:read'],
        models: ['digits'],
        allowed_cidrs: ['10.0.0.0/8', '::1'],
        rate_class: 'high',
        expires_in_days: 90,
      },
    });
  });

  it('lists, rotates and revokes, here or there', () => {
    const local = { isLocal: true, isJson: false };
    const id = 'AbCd01234567';
    expect(parse('keys list --local --owner ann --active')).toEqual({
      name: 'keys list',
      ...local,
      owner: 'ann',
      isActive: true,
    });
    expect(parse(`keys rotate ${id} --local --overlap-seconds 0`)).toEqual({
      name: 'keys rotate',
      ...local,
      id,
      rotation: { overlap_seconds: 0 },
    });
    expect(parse(`keys revoke --local ${id}`)).toEqual({ name: 'keys revoke', ...local, id });
    for (const line of ['keys', 'keys --help', 'keys create -h'])
      expect(parse(line)).toMatchObject({ name: 'keys help' });
  });

  it.each([
    ['keys make', '"keys make" is no command: expected keys create, list, rotate or revoke.'],
    ['keys create --scopes predict', 'Whose key is it? Expected --owner ann'],
    ['keys create --owner ann', 'What may the key do? Expected --scopes'],
    [
      'keys create --owner ann --scopes predict --expires-in-days soon',
      '--expires-in-days is "soon": expected',
    ],
    ['keys create --owner ann --scopes predict --key x', `Unknown option '--key'. "tidegate keys --help"`],
    ['keys list ann', 'one word too many'],
    ['keys list --url http://a --local', '--url and --local name two addresses'],
    ['keys rotate', 'Which key? Expected its id: "tidegate keys rotate <id>"'],
    ['keys revoke AbCd01234567 AbCd01234568', 'one word too many'],
  ])('%s: says what is wrong', (line, message) => {
    expect(() => parse(line)).toThrow(CommandError);
    expect(() => parse(line)).toThrow(message);
  });

  it('never repeats a key that was given in place of its id', () => {
    const key = `tg_dev_AbCd01234567_${'s'.repeat(43)}_123456`;
    const revoke = (): unknown => parse(`keys revoke ${key}`);
    expect(revoke).toThrow('This is not the id of a key');
    expect(revoke).not.toThrow(key);
  });
});
