import { request, type Agent } from 'node:http';
import type { Scenario } from '../scenario';
import type { Target } from '../target';

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

const ANSWER_MS = 30_000;

/**
 * One request over a connection of the agent.
 *
 * @throws Error when the connection breaks or nothing comes for 30 s
 */
export function exchange(target: Target, scenario: Scenario, agent: Agent): Promise<Answer> {
  const { method, path, body = '', headers } = scenario;
  const length = { 'content-length': String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    const sent = request(
      `${target.url}${path}`,
      { method, agent, headers: { ...headers, ...length }, timeout: ANSWER_MS },
      (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.once('error', reject);
        answer.once('end', () => resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(parts) }));
      },
    );
    sent.once('error', reject);
    sent.once('timeout', () => sent.destroy(new Error(`no answer within ${ANSWER_MS} ms`)));
    sent.end(body);
  });
}
