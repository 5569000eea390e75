import { EventEmitter } from 'node:events';
import { listenForStop } from './stop-request';

function listening() {
  const source = new EventEmitter() as unknown as NodeJS.Process;
  const state = { nowMs: 0, impatience: 0 };
  const request = listenForStop({
    source,
    nowMs: () => state.nowMs,
    onImpatience: () => (state.impatience += 1),
  });
  return { state, request, send: (name: NodeJS.Signals) => source.emit(name, name) };
}

describe('request to stop', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('comes with %s', async (name) => {
    const { request, send } = listening();
    expect(request.signal.aborted).toBe(false);
    send(name);
    await request.requested;
    expect(request.signal.aborted).toBe(true);
  });

  it('is one request when npm passes the same Ctrl-C on', () => {
    const { state, send } = listening();
    send('SIGINT');
    state.nowMs = 900;
    send('SIGINT');
    expect(state.impatience).toBe(0);
  });

  it('becomes impatience with a second Ctrl-C', () => {
    const { state, send } = listening();
    send('SIGINT');
    state.nowMs = 1_500;
    send('SIGINT');
    expect(state.impatience).toBe(1);
  });
});
