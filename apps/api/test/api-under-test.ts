import { generateApiKey, type Scope, SCOPES } from '@tidegate/api-keys';
import type { RunningService } from '@tidegate/bootstrap';
import { register } from 'prom-client';
import { loadApiConfig } from '../src/api.config';
import { startApi } from '../src/start-api';

const newKey = (): string => generateApiKey({ environment: 'test' }).text;

/** Keys every api under test knows, given by secret as a service's keys are. */
export const keys = { all: newKey(), readRuns: newKey(), nobodys: newKey() };

/** As `API_SERVICE_KEYS` has them. */
export const serviceKeys: { name: string; key: string; scopes: readonly Scope[] }[] = [
  { name: 'everything', key: keys.all, scopes: SCOPES },
  { name: 'reader', key: keys.readRuns, scopes: ['runs:read'] },
];

export interface ApiUnderTest {
  readonly url: string;
  readonly service: RunningService;
  /** Everything logged so far. */
  log(): string;
  /** Waits until `GET path` answers `status`; gives the body. */
  waitFor(path: string, status: number): Promise<unknown>;
  stop(): Promise<void>;
}

/** The api as `main.ts` starts it, in this process, on a free port. */
export async function startApiUnderTest(environment: Record<string, string>): Promise<ApiUnderTest> {
  const lines: string[] = [];
  const config = loadApiConfig({
    HOST: '127.0.0.1',
    PORT: '0',
    LOG_LEVEL: 'debug',
    TIDEGATE_ENVIRONMENT: 'test',
    API_KEY_PEPPER: 'a pepper that is long enough for a test',
    API_SERVICE_KEYS: JSON.stringify(serviceKeys),
    ...environment,
  });
  const service = await startApi(config, {
    logDestination: { write: (line: string) => void lines.push(line) },
  });
  const { url } = service;
  return {
    url,
    service,
    log: () => lines.join(''),
    waitFor: (path, status) => waitForStatus(`${url}${path}`, status),
    stop: async () => {
      await service.shutdown('end of the test');
      register.clear();
    },
  };
}

async function waitForStatus(url: string, status: number): Promise<unknown> {
  for (let attempt = 0; attempt < 400; attempt += 1) {
    const response = await fetch(url);
    const body: unknown = await response.json();
    if (response.status === status) return body;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`GET ${url} did not answer ${status} within 20 s`);
}

export function bearer(key: string): { authorization: string } {
  return { authorization: `Bearer ${key}` };
}
