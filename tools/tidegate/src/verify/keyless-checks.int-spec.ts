import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { healthChecks, serviceChecks } from './api-checks';
import { gatewayChecks, mlflowHealthChecks } from './mlflow-checks';

describe('what is looked at without a key', () => {
  let server: Server;
  let answer: { status: number; text: string };
  let url: string;

  beforeAll(async () => {
    server = createServer((request, response) => {
      expect(request.headers.authorization).toBeUndefined();
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.text);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());

  const keylessChecks = () => {
    const api = { url, key: undefined };
    return [healthChecks, mlflowHealthChecks, gatewayChecks, serviceChecks]
      .flatMap((checks) => checks(api))
      .filter(({ needsKey }) => !needsKey);
  };

  it('is health, MLflow as the api sees it, and that the gateway refuses', () => {
    expect(keylessChecks().map(({ expected }) => expected)).toEqual([
      'GET /live says "alive"',
      'GET /ready says "ready"',
      'the api can use it (mlflow in GET /health)',
      'the api can use it (postgres in GET /health)',
      'the api can use it (redis in GET /health)',
      'its name is found and it answers (GET /api/health/mlflow/connectivity)',
      'experiments and artifacts can be used (GET /api/health/mlflow)',
      'a call without a key is refused: 401, "API key required"',
    ]);
  });

  it.each([
    [{ status: 401, text: '{"detail":"API key required"}' }, 'passed', 'HTTP 401'],
    [{ status: 401, text: '{"detail":"nobody"}' }, 'failed', 'it does not say so: {"detail":"nobody"}'],
    [{ status: 200, text: '{"experiments":[]}' }, 'failed', 'HTTP 200, expected 401: {"experiments":[]}'],
  ])('a gateway that answers %j: %s', async (given, result, found) => {
    answer = given;
    const check = keylessChecks().find(({ part }) => part === 'gateway');
    expect(await check?.look()).toEqual({ result, found });
  });
});
