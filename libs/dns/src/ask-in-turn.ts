import type { Clock, Timer } from '@tidegate/clock';
import type { AskServer } from './ask-server';
import type { Deadline } from './deadline';
import type { Question, Reply } from './dns-message';
import type { ServerAddress } from './server-address';

export interface AskInTurnOptions {
  readonly clock: Clock;
  readonly ask: AskServer;
  /** In the order they are asked. */
  readonly servers: readonly ServerAddress[];
  readonly deadline: Deadline;
}

/** A lost packet costs this much, not the whole deadline. */
const NEXT_AFTER_MS = 400;

/**
 * Asks the first server; the next one when it fails or is silent for a moment, the first again after the last. Those
 * asked earlier are still listened to: the first answer counts. Fails when every server has, or at the deadline.
 */
export function askInTurn(question: Question, options: AskInTurnOptions): Promise<Reply> {
  const { clock, ask, servers, deadline } = options;
  const [first] = servers;
  if (first === undefined) return Promise.resolve({ kind: 'failed', code: 'DNS_SERVER_UNREACHABLE' });
  return new Promise((resolve) => {
    const over = new AbortController();
    const willing = [...servers];
    const unasked = new Set(servers);
    let timer: Timer | undefined;
    const finish = (reply: Reply): void => {
      timer?.cancel();
      resolve(reply);
      over.abort();
    };
    const askNext = (): void => {
      const server = willing.shift();
      if (server === undefined) return;
      willing.push(server);
      unasked.delete(server);
      timer?.cancel();
      timer = clock.setTimer(askNext, NEXT_AFTER_MS);
      void ask(server, question, over.signal).then((reply) => {
        if (over.signal.aborted) return;
        if (reply.kind !== 'failed') return finish(reply);
        if (willing.includes(server)) willing.splice(willing.indexOf(server), 1);
        if (willing.length === 0) finish(reply);
        else if (unasked.size > 0) askNext();
      });
    };
    askNext();
    void deadline.reached.then(() => {
      if (!over.signal.aborted) finish({ kind: 'failed', code: 'DNS_TIMEOUT' });
    });
  });
}
