import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { useTestPostgres } from '@tidegate/testing';
import { bearer, keys, startApiUnderTest } from './api-under-test';

describe('stopping the api', () => {
  const postgres = useTestPostgres();

  it('finishes a running request, while /ready and /health already say no', async () => {
    const slow = createServer((_request, response) =>
      setTimeout(() => response.end('{"late":true}'), 4_000),
    ).listen(0, '127.0.0.1');
    await once(slow, 'listening');
    const arrived = once(slow, 'request');
    const api = await startApiUnderTest({
      DATABASE_URL: await postgres.createDatabase(),
      MLFLOW_TRACKING_URI: 'http://127.0.0.1:1',
      INFERENCE_URL: `http://127.0.0.1:${(slow.address() as AddressInfo).port}`,
      SHUTDOWN_READINESS_GRACE_MS: '3000',
    });
    await api.waitFor('/ready', 200);
    const running = fetch(`${api.url}/api/inference/predict`, {
      method: 'POST',
      headers: bearer(keys.all),
      body: '{}',
    });
    await arrived;
    const stopped = api.service.shutdown('SIGTERM');
    expect(await api.waitFor('/ready', 503)).toEqual({ status: 'not_ready', reason: 'draining' });
    expect(await api.waitFor('/health', 503)).toMatchObject({ status: 'draining' });
    expect(await (await running).json()).toEqual({ late: true });
    expect(await stopped).toBe(true);
    await expect(fetch(`${api.url}/live`)).rejects.toThrow();
    slow.close();
  });
});
