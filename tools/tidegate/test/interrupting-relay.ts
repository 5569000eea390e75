import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Where to stop: before a call reaches the server, or when the server has carried it out and nobody has heard. */
interface Interruption {
  /** Such as `runs/delete`. */
  readonly path: string;
  readonly moment: 'before' | 'after';
  act(): void;
}

/** Passes everything on to a server, and acts at one call, which it leaves without an answer. */
export class InterruptingRelay {
  private interruption: Interruption | undefined;
  private readonly server = createServer((incoming, outgoing) => {
    const { method, url = '', headers } = incoming;
    const here = url.endsWith(this.interruption?.path ?? 'nowhere') ? this.interruption : undefined;
    if (here) this.interruption = undefined;
    if (here?.moment === 'before') {
      here.act();
      return;
    }
    const to = new URL(url, this.target);
    const onward = request(to, { method, headers: { ...headers, host: to.host } }, (answer) => {
      if (here) {
        here.act();
        answer.resume();
        return;
      }
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });

  constructor(private readonly target: string) {}

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The next call of this path, once. */
  interrupt(interruption: Interruption): void {
    this.interruption = interruption;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
