import { loggingPolicy } from './logging-policy';

describe('the policy of the prediction log', () => {
  it.each([
    ['POST log', 'log:write'],
    ['GET predictions', 'log:read'],
    ['GET predictions/0192-a', 'log:read'],
    ['GET stats', 'log:read'],
    ['GET drift', 'log:read'],
    ['POST feedback', 'feedback:write'],
    ['DELETE predictions', 'log:delete'],
  ])('opens %s with %s', (route, scope) => {
    const [method = '', path = ''] = route.split(' ');
    expect(loggingPolicy.match(method, path)).toMatchObject({ scopes: [scope], upstreamPath: `/${path}` });
  });

  it.each([
    'GET metrics',
    'GET health',
    'GET ready',
    'GET live',
    'GET log',
    'DELETE predictions/a',
    'POST predictions',
    'GET predictions/..',
  ])('keeps %s inside', (route) => {
    const [method = '', path = ''] = route.split(' ');
    expect(loggingPolicy.match(method, path)).toBeUndefined();
  });

  it('leaves limits to models to the app, which knows the model of a prediction', () => {
    for (const route of ['GET stats', 'POST feedback', 'DELETE predictions']) {
      const [method = '', path = ''] = route.split(' ');
      expect(loggingPolicy.match(method, path)?.isLimitedByUpstream).toBe(true);
    }
  });

  it('has deletion audited, and nothing that is the daily work of the log', () => {
    expect(loggingPolicy.match('DELETE', 'predictions')?.isWrite).toBe(true);
    expect(loggingPolicy.match('POST', 'log')?.isWrite).toBe(false);
    expect(loggingPolicy.match('POST', 'feedback')?.isWrite).toBe(false);
  });
});
