import { Dispatcher } from 'undici';
import type { AddressPool } from './address-pool';

/** What handlers of the newer kind are given when there is no request to control. */
const NO_REQUEST: Dispatcher.DispatchController = {
  aborted: true,
  paused: false,
  reason: null,
  abort: () => undefined,
  pause: () => undefined,
  resume: () => undefined,
};

/** An upstream in the shape undici's own functions take, so that health checks go the way of the requests. */
export class UpstreamDispatcher extends Dispatcher {
  constructor(private readonly choose: () => Promise<AddressPool>) {
    super();
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    this.choose().then(
      (pool) => pool.dispatch(options, handler),
      (error: Error) => {
        if (handler.onError) handler.onError(error);
        else handler.onResponseError?.(NO_REQUEST, error);
      },
    );
    return true;
  }
}
