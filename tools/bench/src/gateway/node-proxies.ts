import { findFreePort } from '@tidegate/local-parts';
import { LABELS } from './labels';
import { ownProgram, type OwnProgram } from './own-program';
import type { Target } from '../target';
import type { Workbench } from '../workbench';

/** The shortest proxy of node:http and undici. */
export function startBareProxy(bench: Workbench, upstream: Target): Promise<Target> {
  return startNodeProxy(bench, upstream, { label: LABELS.bare, program: 'bare-proxy' });
}

/** `@fastify/http-proxy` without authentication. */
export function startFastifyProxy(bench: Workbench, upstream: Target): Promise<Target> {
  return startNodeProxy(bench, upstream, { label: LABELS.fastify, program: 'fastify-proxy' });
}

async function startNodeProxy(
  bench: Workbench,
  upstream: Target,
  { label, program }: { label: string; program: OwnProgram },
): Promise<Target> {
  const port = await findFreePort();
  const server = await bench.start({
    name: program,
    command: bench.cores.forProxy(process.execPath, ownProgram(program), String(port), upstream.url),
    port,
    environment: { NODE_ENV: 'production' },
  });
  return { label, url: `http://127.0.0.1:${port}`, pid: server.pid, headers: {} };
}
