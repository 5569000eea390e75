import { scryptSync } from 'node:crypto';

const SALT = 'abcdefgh01234567';

/** A password as MLflow keeps it, in the format of werkzeug. */
export function hashOf(password: string): string {
  const key = scryptSync(password, SALT, 64, { N: 32_768, r: 8, p: 1, maxmem: 2 ** 26 });
  return `scrypt:32768:8:1$${SALT}$${key.toString('hex')}`;
}
