import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';

const ITERATIONS = 4096; // PostgreSQL's own
const KEY_BYTES = 32;

/**
 * What PostgreSQL stores of a password (RFC 5803), made here so that the password itself never reaches the server or its
 * logs: `SCRAM-SHA-256$<iterations>:<salt>$<stored key>:<server key>`.
 *
 * @param password printable ASCII, which needs no preparation
 * @param salt 16 random bytes
 */
export function scramVerifier(password: string, salt: Buffer): string {
  const salted = pbkdf2Sync(password, salt, ITERATIONS, KEY_BYTES, 'sha256');
  const clientKey = createHmac('sha256', salted).update('Client Key').digest();
  const storedKey = createHash('sha256').update(clientKey).digest('base64');
  const serverKey = createHmac('sha256', salted).update('Server Key').digest('base64');
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}
