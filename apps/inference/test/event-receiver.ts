import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PredictionEvent } from '@tidegate/schemas';

/** Takes events as the logging app does, on one port, and can be away, or take connections and say nothing. */
export class EventReceiver {
  readonly events: PredictionEvent[] = [];
  readonly tokens = new Set<unknown>();
  isFrozen = false;
  private server: Server | undefined;
  private port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const server = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk: Buffer) => (text += chunk.toString()));
      request.on('end', () => {
        if (this.isFrozen) return;
        const events = JSON.parse(text) as PredictionEvent[];
        this.events.push(...events);
        this.tokens.add(request.headers['x-tidegate-internal-token']);
        const results = events.map(({ id }) => ({ id, status: 'stored' }));
        response.writeHead(201, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ stored: events.length, duplicates: 0, rejected: 0, results }));
      });
    });
    server.listen(this.port, '127.0.0.1');
    await once(server, 'listening');
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => (this.server ? this.server.close(resolve) : resolve(undefined)));
    this.server = undefined;
  }
}
