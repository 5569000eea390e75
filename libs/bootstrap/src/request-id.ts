import { randomUUID } from 'node:crypto';
import { REQUEST_ID_HEADER } from '@tidegate/schemas';

const ACCEPTED = /^[A-Za-z0-9._-]{1,64}$/;

/** The caller's request id when it is harmless to log and to pass on, else a new one. */
export function requestIdOf(headers: Readonly<Record<string, string | string[] | undefined>>): string {
  const given = headers[REQUEST_ID_HEADER];
  return typeof given === 'string' && ACCEPTED.test(given) ? given : randomUUID();
}
