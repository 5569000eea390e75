import { AddressBook, type AddressBookOptions, createLookup } from '@tidegate/dns';
import { Dispatcher, Pool } from 'undici';

const CONNECT_TIMEOUT_MS = 2_000;

/**
 * Finds the logging app by its name, with the last good answer while the name server is away. Connections stay on the
 * address they were made to, so there are new ones when the name leads elsewhere; and while nobody knows where it leads
 * the old ones are kept, however long.
 */
export function loggingDispatcher(url: string, options: AddressBookOptions = {}): Dispatcher {
  const { origin, hostname: host } = new URL(url);
  const hostname = host.replace(/^\[(.*)\]$/, '$1');
  const book = new AddressBook({
    ...options,
    observers: [
      {
        addressesChanged: (_name, _addresses, previous) => {
          if (previous.length > 0) replaceConnections();
        },
      },
    ],
  });
  // One connection: batches are sent one after the other.
  const connect = (): Pool =>
    new Pool(origin, {
      connections: 1,
      connect: { lookup: createLookup(book), timeout: CONNECT_TIMEOUT_MS },
    });
  let connections = connect();
  // What is being sent is finished; when that fails it is sent again.
  const replaceConnections = (): void => {
    void connections.close().catch(() => undefined);
    connections = connect();
  };
  return new Dispatcher().compose(() => (request, handler) => {
    // A connection asks for no address once it is there: this is what keeps the book up to date.
    book.peek(hostname);
    return connections.dispatch(request, handler);
  });
}
