import type { OperationsContext } from '../operations/operations-context';

const POLL_MS = 5_000;
const ANSWER_TIMEOUT_MS = 10_000;
const DEADLINE_MS = 300_000;
const SHOWN_CHARACTERS = 200;

const HEALTHY = 'healthy';

/**
 * Waits until an api says at `GET /health` that all is well, for some minutes: the name of a new load balancer takes a minute
 * to be known, and what the api uses starts beside it. What is not well then is for the verification to name.
 *
 * @param url of the api, without a slash at its end
 */
export async function awaitHealth(
  url: string,
  { clock, sleep, note }: Pick<OperationsContext, 'clock' | 'sleep' | 'note'>,
): Promise<void> {
  const deadlineMs = clock.monotonicMs() + DEADLINE_MS;
  for (let told = ''; clock.monotonicMs() < deadlineMs; await sleep(POLL_MS)) {
    const answer = await answerOf(`${url}/health`);
    if (answer === HEALTHY) return;
    if (answer !== told) note(`  ${url}/health: ${answer}`);
    told = answer;
  }
}

async function answerOf(url: string): Promise<string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) });
    const text = await response.text();
    return text.startsWith('{"status":"healthy"')
      ? HEALTHY
      : `HTTP ${response.status} ${text.slice(0, SHOWN_CHARACTERS)}`;
  } catch (error) {
    const { cause, message } = error as Error & { cause?: { code?: string } };
    return `no answer (${cause?.code ?? message})`;
  }
}
