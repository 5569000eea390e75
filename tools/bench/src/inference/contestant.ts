import type { ManagedProcess } from '@tidegate/local-parts';
import type { Contender } from '../rates';
import type { Scenario } from '../scenario';
import type { Target } from '../target';
import { differenceOf } from './difference';
import type { Dialect } from './dialects';
import type { Reference } from './models';

/** A running server of the model. */
export interface Contestant {
  readonly target: Target;
  readonly dialect: Dialect;
  readonly server: ManagedProcess;
}

const ANSWER_MS = 30_000;

export function contestantOf(
  label: string,
  { server, port, dialect }: { server: ManagedProcess; port: number; dialect: Dialect },
): Contestant {
  const target = { label, url: `http://127.0.0.1:${port}`, pid: server.pid, headers: {} };
  return { target, dialect, server };
}

export function scenarioOf(dialect: Dialect, rows: Reference['rows']): Scenario {
  const label = rows.length === 1 ? 'one row' : `${rows.length} rows`;
  return { label, method: 'POST', path: dialect.path, ...dialect.encode(rows) };
}

/** As it appears in a table of rates, asked for so many rows. */
export function contenderOf(
  { target, dialect }: Contestant,
  rows: Reference['rows'],
  label = target.label,
): Contender {
  return { label, target, scenario: scenarioOf(dialect, rows) };
}

/**
 * Asks for one row and for all of them.
 *
 * @throws Error when an answer differs from what onnxruntime gives: whoever answers something else is not comparable
 */
export async function checkAnswers(
  { target, dialect }: Contestant,
  { rows, predictions }: Pick<Reference, 'rows' | 'predictions'>,
): Promise<void> {
  for (const count of new Set([1, rows.length])) {
    const { path, body = '', headers } = scenarioOf(dialect, rows.slice(0, count));
    const answer = await fetch(`${target.url}${path}`, {
      method: 'POST',
      headers,
      body: body as string,
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const bytes = Buffer.from(await answer.arrayBuffer());
    if (!answer.ok)
      throw new Error(
        `${target.label} answered ${answer.status} for ${count} rows, expected 200: ${bytes.toString()}`,
      );
    const difference = differenceOf(predictions.slice(0, count), dialect.decode(bytes, answer.headers));
    if (difference !== undefined)
      throw new Error(`${target.label} does not answer ${count} rows as onnxruntime does: ${difference}`);
  }
}
