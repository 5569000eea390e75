import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { HEALTH_TEST_HELP, PARTS, parseHealthTestCommand } from './health-test-command';

const EXPECTATIONS = path.resolve(__dirname, '../../../../infra/compose/health-test/expectations.mjs');

describe('tidegate health-test', () => {
  it('knows the parts that its program knows, and its help names them', () => {
    const script = `import(${JSON.stringify(EXPECTATIONS)}).then(({ SERVICES }) => console.log(JSON.stringify(SERVICES)))`;
    const known = execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' });
    expect(JSON.parse(known)).toEqual(PARTS);
    expect(HEALTH_TEST_HELP).toContain(PARTS.join(', '));
  });

  it('says that it stops nothing itself', () => {
    expect(HEALTH_TEST_HELP).toContain('It stops nothing itself');
  });

  it('takes parts that were stopped, separated by commas', () => {
    expect(parseHealthTestCommand([])).toEqual({ name: 'health-test', down: [], isJson: false });
    expect(parseHealthTestCommand(['--down', 'redis, mlflow', '--json'])).toEqual({
      name: 'health-test',
      down: ['redis', 'mlflow'],
      isJson: true,
    });
  });

  it.each([
    [
      ['--down', 'nothing,redis'],
      '--down names nothing: expected some of api, inference, logging, mlflow, postgres, redis, separated by commas.',
    ],
    [
      ['--down', ''],
      '--down names no part: expected some of api, inference, logging, mlflow, postgres, redis, separated by commas.',
    ],
    [['redis'], '"redis" is one word too many: expected "tidegate health-test", with --down at most.'],
  ])('refuses %p', (args, message) => {
    expect(() => parseHealthTestCommand(args)).toThrow(message);
  });
});
