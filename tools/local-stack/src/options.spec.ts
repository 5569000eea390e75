import { DEFAULT_PORTS, HELP, parseOptions } from './options';

const parse = (...args: string[]) => parseOptions(args, '/workspace');

describe('options of npm start', () => {
  it('has a default for everything', () => {
    expect(parse()).toEqual({
      ports: DEFAULT_PORTS,
      dataDir: '/workspace/.tidegate',
      hasMlflowAuth: true,
      hasSampleModel: true,
      except: [],
    });
  });

  it('takes every option', () => {
    const options = parse(
      ...['--api-port', '9000', '--inference-port=9001', '--logging-port', '9002', '--mlflow-port', '9003'],
      ...['--postgres-port', '9004', '--redis-port', '9005', '--data-dir', '/elsewhere', '--no-mlflow-auth'],
      ...['--no-sample-model', '--except', 'api', '--except', 'logging'],
    );
    expect(options).toEqual({
      ports: { api: 9000, inference: 9001, logging: 9002, mlflow: 9003, postgres: 9004, redis: 9005 },
      dataDir: '/elsewhere',
      hasMlflowAuth: false,
      hasSampleModel: false,
      except: ['api', 'logging'],
    });
  });

  it('answers undefined when help is asked for, and the help names every option', () => {
    expect(parse('--help')).toBeUndefined();
    for (const service of Object.keys(DEFAULT_PORTS)) expect(HELP).toContain(`--${service}-port <port>`);
  });

  it.each([
    ['an unknown option', ['--prot', '1'], /--prot.*--help/],
    ['a stray word', ['api'], /api.*--help/],
    ['a missing value', ['--api-port'], /--api-port/],
    ['a port that is none', ['--api-port', '80a'], /--api-port is "80a": expected a port number/],
    ['port 0', ['--mlflow-port', '0'], /--mlflow-port is "0"/],
    ['one port for two services', ['--api-port', '8000'], /--api-port and --inference-port are both 8000/],
    [
      'an app that does not exist',
      ['--except', 'mlflow'],
      /--except is "mlflow": expected one of api, inference, logging/,
    ],
  ])('refuses %s', (_scenario, args, message) => {
    expect(() => parse(...args)).toThrow(message);
  });
});
