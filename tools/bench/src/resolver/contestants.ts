import { lookup } from 'node:dns/promises';
import { AddressBook, createLookup, NameServer, type AddressSource } from '@tidegate/dns';
import { systemClock } from '@tidegate/clock';
import type { FaultyDnsServer } from '@tidegate/testing';
import { interceptors, type Dispatcher } from 'undici';

/** One way to find the addresses of a name. `run` does it `count` times. */
export interface Contestant {
  readonly label: string;
  readonly run: (count: number) => void | Promise<void>;
  /** What is measured besides the look-up, where that cannot be left out. */
  readonly note?: string;
}

const NAME = 'mlflow.tidegate-bench.local';
const ADDRESSES = [
  { address: '127.0.0.1', family: 4 },
  { address: '127.0.0.2', family: 4 },
] as const;
const FAR_AWAY_MS = 300_000;

/** Ways to answer from what is known already. */
export async function cachedContestants(): Promise<readonly Contestant[]> {
  const found = { kind: 'found', addresses: ADDRESSES, ttlSeconds: 300 } as const;
  const source: AddressSource = { lookup: () => Promise.resolve(found) };
  let hits = 0;
  const observers = [{ cacheHit: () => void (hits += 1) }];
  const book = new AddressBook({ nameServer: source, system: source, observers });
  await book.resolve(NAME);
  return [
    mapContestant(),
    { label: 'AddressBook.peek', run: times(() => book.peek(NAME)) },
    { label: 'AddressBook.resolve', run: timesAsync(() => book.resolve(NAME)) },
    createLookupContestant(book),
    undiciContestant(),
    {
      label: "node's dns.lookup",
      run: timesAsync(() => lookup('localhost', { all: true })),
      note: 'no cache; localhost from the hosts file',
    },
  ];
}

/** Ways to ask a name server on this machine, which runs in this process and takes its share of the time. */
export function askingContestants(
  server: FaultyDnsServer,
  nodeResolver: {
    resolve4: (name: string) => Promise<unknown>;
    resolve6: (name: string) => Promise<unknown>;
  },
): readonly Contestant[] {
  server.answer(NAME, { addresses: ['127.0.0.1', '::1'] });
  const nameServer = new NameServer({ clock: systemClock, servers: [server.address] });
  return [
    { label: 'NameServer.lookup', run: timesAsync(() => nameServer.lookup(NAME)), note: 'A and AAAA' },
    {
      label: "node's Resolver",
      run: timesAsync(() => Promise.all([nodeResolver.resolve4(NAME), nodeResolver.resolve6(NAME)])),
      note: 'A and AAAA',
    },
  ];
}

/** The least a cache can do: look at the clock and into a map. */
function mapContestant(): Contestant {
  const known = new Map([[NAME, { addresses: ADDRESSES, expiresAtMs: performance.now() + FAR_AWAY_MS }]]);
  return {
    label: 'Map and clock',
    run: times(() => {
      const entry = known.get(NAME);
      return entry !== undefined && performance.now() < entry.expiresAtMs ? entry.addresses : undefined;
    }),
  };
}

function createLookupContestant(book: AddressBook): Contestant {
  const lookUp = createLookup(book);
  return {
    label: 'createLookup(book)',
    run: timesAsync(() => new Promise((resolve) => lookUp(NAME, { all: true }, resolve))),
    note: 'callback, as net.connect calls it',
  };
}

/** The interceptor alone, with a dispatcher that does nothing. */
function undiciContestant(): Contestant {
  const dispatch = interceptors.dns({
    maxTTL: FAR_AWAY_MS,
    dualStack: false,
    lookup: (_origin, _options, callback) =>
      callback(
        null,
        ADDRESSES.map((entry) => ({ ...entry, ttl: FAR_AWAY_MS })),
      ),
  })(() => true);
  const options: Dispatcher.DispatchOptions = { origin: `http://${NAME}:5000`, path: '/', method: 'GET' };
  return {
    label: "undici's dns interceptor",
    run: times(() => dispatch(options, {})),
    note: 'with its copy of the request options',
  };
}

function times(once: () => unknown): (count: number) => void {
  return (count) => {
    for (let turn = 0; turn < count; turn += 1) once();
  };
}

function timesAsync(once: () => Promise<unknown>): (count: number) => Promise<void> {
  return async (count) => {
    for (let turn = 0; turn < count; turn += 1) await once();
  };
}
