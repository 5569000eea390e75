import { type RunningService, startService } from '@tidegate/bootstrap';
import { PROBLEM_KINDS, type ProblemCode, ProblemError } from '@tidegate/schemas';
import { register } from 'prom-client';
import { AppModule } from '../src/app.module';
import { loadInferenceConfig } from '../src/inference.config';
import { MlflowProtocol } from '../src/protocols/mlflow/mlflow-protocol';
import { OpenInferenceProtocol } from '../src/protocols/open-inference/open-inference-protocol';
import { PredictProtocol } from '../src/protocols/predict/predict-protocol';
import { protocolsByPath } from '../src/protocols/protocols-by-path';

interface Operation {
  readonly operationId: string;
  readonly security: readonly object[];
  readonly tags: readonly string[];
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: object }>>;
}

interface Document {
  readonly openapi: string;
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: object };
}

/** Nothing is loaded: the documentation is the same. */
const config = loadInferenceConfig({
  HOST: '127.0.0.1',
  PORT: '0',
  MODELS: 'none@production',
  MLFLOW_TRACKING_URI: 'http://127.0.0.1:1',
});

describe('the documentation of the inference app', () => {
  let service: RunningService;
  let document: Document;
  /** `METHOD path` of all routes that Fastify has. */
  const served = new Set<string>();

  beforeAll(async () => {
    register.clear();
    service = await startService({
      name: 'inference',
      module: AppModule.register(config),
      settings: config,
      logDestination: { write: () => undefined },
      configure: (fastify) => {
        fastify.addHook('onRoute', ({ method, url }) => {
          for (const one of [method].flat())
            if (one !== 'HEAD' && !url.includes('*')) served.add(`${one} ${url}`);
        });
      },
    });
    document = (await (await fetch(`${service.url}/docs/openapi.json`)).json()) as Document;
  });

  afterAll(async () => {
    await service.shutdown('end of the test');
    register.clear();
  });

  const operations = (): { method: string; path: string; operation: Operation }[] =>
    Object.entries(document.paths).flatMap(([path, byMethod]) =>
      Object.entries(byMethod).map(([name, operation]) => ({ method: name.toUpperCase(), path, operation })),
    );
  const protocolOf = protocolsByPath(config);
  const scoring = (path: string) => protocolOf(path.replace(/\{\w+\}/g, 'a'));

  it('has every route, and no other', () => {
    const documented = operations();
    const fromFastify = documented.filter(({ method, path }) => method !== 'POST' || !scoring(path));
    const inServer = [...served].map((route) => route.replace(/:(\w+)/g, '{$1}').replace(/(?<=\w)\/$/, ''));
    expect(fromFastify.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(
      [...new Set(inServer)].sort(),
    );

    const protocols = documented.flatMap(({ path }) => scoring(path)?.route ?? []);
    const all = [new PredictProtocol(1), new MlflowProtocol(), new OpenInferenceProtocol()];
    expect(new Set(protocols)).toEqual(new Set(all.map(({ route }) => route)));
  });

  it('says which errors have the shape of their protocol', () => {
    for (const { method, path, operation } of operations()) {
      const protocol = method === 'POST' ? scoring(path) : undefined;
      if (protocol === undefined) continue;
      const { contentType } = protocol.errorAnswer(new ProblemError('BODY_INVALID'), 'a');
      const refused = operation.responses['400']?.content;
      expect([path, Object.keys(refused ?? {})]).toEqual([path, [contentType]]);
    }
  });

  it('is sound: ids, tags, references, and each problem with the status it has', () => {
    const all = operations().map(({ operation }) => operation);
    expect(new Set(all.map(({ operationId }) => operationId)).size).toBe(all.length);
    const tags = document.tags.map(({ name }) => name);
    expect(new Set(all.flatMap((operation) => operation.tags))).toEqual(new Set(tags));
    const references = JSON.stringify(document).match(/(?<="\$ref":"#\/components\/schemas\/)\w+/g) ?? [];
    expect(new Set(references)).toEqual(new Set(Object.keys(document.components.schemas)));
    for (const { responses } of all)
      for (const [status, { description }] of Object.entries(responses))
        for (const code of description.match(/\b[A-Z]+_[A-Z_]+\b/g) ?? [])
          if (code in PROBLEM_KINDS)
            expect([code, PROBLEM_KINDS[code as ProblemCode].status]).toEqual([code, Number(status)]);
  });

  it('wants the internal token for all but the probes and the metrics', () => {
    const open = operations().filter(({ operation }) => operation.security.length === 0);
    expect(open.map(({ path }) => path).sort()).toEqual(['/health', '/live', '/metrics', '/ready']);
  });

  it('is a page as well', async () => {
    const answer = await fetch(`${service.url}/docs`);
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    const text = (await answer.text()).replaceAll('<wbr>', '');
    for (const { path } of operations()) expect(text).toContain(`<code class="path">${path}</code>`);
  });
});
