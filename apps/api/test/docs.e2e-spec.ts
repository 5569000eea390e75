import { createHash } from 'node:crypto';
import type { RunningService } from '@tidegate/bootstrap';
import { PROBLEM_KINDS } from '@tidegate/schemas';
import { register } from 'prom-client';
import { loadApiConfig } from '../src/api.config';
import { Gateway } from '../src/gateway/gateway';
import { inferencePolicy } from '../src/policy/inference-policy';
import { loggingPolicy } from '../src/policy/logging-policy';
import { mlflowPolicy } from '../src/policy/mlflow-policy';
import { startApi } from '../src/start-api';

interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters: readonly { readonly name: string; readonly in: string }[];
  readonly responses: Readonly<Record<string, { readonly description: string }>>;
}

interface Document {
  readonly openapi: string;
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly securitySchemes: object; readonly schemas: object };
}

const FORWARDED = [
  { prefix: '/api/mlflow/', policy: mlflowPolicy },
  { prefix: '/api/inference/', policy: inferencePolicy },
  { prefix: '/api/logging/', policy: loggingPolicy },
];

describe('the documentation of the api', () => {
  let service: RunningService;
  let document: Document;
  /** `METHOD path` of all routes the server really has, but for HEAD. */
  const served = new Set<string>();

  beforeAll(async () => {
    register.clear();
    const config = loadApiConfig({
      HOST: '127.0.0.1',
      PORT: '0',
      TIDEGATE_ENVIRONMENT: 'test',
      API_KEY_PEPPER: 'a pepper that is long enough for a test',
      // It is the same without any of the services.
      DATABASE_URL: 'postgresql://nobody:none@127.0.0.1:1/none',
      MLFLOW_TRACKING_URI: 'http://127.0.0.1:1',
    });
    service = await startApi(config, {
      logDestination: { write: () => undefined },
      configure: (fastify, app) => {
        fastify.addHook('onRoute', ({ method, url }) => {
          for (const one of [method].flat()) if (one !== 'HEAD') served.add(`${one} ${url}`);
        });
        app.get(Gateway).mount(fastify);
      },
    });
    document = (await (await fetch(`${service.url}/docs/openapi.json`)).json()) as Document;
  });
  afterAll(async () => {
    await service.shutdown('end of the test');
    register.clear();
  });

  const operations = (): { route: string; method: string; path: string; operation: Operation }[] =>
    Object.entries(document.paths).flatMap(([path, byMethod]) =>
      Object.entries(byMethod).map(([name, operation]) => {
        const method = name.toUpperCase();
        return { route: `${method} ${path}`, method, path, operation };
      }),
    );
  const isForwarded = (path: string): boolean => FORWARDED.some(({ prefix }) => path.startsWith(prefix));

  it('has every route of the api itself and no other', () => {
    const own = operations().filter(({ path }) => !isForwarded(path));
    const inServer = [...served]
      .filter((route) => !route.endsWith('/*'))
      .map((route) => route.replace(/:(\w+)/g, '{$1}').replace(/(?<=\w)\/$/, ''));
    expect(own.map(({ route }) => route).sort()).toEqual([...new Set(inServer)].sort());
  });

  it('has routes for everything that is forwarded, each with the scopes the gateway wants', () => {
    const prefixes = [...served]
      .filter((route) => /^GET .*\/\*$/.test(route))
      .map((route) => route.slice(4, -1));
    expect(prefixes.sort()).toEqual(FORWARDED.map(({ prefix }) => prefix).sort());
    for (const { prefix, policy } of FORWARDED) {
      const found = operations().filter(({ path }) => path.startsWith(prefix));
      expect(found.length).toBeGreaterThan(4);
      for (const { method, path, operation } of found) {
        const example = path.slice(prefix.length).replace(/\{\w+\}/g, 'a');
        const match = policy.match(method, example);
        expect([path, operation.security[0]?.['bearer']]).toEqual([path, match?.scopes]);
      }
    }
  });

  it('is a sound OpenAPI document', () => {
    expect(document.openapi).toBe('3.1.0');
    const ids = operations().map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const tags = document.tags.map(({ name }) => name);
    for (const { path, operation } of operations()) {
      const named = Array.from(path.matchAll(/\{(\w+)\}/g), ([, name]) => name);
      const inPath = operation.parameters.filter((parameter) => parameter.in === 'path');
      expect(inPath.map(({ name }) => name)).toEqual(named);
      expect(tags).toContain(operation.tags[0]);
      for (const scheme of operation.security.flatMap(Object.keys))
        expect(document.components.securitySchemes).toHaveProperty(scheme);
    }
    const references = JSON.stringify(document).match(/"\$ref":"[^"]+"/g) ?? [];
    expect(new Set(references)).toEqual(new Set(['"$ref":"#/components/schemas/Problem"']));
    expect(document.components.schemas).toHaveProperty('Problem');
  });

  it('names each problem with the status it has', () => {
    for (const { operation } of operations())
      for (const [status, { description }] of Object.entries(operation.responses))
        for (const code of description.match(/\b[A-Z]+_[A-Z_]+\b/g) ?? [])
          expect([code, PROBLEM_KINDS[code as keyof typeof PROBLEM_KINDS].status]).toEqual([
            code,
            Number(status),
          ]);
  });

  it('wants a key for all but health and itself', () => {
    const open = operations().filter(({ operation }) => operation.security.length === 0);
    expect(new Set(open.flatMap(({ operation }) => operation.tags))).toEqual(new Set(['health', 'docs']));
  });

  it('is a page that shows all of it, runs nothing and loads nothing', async () => {
    const answer = await fetch(`${service.url}/docs`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const html = await answer.text();
    const text = html.replaceAll('<wbr>', '');
    for (const { path } of operations()) expect(text).toContain(`<code class="path">${path}</code>`);
    for (const code of Object.keys(PROBLEM_KINDS)) expect(html).toContain(`<tr id="${code}">`);
    expect(html).not.toMatch(
      /<script|<link|<img|<iframe|\ssrc=|\sstyle=|\son\w+=|https?:\/\/|127\.0\.0\.1|url\(/i,
    );

    const style = /<style>(.*)<\/style>/s.exec(html)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    const policy = answer.headers.get('content-security-policy');
    expect(policy).toContain(`default-src 'none'; style-src 'sha256-${hash}';`);
    expect(policy).not.toContain('unsafe');
  });
});
