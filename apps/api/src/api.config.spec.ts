import { ConfigError } from '@tidegate/config';
import { loadApiConfig } from './api.config';

const complete = {
  TIDEGATE_ENVIRONMENT: 'dev',
  DATABASE_URL: 'postgresql://user:password@127.0.0.1/api_db',
  API_KEY_PEPPER: 'a pepper that is long enough for a test',
};

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    loadApiConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('the configuration of the api', () => {
  it('finds every service by name when no address is given', () => {
    const config = loadApiConfig({ ...complete, TIDEGATE_PROJECT: 'shop' });
    expect(config.mlflow.displayUrl).toBe('http://mlflow.shop-dev.local:5000');
    expect(config.inferenceUrl).toBe('http://inference.shop-dev.local:8000');
    expect(config.loggingUrl).toBe('http://logging.shop-dev.local:8001');
  });

  it('lists all problems at once, with a hint where credentials belong, and repeats no secret', () => {
    const problems = problemsOf({
      TIDEGATE_ENVIRONMENT: '-dev',
      MLFLOW_TRACKING_URI: 'https://admin:hunter2@mlflow.example/prefix',
      MLFLOW_FALLBACK_IP: '169.254.169.254',
      DNS_SERVERS: '10.0.0.2, dns.local',
      API_KEY_PEPPER: 'too short',
      API_SERVICE_KEYS: '[{"name":"inference","key":"tg_made_up","scopes":["everything"]}]',
    });
    const variables = problems.map((problem) => problem.split(':', 1)[0]);
    expect([...new Set(variables)].sort()).toEqual([
      'API_KEY_PEPPER',
      'API_SERVICE_KEYS',
      'DATABASE_URL',
      'DNS_SERVERS',
      'MLFLOW_FALLBACK_IP',
      'MLFLOW_TRACKING_URI',
      'TIDEGATE_ENVIRONMENT',
    ]);
    expect(problems.join()).toContain('MLFLOW_USERNAME and MLFLOW_PASSWORD');
    expect(problems.join()).not.toMatch(/hunter2|too short|tg_made_up/);
  });

  it('refuses a fall-back address outside its network', () => {
    const fallback = { MLFLOW_FALLBACK_IP: '10.1.0.5', MLFLOW_FALLBACK_CIDR: '10.0.0.0/16' };
    expect(problemsOf({ ...complete, ...fallback })).toEqual([expect.stringContaining('outside')]);
    expect(problemsOf({ ...complete, ...fallback, MLFLOW_FALLBACK_IP: '10.0.0.5' })).toEqual([]);
  });

  it('checks whom it believes and what it allows', () => {
    const { trustedProxies, rateClasses, authFailuresPerMinute } = loadApiConfig(complete);
    expect([trustedProxies.texts, Object.keys(rateClasses), authFailuresPerMinute]).toEqual([
      [],
      ['standard', 'high'],
      20,
    ]);
    const wrong = {
      TRUSTED_PROXY_CIDRS: '10.0.0.0/33',
      API_RATE_CLASSES: '{"standard":{"requests":0,"perSeconds":10}}',
      API_AUTH_FAILURES_PER_MINUTE: '0',
    };
    const variables = problemsOf({ ...complete, ...wrong }).map((problem) => problem.split(':', 1)[0]);
    expect(variables.sort()).toEqual(Object.keys(wrong).sort());
  });
});
