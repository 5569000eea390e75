import { z } from 'zod';
import { form, secret, setting, type Choice } from './field';
import { certificateFile, hostName, optional, port, postgresUrl, withDefault } from './value-schemas';

/** A PostgreSQL database and how to log in. */
export interface DatabaseAddress {
  /** Name or IP address, without port. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  /**
   * PEM text of the certificate authorities to trust. When it is there, only TLS is spoken, and only with a server
   * whose certificate one of them signed for `host` (libpq's `verify-full`). @default none: no TLS
   */
  readonly ca?: string;
}

/** What a pool or a migration connects to: a whole URL, or its parts. */
export type DatabaseConnection = { readonly url: string } | DatabaseAddress;

/**
 * The database of a service, from `DATABASE_URL` or from `DATABASE_HOST`, `DATABASE_PORT`, `DATABASE_NAME`,
 * `DATABASE_USER`, `DATABASE_PASSWORD` and `DATABASE_CA_FILE`, never from both.
 */
export function databaseSettings(description: string): Choice<DatabaseConnection> {
  return { forms: [fromUrl, fromParts], description };
}

const fromUrl = form(
  { url: secret('DATABASE_URL', postgresUrl, 'The whole address of the database.') },
  ({ url }): DatabaseConnection => ({ url }),
);

const fromParts = form(
  {
    host: setting('DATABASE_HOST', hostName, 'Server of the database, without port.'),
    port: setting('DATABASE_PORT', withDefault(port, 5432), 'Port of the database server.'),
    database: setting('DATABASE_NAME', z.string(), 'Name of the database.'),
    user: setting('DATABASE_USER', z.string(), 'Role that logs in.'),
    password: secret('DATABASE_PASSWORD', z.string(), 'Password of DATABASE_USER.'),
    ca: setting(
      'DATABASE_CA_FILE',
      optional(certificateFile),
      'PEM file of the authorities that may have signed the certificate of the server; set, only verified TLS is spoken.',
    ),
  },
  (parts): DatabaseConnection => parts,
);
