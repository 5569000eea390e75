import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { systemClock } from '@tidegate/clock';
import { AddressBook, createLookup, DnsError, NameServer, type AddressSource } from '@tidegate/dns';
import { FaultyDnsServer, type DnsBehaviour } from '@tidegate/testing';
import { Agent, request } from 'undici';

export interface OutageOptions {
  readonly outageSeconds: number;
  readonly onProgress: (line: string) => void;
}

export interface OutageReport {
  readonly requests: number;
  readonly failed: number;
  readonly slowestMs: number;
  /** Requests by where their address came from. */
  readonly origins: Readonly<Record<string, number>>;
}

const NAME = 'mlflow.tidegate-bench.local';
const TTL_SECONDS = 10;
const WORKERS = 8;
/** Every request is a new connection and so a look-up; the pause keeps the number of used ports within bounds. */
const PAUSE_MS = 30;
const BEFORE_SECONDS = 12;
const AFTER_SECONDS = 5;

/** The system's look-up would ask name servers of this machine's network: here it has no answer. */
const noSystem: AddressSource = {
  lookup: () =>
    Promise.resolve({ kind: 'failed', error: new DnsError('DNS_SERVER_FAILED', 'The system is left out') }),
};

/**
 * Real time, real sockets: requests go on before, during and after an outage of the name server, which is silent
 * first, then fails, then is gone.
 */
export async function runOutage({ outageSeconds, onProgress }: OutageOptions): Promise<OutageReport> {
  const dns = await FaultyDnsServer.start();
  const target = await startTarget();
  const good: DnsBehaviour = { addresses: ['127.0.0.1'], ttlSeconds: TTL_SECONDS };
  dns.answer(NAME, good);
  const book = new AddressBook({
    nameServer: new NameServer({ clock: systemClock, servers: [dns.address] }),
    system: noSystem,
  });
  const load = new Load(book, (target.address() as AddressInfo).port);
  const tell = (what: string): void => onProgress(`${what}: ${load.summary()}`);
  load.start();
  await wait(BEFORE_SECONDS * 1000);
  tell('before the outage');
  const phaseMs = (outageSeconds * 1000) / 3;
  dns.answer(NAME, { isDropped: true });
  await wait(phaseMs);
  tell('silent');
  dns.answer(NAME, { rcode: 'SERVFAIL' });
  await wait(phaseMs);
  tell('SERVFAIL');
  await dns.stop();
  await wait(phaseMs);
  tell('gone');
  dns.answer(NAME, good);
  await dns.startAgain();
  await wait(AFTER_SECONDS * 1000);
  await load.stop();
  tell(`back, cache ${book.state(NAME).cache}`);
  await dns.stop();
  target.closeAllConnections();
  target.close();
  return load.report();
}

class Load {
  private requests = 0;
  private failed = 0;
  private slowestMs = 0;
  private readonly origins: Record<string, number> = {};
  private readonly agent: Agent;
  private isStopping = false;
  private workers: Promise<void>[] = [];

  constructor(
    private readonly book: AddressBook,
    private readonly port: number,
  ) {
    this.agent = new Agent({ connect: { lookup: createLookup(book) } });
  }

  start(): void {
    this.workers = Array.from({ length: WORKERS }, () => this.work());
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    await Promise.all(this.workers);
    await this.agent.close();
  }

  report(): OutageReport {
    const { requests, failed, slowestMs, origins } = this;
    return { requests, failed, slowestMs, origins };
  }

  summary(): string {
    return `${this.requests} requests, ${this.failed} failed, ${JSON.stringify(this.origins)}`;
  }

  private async work(): Promise<void> {
    while (!this.isStopping) {
      const startedAtMs = performance.now();
      try {
        await this.send();
      } catch {
        this.failed += 1;
      }
      this.requests += 1;
      this.slowestMs = Math.max(this.slowestMs, performance.now() - startedAtMs);
      await wait(PAUSE_MS);
    }
  }

  private async send(): Promise<void> {
    const { statusCode, body } = await request(`http://${NAME}:${this.port}/`, {
      dispatcher: this.agent,
      reset: true,
    });
    await body.dump();
    if (statusCode !== 200) throw new Error(`The target answered ${statusCode}`);
    const { cache } = this.book.state(NAME);
    this.origins[cache] = (this.origins[cache] ?? 0) + 1;
  }
}

async function startTarget(): Promise<Server> {
  const target = createServer((_request, response) => response.end('ok'));
  await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
  return target;
}
