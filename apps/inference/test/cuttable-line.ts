import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A line to MLflow that can be cut: connections then end and new ones are refused, as when MLflow is away. */
export class CuttableLine {
  /** Told how many bytes came from MLflow, all together. */
  onBytes: (total: number) => void = () => undefined;
  private server: Server | undefined;
  private port = 0;
  private total = 0;
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly target: URL) {}

  static async to(url: string): Promise<CuttableLine> {
    const line = new CuttableLine(new URL(url));
    await line.mend();
    return line;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async mend(): Promise<void> {
    this.server = createServer((socket) => {
      const upstream = connect(Number(this.target.port), this.target.hostname);
      for (const end of [socket, upstream]) {
        this.sockets.add(end);
        end.on('error', () => end.destroy());
        end.once('close', () => this.sockets.delete(end));
      }
      upstream.on('data', (chunk) => this.onBytes((this.total += chunk.length)));
      socket.pipe(upstream).pipe(socket);
    }).listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  async cut(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    const { server } = this;
    this.server = undefined;
    if (server !== undefined) await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}
