import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { toBase62 } from './base62';

/** A key in its parts. `text` is the whole key and must never be logged or stored. */
export interface ApiKey {
  readonly text: string;
  /** Which installation made it; keeps a staging key from looking like a production one. */
  readonly environment: string;
  /** Public part: identifies the key in the database, in logs and to its owner. */
  readonly id: string;
}

export interface GenerateOptions {
  /** Lower-case letters, digits and hyphens, at most 16. */
  readonly environment: string;
  /** `size` random bytes. @default node:crypto randomBytes */
  readonly random?: (size: number) => Buffer;
}

const ID_LENGTH = 12;
const SECRET_LENGTH = 43; // 256 bits in base 62
const CHECKSUM_LENGTH = 6;
const ID_FORMAT = /^[0-9A-Za-z]{12}$/;
const FORMAT = /^tg_([a-z0-9-]{1,16})_([0-9A-Za-z]{12})_([0-9A-Za-z]{43})_([0-9A-Za-z]{6})$/;

/** Makes a new key: `tg_<environment>_<id 12>_<secret, 256 bits in base 62>_<CRC-32 in base 62>`. */
export function generateApiKey({ environment, random = randomBytes }: GenerateOptions): ApiKey {
  const id = randomBase62(random, ID_LENGTH, 8);
  const secret = randomBase62(random, SECRET_LENGTH, 32);
  const body = `tg_${environment}_${id}_${secret}`;
  const key = parseApiKey(`${body}_${checksumOf(body)}`);
  if (key) return key;
  throw new Error(`"${environment}" cannot name an environment in a key: use 1 to 16 of a-z, 0-9 and hyphen`);
}

/**
 * The parts of a key, or undefined when `text` has not the format or its checksum is wrong: a mistyped or
 * invented key is refused without asking the database.
 */
export function parseApiKey(text: string): ApiKey | undefined {
  const [, environment, id, secret, checksum] = FORMAT.exec(text) ?? [];
  if (environment === undefined || id === undefined || secret === undefined) return undefined;
  if (checksum !== checksumOf(`tg_${environment}_${id}_${secret}`)) return undefined;
  return { text, environment, id };
}

/** Whether `text` has the form of a key's id: nothing else may be repeated, since it could be a whole key. */
export function isKeyId(text: string): boolean {
  return ID_FORMAT.test(text);
}

function checksumOf(body: string): string {
  return toBase62(BigInt(crc32(body)), CHECKSUM_LENGTH);
}

/** `size` random bytes are always fewer than `length` base-62 digits can hold: nothing is cut, no bias. */
function randomBase62(random: (size: number) => Buffer, length: number, size: number): string {
  return toBase62(BigInt(`0x${random(size).toString('hex')}`), length);
}
