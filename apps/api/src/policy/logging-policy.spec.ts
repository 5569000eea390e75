import { loggingPolicy } from './logging-policy';

describe('the policy of the prediction log', () => {
  it.each([
    ['POST log', 'log:write'],
    ['GET predictions', 'log:read'],
    ['GET predictions/0192-a', 'log:read'],
    ['GET stats', 'log:read'],
    ['POST feedback', 'feedback:write'],
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
    'DELETE predictions',
    'GET predictions/..',
  ])('keeps %s inside', (route) => {
    const [method = '', path = ''] = route.split(' ');
    expect(loggingPolicy.match(method, path)).toBeUndefined();
  });

  it('leaves limits to models to the app, but for feedback, which names none', () => {
    expect(loggingPolicy.match('GET', 'stats')?.isLimitedByUpstream).toBe(true);
    expect(loggingPolicy.match('POST', 'feedback')?.isLimitedByUpstream).toBe(false);
  });
});
