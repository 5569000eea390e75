import { execFile } from 'node:child_process';
import { chown, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

export interface ServerCertificate {
  /** PEM; also the authority that vouches for it. */
  readonly file: string;
  /** Belongs to who owns the folder: a server that runs under another account must read it. */
  readonly keyFile: string;
}

/**
 * Makes a certificate that is its own authority, valid for a day. Needs `openssl`.
 *
 * @param hostName what it vouches for
 */
export async function makeServerCertificate(
  folder: string,
  name: string,
  hostName = 'localhost',
): Promise<ServerCertificate> {
  const file = path.join(folder, `${name}.pem`);
  const keyFile = path.join(folder, `${name}.key`);
  const kind = '-x509 -nodes -days 1 -newkey ec -pkeyopt ec_paramgen_curve:P-256'.split(' ');
  const names = ['-subj', `/CN=${hostName}`, '-addext', `subjectAltName=DNS:${hostName}`];
  await promisify(execFile)('openssl', ['req', ...kind, ...names, '-keyout', keyFile, '-out', file]);
  const { uid, gid } = await stat(folder);
  await chown(keyFile, uid, gid);
  return { file, keyFile };
}
