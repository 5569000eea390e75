import { CommandError } from '../command-error';
import { parseCommand } from '../command-line';

const parse = (line: string) => parseCommand(line.split(' '), 'eu-west-2');
const dev = { installation: { environment: 'dev', prefix: 'tidegate-dev', region: 'eu-west-2' } };

describe('the command line of users', () => {
  it('makes, lists, grants and deletes, in an environment or here', () => {
    expect(parse('users create dev ann@example.com --admin --password-stdin --json')).toEqual({
      ...{ name: 'users create', ...dev, user: 'ann@example.com' },
      ...{ isAdmin: true, readsPassword: true, isJson: true },
    });
    expect(parse('users create --local ann')).toEqual({
      ...{ name: 'users create', user: 'ann', isAdmin: false, readsPassword: false, isJson: false },
    });
    expect(parse('users list prod --project shop --region eu-west-1')).toEqual({
      name: 'users list',
      installation: { environment: 'prod', prefix: 'shop-prod', region: 'eu-west-1' },
      isJson: false,
    });
    expect(parse('users grant dev ann experiment 3 read')).toEqual({
      ...{ name: 'users grant', ...dev, isJson: false, user: 'ann' },
      ...{ type: 'experiment', resource: '3', permission: 'READ' },
    });
    expect(parse('users grant --local ann model digits NO_PERMISSIONS')).toMatchObject({
      ...{ type: 'registered_model', resource: 'digits', permission: 'NO_PERMISSIONS' },
    });
    expect(parse('users delete dev ann --yes')).toEqual({
      ...{ name: 'users delete', ...dev, isJson: false, user: 'ann', isConfirmed: true },
    });
    for (const line of ['users', 'users --help', 'users grant -h'])
      expect(parse(line)).toEqual({ name: 'users help' });
  });

  it.each([
    ['users make dev ann', '"users make" is no command: expected users create, list, grant or delete'],
    ['users list', 'Of which environment? Expected "tidegate users list dev", for example.'],
    ['users create dev', 'A word is missing: expected "tidegate users create dev <name>".'],
    ['users create --local', 'expected "tidegate users create --local <name>".'],
    ['users create dev ann eve', '"eve" is one word too many: expected "tidegate users create dev <name>".'],
    ['users grant dev ann READ', '<name> <experiment|model> <name of it> <permission>'],
    ['users grant dev ann run 3 READ', 'Permissions on "run" are not known: expected experiment or model.'],
    [
      'users grant dev ann model m ALL',
      '"ALL" is no permission: expected READ, EDIT, MANAGE, NO_PERMISSIONS',
    ],
    ['users create dev a:b', '"a:b" cannot be the name of a user: expected up to 255 letters'],
    ['users create dev änn', '"änn" cannot be the name of a user'],
    [`users create dev ${'a'.repeat(256)}`, 'cannot be the name of a user'],
    ['users create Dev ann', 'The environment is "Dev": expected'],
    ['users list dev --yes', 'users list has no option --yes. "tidegate users --help" lists the options.'],
    ['users create dev ann --password x', `Unknown option '--password'. "tidegate users --help"`],
    ['users list --local --region eu-west-1', 'expected no --project or --region'],
  ])('%s: says what is wrong', (line, message) => {
    expect(() => parse(line)).toThrow(CommandError);
    expect(() => parse(line)).toThrow(message);
  });
});
