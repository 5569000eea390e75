import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';

/** A server that stands where inference stands and answers as the test says. */
export class UpstreamUnderTest {
  /** What came, in order. */
  readonly requests: IncomingMessage[] = [];
  answer: RequestListener = (_request, response) => response.end('{}');

  private constructor(private server: Server) {}

  static async start(host = '127.0.0.1', port = 0): Promise<UpstreamUnderTest> {
    const upstream = new UpstreamUnderTest(createServer());
    await upstream.listen(host, port);
    return upstream;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Open connections, idle ones as well. */
  connectionCount(): Promise<number> {
    return promisify(this.server.getConnections.bind(this.server))();
  }

  /** As when the process is killed: running requests are cut, new connections refused. */
  async stop(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  /** After a stop, on the same port. */
  async startAgain(host: string, port: number): Promise<void> {
    this.server = createServer();
    await this.listen(host, port);
  }

  private async listen(host: string, port: number): Promise<void> {
    this.server.on('request', (request, response) => {
      this.requests.push(request);
      // Health checks come at any time, and alone have no trace: they are no business of the test's answer.
      if (request.headers.traceparent === undefined) response.end('{}');
      else this.answer(request, response);
    });
    this.server.listen(port, host);
    await once(this.server, 'listening');
  }
}

/** Reads a request to its end. */
export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts);
}
