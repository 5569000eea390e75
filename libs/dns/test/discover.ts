import { FakeClock, type FaultyDnsServer } from '@tidegate/testing';
import type { Address } from '../src/address';
import { AddressBook } from '../src/address-book';
import { askServer } from '../src/ask-server';
import { NameServer } from '../src/name-server';
import { SystemLookup } from '../src/system-lookup';

export const name = 'mlflow.tidegate-test.local';

export interface Discovery {
  readonly book: AddressBook;
  readonly clock: FakeClock;
  /** What the book says, in one line. */
  readonly outcome: () => Promise<string>;
  /** Resolves when so many exchanges with servers are over. */
  readonly replied: (count: number) => Promise<void>;
  /** Exchanges that are still open. */
  readonly open: () => number;
}

/** An address book that asks real servers over the network, with time that only the test moves. */
export function discover(
  servers: readonly FaultyDnsServer[],
  systemAddresses: readonly string[] = [],
  fallback?: Address,
): Discovery {
  const clock = new FakeClock();
  const exchanges: Promise<unknown>[] = [];
  let [started, finished] = [0, 0];
  const waiters: (() => void)[] = [];
  const nameServer = new NameServer({
    clock,
    servers: servers.map(({ address }) => address),
    ask: (...question) => {
      started += 1;
      const exchange = askServer(...question).finally(() => {
        finished += 1;
        for (const wake of waiters.splice(0)) setImmediate(wake);
      });
      exchanges.push(exchange);
      return exchange;
    },
  });
  const system = new SystemLookup({
    clock,
    lookup: () => Promise.resolve(systemAddresses.map((address) => ({ address, family: 4 }))),
  });
  const fallbacks = new Map(fallback && [[name, fallback]]);
  const book = new AddressBook({ clock, nameServer, system, fallbacks, random: () => 0 });
  return {
    book,
    clock,
    outcome: () =>
      book.resolve(name).then(
        ({ origin, addresses }) => `${origin} ${addresses.map(({ address }) => address).join(' ')}`,
        (error: { code: string }) => error.code,
      ),
    replied: async (count) => {
      while (finished < count) await new Promise<void>((resolve) => waiters.push(resolve));
    },
    open: () => started - finished,
  };
}
