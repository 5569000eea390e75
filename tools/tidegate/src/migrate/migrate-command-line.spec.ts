import { CommandError } from '../command-error';
import { parseCommand } from '../command-line';

const parse = (line: string) => parseCommand(line.split(' '), 'eu-west-2');

describe('the command line of migrate', () => {
  it('names a server and a folder, or two servers', () => {
    expect(parse('migrate export --from http://127.0.0.1:5000/ --to moved --skip-deleted')).toEqual({
      name: 'migrate export',
      url: 'http://127.0.0.1:5000',
      folder: 'moved',
      skipsDeleted: true,
      isJson: false,
    });
    expect(parse('migrate import --json --from moved --to https://api.example/api/mlflow')).toEqual({
      name: 'migrate import',
      url: 'https://api.example/api/mlflow',
      folder: 'moved',
      skipsDeleted: false,
      isJson: true,
    });
    expect(parse('migrate validate --from http://a --to http://b --sizes-only')).toEqual({
      name: 'migrate validate',
      fromUrl: 'http://a',
      toUrl: 'http://b',
      checksums: false,
      resumes: false,
      skipsDeleted: false,
      isJson: false,
    });
    expect(parse('migrate validate --resume --from http://a --to http://b')).toMatchObject({
      checksums: true,
      resumes: true,
    });
    for (const line of ['migrate', 'migrate --help', 'migrate export -h'])
      expect(parse(line)).toEqual({ name: 'migrate help' });
  });

  it.each([
    ['migrate copy', '"migrate copy" is no command: expected migrate export, import or validate.'],
    ['migrate export --to moved', '--from is missing: expected --from http(s)://…'],
    ['migrate import --from moved', '--to is missing: expected --to http(s)://…'],
    ['migrate export --from http://a', '--to is missing: expected --to <folder>'],
    ['migrate import --from http://a --to moved', '--from is a URL: expected a folder'],
    ['migrate export --from a --to b', '--from is not right: expected http(s)://'],
    ['migrate import --from a --to http://b --sizes-only', '--sizes-only is for migrate validate'],
    ['migrate import --from a --to http://b --resume', '--resume is for migrate validate'],
    ['migrate export all', '"all" is one word too many'],
    ['migrate export --key x', `Unknown option '--key'. "tidegate migrate --help"`],
  ])('%s: says what is wrong', (line, message) => {
    expect(() => parse(line)).toThrow(CommandError);
    expect(() => parse(line)).toThrow(message);
  });

  it('never repeats a password that was put into a URL', () => {
    const wrong = (): unknown => parse('migrate export --from http://ann:secret@a --to moved');
    expect(wrong).toThrow('TIDEGATE_FROM_…');
    expect(wrong).not.toThrow('secret');
  });
});
