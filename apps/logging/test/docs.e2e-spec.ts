import { startService, type RunningService } from '@tidegate/bootstrap';
import { register } from 'prom-client';
import { loggingService } from '../src/app.module';
import { loadLoggingConfig } from '../src/logging.config';

interface Document {
  readonly openapi: string;
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly tags: readonly string[] }>>>>;
}

describe('the documentation of the prediction log', () => {
  let service: RunningService;
  /** `METHOD path` of all routes the server really has, but for HEAD. */
  const served = new Set<string>();

  beforeAll(async () => {
    register.clear();
    // It is the same without a database.
    const config = loadLoggingConfig({
      DATABASE_URL: 'postgresql://nobody:none@127.0.0.1:1/none',
      HOST: '127.0.0.1',
      PORT: '0',
    });
    const definition = loggingService(config);
    service = await startService({
      ...definition,
      logDestination: { write: () => undefined },
      configure: async (fastify, app) => {
        fastify.addHook('onRoute', ({ method, url }) => {
          for (const one of [method].flat()) if (one !== 'HEAD') served.add(`${one} ${url}`);
        });
        await definition.configure?.(fastify, app);
      },
    });
  });
  afterAll(() => service.shutdown('end of the test'));

  it('has every route of the server, and no other', async () => {
    const document = (await (await fetch(`${service.url}/docs/openapi.json`)).json()) as Document;
    expect(document.openapi).toMatch(/^3\.1\./);
    const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
    );
    expect(documented.sort()).toEqual([...served].sort());
    const tags = new Set(document.tags.map(({ name }) => name));
    const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
    expect(operations.every((operation) => operation.tags.every((tag) => tags.has(tag)))).toBe(true);
  });

  it('has a page for people, and says what 202 means', async () => {
    const page = await (await fetch(`${service.url}/docs`)).text();
    for (const said of ['Keeps predictions, each counted once', 'Says what turned out to be true'])
      expect(page).toContain(said);
    const document = await (await fetch(`${service.url}/docs/openapi.json`)).text();
    expect(document).toContain('202: the database is away');
  });
});
