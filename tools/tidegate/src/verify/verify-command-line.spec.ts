import { parseCommand } from '../command-line';

const parse = (line: string) => parseCommand(line.split(' '), 'eu-west-2');
const dev = { environment: 'dev', prefix: 'tidegate-dev', region: 'eu-west-2' };

describe('the command line of verify', () => {
  it.each([
    ['verify --local', { name: 'verify', hasKey: true, isJson: false }],
    [
      'verify --local --json --report r.md',
      { name: 'verify', hasKey: true, isJson: true, reportFile: 'r.md' },
    ],
    [
      'verify dev --url https://api.example',
      { name: 'verify', hasKey: true, isJson: false, installation: dev, url: 'https://api.example' },
    ],
    ['verify dev --without-key', { name: 'verify', hasKey: false, isJson: false, installation: dev }],
    ['verify --help', { name: 'verify help' }],
  ])('%s', (line, command) => expect(parse(line)).toEqual(command));

  it.each([
    ['verify', 'Verify what?'],
    ['verify dev --local', 'Verify what?'],
    ['verify dev api', '"api" is one word too many'],
    ['verify --local --url http://x', '--local knows its address and key itself'],
    ['verify --local --without-key', '--local knows its address and key itself'],
    ['verify dev --watch', `Unknown option '--watch'`],
  ])('%s: says what is wrong', (line, message) => expect(() => parse(line)).toThrow(message));
});
