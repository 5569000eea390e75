import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

type Body = Record<string, unknown>;

/** Changes what the simulator answered; it gets the request, too. */
export type Alteration = (answer: Body, request: Body) => Body | Promise<Body>;

/** Of a connection, not of what is sent over it; and what `fetch` says itself. */
const OWN_HEADERS = ['connection', 'content-length', 'expect', 'host', 'keep-alive', 'transfer-encoding'];

/**
 * The simulator's API with some answers changed to what AWS says in a state that the simulator does not have. What the
 * changed answers hold has the form of the real API.
 */
export class AlteredAws {
  readonly url: string;
  /** `Operation body`, in the order of the requests. */
  readonly requests: { readonly operation: string; readonly body: Body }[] = [];
  private readonly alterations = new Map<string, Alteration>();
  private readonly textAlterations = new Map<string, (answer: string) => string>();
  private readonly replies = new Map<string, { status: number; body: string; times: number }>();
  private readonly resets = new Map<string, number>();

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

  /** For services that speak XML. */
  alterText(operation: string, alteration: (answer: string) => string): void {
    this.textAlterations.set(operation, alteration);
  }

  /** Answers an operation with this text, as it is; the simulator is not asked. */
  reply(operation: string, body: string, status = 200, times = Infinity): void {
    this.replies.set(operation, { status, body, times });
  }

  /** Answers an operation as AWS does when it fails. */
  fail(operation: string, code: string, message: string, times = Infinity): void {
    this.reply(operation, JSON.stringify({ __type: code, message }), 400, times);
  }

  /** Closes the connection in place of so many answers. */
  reset(operation: string, times: number): void {
    this.resets.set(operation, times);
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
    const resets = this.resets.get(operation) ?? 0;
    if (resets > 0) {
      this.resets.set(operation, resets - 1);
      request.socket.resetAndDestroy();
      return;
    }
    const reply = this.replies.get(operation);
    if (reply && reply.times > 0) {
      reply.times -= 1;
      const type = reply.body.startsWith('<') ? 'text/xml' : 'application/x-amz-json-1.1';
      response.writeHead(reply.status, { 'content-type': type }).end(reply.body);
      return;
    }
    const received = await fetch(`${this.simulator}${request.url}`, {
      method: request.method ?? 'GET',
      headers: headersOf(request),
      redirect: 'manual',
      ...(sent.length > 0 && { body: new Uint8Array(sent) }),
    });
    const answered = Buffer.from(await received.arrayBuffer());
    const altered = received.ok ? await this.altered(operation, body, answered) : answered;
    for (const [name, value] of received.headers) {
      const isOwn = OWN_HEADERS.includes(name) && request.method !== 'HEAD';
      if (!isOwn && name !== 'content-encoding') response.setHeader(name, value);
    }
    response.writeHead(received.status).end(altered);
  }

  private async altered(operation: string, request: Body, answer: Buffer): Promise<Buffer | string> {
    const alteration = this.alterations.get(operation);
    if (alteration) return JSON.stringify(await alteration(JSON.parse(answer.toString()) as Body, request));
    return this.textAlterations.get(operation)?.(answer.toString()) ?? answer;
  }
}

function headersOf({ headers }: IncomingMessage): Headers {
  const passed = Object.entries(headers).filter(([name]) => !OWN_HEADERS.includes(name));
  return new Headers(passed.map(([name, value]) => [name, String(value)]));
}

function read(request: IncomingMessage, text: string): { operation: string; body: Body } {
  const target = request.headers['x-amz-target'];
  if (typeof target === 'string')
    return { operation: target.split('.').at(-1) ?? '', body: JSON.parse(text || '{}') as Body };
  const form = Object.fromEntries(new URLSearchParams(text));
  return { operation: form['Action'] ?? '', body: form };
}
