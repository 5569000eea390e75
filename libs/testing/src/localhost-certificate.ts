import { execFile } from 'node:child_process';
import { chown, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

export interface LocalhostCertificate {
  /** PEM; also the authority that vouches for it. */
  readonly file: string;
  /** Belongs to who owns the folder: a server that runs under another account must read it. */
  readonly keyFile: string;
}

/** Makes a certificate for the name `localhost` that is its own authority, valid for a day. Needs `openssl`. */
export async function makeLocalhostCertificate(folder: string, name: string): Promise<LocalhostCertificate> {
  const file = path.join(folder, `${name}.pem`);
  const keyFile = path.join(folder, `${name}.key`);
  const kind = '-x509 -nodes -days 1 -newkey ec -pkeyopt ec_paramgen_curve:P-256'.split(' ');
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  await promisify(execFile)('openssl', ['req', ...kind, ...names, '-keyout', keyFile, '-out', file]);
  const { uid, gid } = await stat(folder);
  await chown(keyFile, uid, gid);
  return { file, keyFile };
}
