import path from 'node:path';
import { SCOPES, type Scope } from '@tidegate/api-keys';
import { runPython } from '@tidegate/testing';
import { mlflowPolicy } from '../src/policy/mlflow-policy';
import { ARTIFACT_ROUTES, SERVER_ROUTES, TRACKING_ROUTES } from '../src/policy/mlflow-routes';
import type { RouteRows } from '../src/policy/route-table';
import { useMlflowBehindGateway } from './mlflow-behind-gateway';

interface ListedRoute {
  readonly scopes: readonly Scope[];
  readonly method: string;
  /** Below `/api/mlflow/`, with `{name}` in places. */
  readonly path: string;
}

const LISTED: readonly ListedRoute[] = [
  ...listed(TRACKING_ROUTES, 'api/2.0/mlflow/'),
  ...listed(ARTIFACT_ROUTES, 'api/2.0/mlflow-artifacts/'),
  ...listed(SERVER_ROUTES, ''),
];

/** What MLflow serves and the gateway does not, by the first segments. A new one is for somebody to decide on. */
const UNLISTED_FAMILIES = [
  ...['', 'build', 'get-artifact', 'graphql', 'model-versions', 'signup', 'static-files', 'gateway'],
  ...['api/2.0mlflow', 'ajax-api/2.0mlflow', 'ajax-api/3.0/jobs'],
  ...[
    'artifacts',
    'assistant',
    'datasets',
    'demo',
    'gateway',
    'gateway-proxy',
    'genai',
    'get-online-trace-details',
  ],
  ...['get-trace-artifact', 'issues', 'jobs', 'label-schemas', 'logged-models', 'mcp-servers', 'metrics'],
  ...['prompt-optimization', 'review-queues', 'roles', 'runs', 'scorer', 'scorers', 'ui-telemetry'],
  ...['unified-traces', 'upload-artifact', 'users', 'webhooks', 'workspaces'],
].map((name, index) => (index < 11 ? name : `mlflow/${name}`));

/** Of families that are listed for the most part. */
const UNLISTED_ROUTES = [
  'POST mlflow/artifacts/presigned-download-url',
  'POST mlflow/artifacts/presigned-upload-url',
  'GET mlflow/logged-models/x1/artifacts/files',
  'GET mlflow/metrics/get-history-bulk',
  'POST mlflow/runs/create-promptlab-run',
];

/** Of a key that may do nothing here. */
const NOTHING: readonly Scope[] = ['predict'];

const without = (scope: Scope): Scope[] => SCOPES.filter((other) => other !== scope);

describe('which requests reach MLflow', () => {
  const gateway = useMlflowBehindGateway([
    NOTHING,
    ...LISTED.map(({ scopes }) => orNothing(scopes)),
    ...SCOPES.map((scope) => without(scope)),
  ]);
  let served: readonly (readonly [method: string, rule: string])[];

  beforeAll(async () => {
    const output = await runPython(path.join(__dirname, 'mlflow-url-map.py'));
    served = (JSON.parse(output.trim().split('\n').at(-1) ?? '') as [string, string][]).map(
      ([method, rule]) => [
        method,
        rule
          .slice(1)
          .replace(/<path:\w+>|\{\w+:path\}/g, 'a/b')
          .replace(/<\w+>|\{\w+\}/g, 'x1'),
      ],
    );
  }, 120_000);

  it.each(LISTED.map((route) => [`${route.method} ${route.path}`, route] as const))(
    '%s: with the scopes it needs and nothing else, and not without one of them',
    async (_name, { method, path: pattern, scopes }) => {
      const request = { method, path: filled(pattern), ...(method === 'GET' ? {} : payload(pattern)) };
      const allowed = await gateway.send({ ...request, scopes: orNothing(scopes) });
      expect(allowed).toMatchObject({ code: undefined, reached: 1 });
      expect([401, 403]).not.toContain(allowed.status);
      for (const scope of scopes) {
        const refused = await gateway.send({ ...request, scopes: without(scope) });
        expect(refused).toMatchObject({ status: 403, code: 'SCOPE_MISSING', reached: 0 });
        expect(refused.detail).toContain(`"${scope}"`);
      }
    },
  );

  it('lists only what this MLflow serves', () => {
    const missing = LISTED.filter(
      ({ method, path: pattern }) =>
        !served.some(([other, rule]) => other === method && isSameRoute(pattern, rule)),
    );
    expect(missing).toEqual([]);
  });

  it('answers 404 for everything else MLflow serves, and passes none of it on', async () => {
    const unlisted = served.filter(([method, rule]) => mlflowPolicy.match(method, rule) === undefined);
    expect(unlisted.length).toBeGreaterThan(200);
    for (const [method, rule] of unlisted) {
      const outcome = await gateway.send({ method, path: rule, ...(method === 'GET' ? {} : { body: {} }) });
      expect([method, rule, outcome.status, outcome.code, outcome.reached]).toEqual([
        method,
        rule,
        404,
        'NOT_FOUND',
        0,
      ]);
    }
    const names = unlisted.map(([method, rule]) => [method, withoutRoot(rule)] as const);
    expect(sorted(names.map(([, name]) => familyOf(name)))).toEqual(sorted(UNLISTED_FAMILIES));
    const partly = names.filter(([, name]) => /^mlflow\/(artifacts|logged-models|metrics|runs)\//.test(name));
    expect(sorted(partly.map(([method, name]) => `${method} ${name}`))).toEqual(sorted(UNLISTED_ROUTES));
  }, 120_000);

  it.each([
    'users/create',
    'users/get',
    'signup',
    'graphql',
    'experiments/permissions/create',
    'webhooks',
    'jobs/1',
  ])('answers 404 for %s with any method, by its short path and in every place MLflow has', async (route) => {
    const places = ['', 'api/2.0/mlflow/', 'api/3.0/mlflow/', 'ajax-api/2.0/mlflow/', 'ajax-api/3.0/mlflow/'];
    for (const place of places)
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
        expect(await gateway.send({ method, path: place + route })).toMatchObject({
          status: 404,
          reached: 0,
        });
  });

  it('lets any valid key ask for the version', async () => {
    expect(await gateway.send({ method: 'GET', path: 'version', scopes: NOTHING })).toMatchObject({
      status: 200,
      reached: 1,
    });
  });
});

function orNothing(scopes: readonly Scope[]): readonly Scope[] {
  return scopes.length === 0 ? NOTHING : scopes;
}

function listed(rows: RouteRows, root: string): ListedRoute[] {
  return rows.flatMap(([scopes, routes]) =>
    routes.map((route) => {
      const [method = '', below = ''] = route.split(' ');
      return { scopes, method, path: root + below };
    }),
  );
}

function filled(pattern: string): string {
  return pattern.replace(/\{\w+_path\}/g, 'policy-test/a').replace(/\{\w+\}/g, 'x1');
}

function payload(pattern: string): { body: object | Buffer; headers?: Record<string, string> } {
  if (!pattern.endsWith('v1/traces')) return { body: {} };
  return { body: Buffer.alloc(0), headers: { 'content-type': 'application/x-protobuf' } };
}

/** Whether a listed route is this rule in one of the places MLflow has for it. */
function isSameRoute(pattern: string, rule: string): boolean {
  const name = pattern
    .replace('api/2.0/', '')
    .replace(/\{\w+_path\}/g, 'a/b')
    .replace(/\{\w+\}/g, 'x1');
  return withoutRoot(rule) === name;
}

function withoutRoot(rule: string): string {
  return rule.replace(/^(ajax-)?api\/[23]\.0\/(?=mlflow)/, '');
}

function familyOf(name: string): string {
  const depth = /^mlflow(-artifacts)?\//.test(name)
    ? 2
    : name.startsWith('ajax-api/3.0')
      ? 3
      : /^(ajax-)?api/.test(name)
        ? 2
        : 1;
  return name.split('/').slice(0, depth).join('/');
}

function sorted(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}
