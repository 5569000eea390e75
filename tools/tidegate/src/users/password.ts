import { scrypt } from 'node:crypto';
import { CommandError } from '../command-error';

/** Bytes that nobody can guess. */
export type RandomBytes = (size: number) => Buffer;

const PASSWORD_BYTES = 24;
const SALT_BYTES = 8;
/** MLflow's rule. */
const SHORTEST_PASSWORD = 12;

/** As werkzeug, which MLflow checks passwords with, makes them. */
const SCRYPT = { N: 32_768, r: 8, p: 1 } as const;
const KEY_BYTES = 64;
/** Twice what these parameters need; the default is less. */
const MEMORY_BYTES = 2 * 128 * SCRYPT.N * SCRYPT.r;

export function newPassword(randomBytes: RandomBytes): string {
  return randomBytes(PASSWORD_BYTES).toString('base64url');
}

/**
 * The password in what was piped in: one line.
 *
 * @throws CommandError without it
 */
export function givenPassword(input: string): string {
  const password = input.replace(/\r?\n$/, '');
  if (/\p{Cc}/u.test(password))
    throw new CommandError(
      'What came on standard input is no password: expected one line without control characters.',
    );
  if ([...password].length < SHORTEST_PASSWORD)
    throw new CommandError(
      `The password on standard input has ${[...password].length} characters: MLflow expects ${SHORTEST_PASSWORD} or more.`,
    );
  return password;
}

/** In the format of werkzeug: `scrypt:N:r:p$salt$key`. */
export async function hashOf(password: string, randomBytes: RandomBytes): Promise<string> {
  const salt = randomBytes(SALT_BYTES).toString('hex');
  const key = await new Promise<Buffer>((resolve, reject) => {
    scrypt(password, salt, KEY_BYTES, { ...SCRYPT, maxmem: MEMORY_BYTES }, (error, derived) =>
      error === null ? resolve(derived) : reject(error),
    );
  });
  return `scrypt:${SCRYPT.N}:${SCRYPT.r}:${SCRYPT.p}$${salt}$${key.toString('hex')}`;
}
