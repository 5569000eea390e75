import { Dispatcher } from 'undici';
import type { AddressPool } from './address-pool';

/** For a handler whose request was never sent: there is nothing to control. */
const NO_REQUEST: Dispatcher.DispatchController = {
  aborted: true,
  paused: false,
  reason: null,
  abort: () => undefined,
  pause: () => undefined,
  resume: () => undefined,
};

/** @param tried addresses that took no connection; undefined: there is no other */
type Choose = (tried: readonly AddressPool[]) => Promise<AddressPool | undefined>;

/**
 * An upstream in the shape undici's own functions take, so that health checks go the way of the requests: over the same
 * connections, and to another address when one takes no connection.
 */
export function upstreamDispatcher(choose: Choose): Dispatcher {
  // Composed, since undici then turns every kind of handler into the one kind that is written here.
  return new Dispatcher().compose(() => (options, handler) => {
    attempt({ choose, options, handler }, []);
    return true;
  });
}

interface Call {
  readonly choose: Choose;
  readonly options: Dispatcher.DispatchOptions;
  readonly handler: Dispatcher.DispatchHandler;
}

/** @param lastError of the attempt before: the answer when there is no other address */
function attempt(call: Call, tried: readonly AddressPool[], lastError?: Error): void {
  const fail = (error: Error): void => call.handler.onResponseError?.(NO_REQUEST, lastError ?? error);
  call.choose(tried).then((pool) => {
    if (pool === undefined) fail(new Error('There is no address'));
    else
      pool.dispatch(
        call.options,
        new Attempt(call.handler, (error) => attempt(call, [...tried, pool], error)),
      );
  }, fail);
}

/** Passes everything on but the failure to connect. */
class Attempt implements Dispatcher.DispatchHandler {
  private isConnected = false;

  constructor(
    private readonly handler: Dispatcher.DispatchHandler,
    private readonly onNotConnected: (error: Error) => void,
  ) {}

  onRequestStart(controller: Dispatcher.DispatchController, context: object): void {
    this.isConnected = true;
    this.handler.onRequestStart?.(controller, context);
  }

  onResponseStart(
    ...[controller, status, headers, text]: Parameters<
      NonNullable<Dispatcher.DispatchHandler['onResponseStart']>
    >
  ): void {
    this.handler.onResponseStart?.(controller, status, headers, text);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.handler.onResponseData?.(controller, chunk);
  }

  onResponseEnd(
    ...[controller, trailers]: Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseEnd']>>
  ): void {
    this.handler.onResponseEnd?.(controller, trailers);
  }

  onResponseError(controller: Dispatcher.DispatchController, error: Error): void {
    if (this.isConnected) this.handler.onResponseError?.(controller, error);
    else this.onNotConnected(error);
  }
}
