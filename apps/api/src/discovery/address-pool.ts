import type { LookupFunction } from 'node:net';
import type { Clock } from '@tidegate/clock';
import type { Address } from '@tidegate/dns';
import { Pool, type Dispatcher } from 'undici';
import { CircuitBreaker } from './circuit-breaker';

const CONNECT_TIMEOUT_MS = 2_000;
/** MLflow answers an upload only after it has stored it. */
const ANSWER_TIMEOUT_MS = 300_000;
/** Shorter than uvicorn's 5 s: a request must not be sent while the server closes the idle connection. */
const IDLE_CONNECTION_MS = 4_000;
/** Beyond, another request would only wait behind the others. */
const MAX_RUNNING = 1_024;

/** The connections to one address of a service. */
export class AddressPool {
  readonly address: string;
  readonly breaker: CircuitBreaker;
  /** Requests that were dispatched and have not ended; kept by who dispatches. */
  running = 0;
  private readonly pool: Pool;

  constructor(origin: string, address: Address, clock: Clock, random: () => number) {
    const breaker = new CircuitBreaker(clock, random);
    this.address = address.address;
    this.breaker = breaker;
    this.pool = new Pool(origin, {
      connect: { lookup: always(address), timeout: CONNECT_TIMEOUT_MS },
      headersTimeout: ANSWER_TIMEOUT_MS,
      bodyTimeout: ANSWER_TIMEOUT_MS,
      keepAliveTimeout: IDLE_CONNECTION_MS,
    });
    // Also those of health checks: a server that is found back is used again at once.
    this.pool.on('connect', () => breaker.connected());
  }

  get isFull(): boolean {
    return this.running >= MAX_RUNNING;
  }

  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    return this.pool.dispatch(options, handler);
  }

  /** Takes no more requests; resolves when the running ones have ended and their connections are closed. */
  drain(): Promise<void> {
    return this.pool.close();
  }

  /** Ends running requests as well. */
  destroy(): Promise<void> {
    return this.pool.destroy();
  }
}

/** A look-up for `net.connect` that knows one address; TLS goes on checking the name. */
function always({ address, family }: Address): LookupFunction {
  return (_hostname, { all }, callback) => {
    process.nextTick(() => (all ? callback(null, [{ address, family }]) : callback(null, address, family)));
  };
}
