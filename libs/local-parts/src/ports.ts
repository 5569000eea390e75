import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { LocalPartError } from './local-part-error';

// Below the range from which systems take the ports of outgoing connections: a port found here stays free
// for a server that is stopped and started again.
const LOWEST_PORT = 20_000;
const HIGHEST_PORT = 32_000;
const ATTEMPTS = 100;

/** A port of 127.0.0.1 on which nothing listens. */
export async function findFreePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = randomInt(LOWEST_PORT, HIGHEST_PORT);
    if (await isPortFree(port)) return port;
  }
  throw new LocalPartError(
    'PORT_IN_USE',
    `No free port found between ${LOWEST_PORT} and ${HIGHEST_PORT} in ${ATTEMPTS} tries. End some of the servers of this machine.`,
  );
}

/** Whether a server could listen on this port of 127.0.0.1 now. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/**
 * @param name what wants to listen, for example `MLflow`
 * @param setting how the user chooses another port, for example `--mlflow-port`
 * @throws LocalPartError `PORT_IN_USE`
 */
export async function requireFreePort(port: number, name: string, setting: string): Promise<void> {
  if (await isPortFree(port)) return;
  throw new LocalPartError(
    'PORT_IN_USE',
    `Port ${port}, wanted by ${name}, is taken by another program on 127.0.0.1. End that program or choose another port with ${setting}.`,
  );
}
