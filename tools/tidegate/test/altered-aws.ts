import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

type Body = Record<string, unknown>;

/** Changes what the simulator answered; it gets the request, too. */
export type Alteration = (answer: Body, request: Body) => Body;

/**
 * The simulator's API with some answers changed to what AWS says in a state that the simulator does not have. What the
 * changed answers hold has the form of the real API.
 */
export class AlteredAws {
  readonly url: string;
  /** `Operation body`, in the order of the requests. */
  readonly requests: { readonly operation: string; readonly body: Body }[] = [];
  private readonly alterations = new Map<string, Alteration>();
  private readonly replies = new Map<string, { status: number; body: string }>();

  private constructor(
    private readonly server: Server,
    private readonly simulator: string,
  ) {
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(simulator: string): Promise<AlteredAws> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const aws = new AlteredAws(server, simulator);
    server.on(
      'request',
      (request: IncomingMessage, response: ServerResponse) => void aws.answer(request, response),
    );
    return aws;
  }

  /** For services that speak JSON. */
  alter(operation: string, alteration: Alteration): void {
    this.alterations.set(operation, alteration);
  }

  /** Answers an operation with this text, as it is; the simulator is not asked. */
  reply(operation: string, body: string, status = 200): void {
    this.replies.set(operation, { status, body });
  }

  /** Answers an operation as AWS does when it fails. */
  fail(operation: string, code: string, message: string): void {
    this.reply(operation, JSON.stringify({ __type: code, message }), 400);
  }

  of(operation: string): readonly Body[] {
    return this.requests.filter((request) => request.operation === operation).map(({ body }) => body);
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const sent = await buffer(request);
    const { operation, body } = read(request, sent.toString());
    this.requests.push({ operation, body });
    const reply = this.replies.get(operation);
    if (reply) {
      const type = reply.body.startsWith('<') ? 'text/xml' : 'application/x-amz-json-1.1';
      response.writeHead(reply.status, { 'content-type': type }).end(reply.body);
      return;
    }
    const passed = ['authorization', 'content-type', 'x-amz-target', 'x-amz-date'];
    const headers = passed.flatMap((name) => {
      const value = request.headers[name];
      return typeof value === 'string' ? [[name, value] as const] : [];
    });
    const received = await fetch(`${this.simulator}${request.url}`, {
      method: 'POST',
      headers: Object.fromEntries(headers),
      body: new Uint8Array(sent),
    });
    const text = await received.text();
    const alteration = received.ok ? this.alterations.get(operation) : undefined;
    response
      .writeHead(received.status, { 'content-type': received.headers.get('content-type') ?? 'text/xml' })
      .end(alteration ? JSON.stringify(alteration(JSON.parse(text) as Body, body)) : text);
  }
}

function read(request: IncomingMessage, text: string): { operation: string; body: Body } {
  const target = request.headers['x-amz-target'];
  if (typeof target === 'string')
    return { operation: target.split('.').at(-1) ?? '', body: JSON.parse(text || '{}') as Body };
  const form = Object.fromEntries(new URLSearchParams(text));
  return { operation: form['Action'] ?? '', body: form };
}
