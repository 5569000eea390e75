import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A connection on which a test says every byte itself. */
export class RawConnection {
  /** Everything that came so far. */
  received = '';
  private readonly closed: Promise<void>;

  private constructor(readonly socket: Socket) {
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => (this.received += text));
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
  }

  static async open(url: string): Promise<RawConnection> {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    await once(socket, 'connect');
    return new RawConnection(socket);
  }

  /** Sends bytes as they are written here (latin1). */
  send(text: string): this {
    this.socket.write(Buffer.from(text, 'latin1'));
    return this;
  }

  /** Waits until what came matches. */
  async until(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.received)) {
      if (this.socket.destroyed) throw new Error(`closed after: ${this.received}`);
      await Promise.race([once(this.socket, 'data'), this.closed]);
    }
    return this.received;
  }

  /** Waits until the other side closes; gives everything that came. */
  async untilClosed(): Promise<string> {
    this.socket.once('end', () => this.socket.end());
    await this.closed;
    return this.received;
  }

  destroy(): void {
    this.socket.destroy();
  }
}

/** The lines of a request, with an empty one at the end. */
export function lines(...texts: readonly string[]): string {
  return [...texts, '', ''].join('\r\n');
}
