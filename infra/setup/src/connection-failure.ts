import type { DatabaseUnavailable } from '@tidegate/database';
import { SetUpError } from './set-up-error';

export interface DatabaseServer {
  readonly host: string;
  readonly port: number;
}

/** Whether trying again can help: the server is starting, or the way to it is not open yet. */
export function mayPass({ causeCode }: DatabaseUnavailable): boolean {
  return !isLoginFailure(causeCode) && !isTlsFailure(causeCode) && causeCode !== '3D000';
}

/** Why `role` cannot log in at `server`, what was expected, and what to do. */
export function connectionFailure(
  failure: DatabaseUnavailable,
  { host, port }: DatabaseServer,
  role: string,
): SetUpError {
  const { causeCode } = failure;
  const server = `${host}:${port}`;
  const reason = failure.cause instanceof Error ? failure.cause.message : failure.message;
  if (causeCode === 'ENOTFOUND' || causeCode === 'EAI_AGAIN')
    return new SetUpError(
      'DATABASE_NOT_FOUND',
      `The name ${host} has no address (${causeCode}), expected the endpoint of the database. Compare DATABASE_HOST with the ` +
        'endpoint RDS shows (without port), and check that the task runs in the VPC of the database.',
      failure,
    );
  if (isLoginFailure(causeCode))
    return new SetUpError(
      'DATABASE_LOGIN_REFUSED',
      `The database ${server} refuses the login of "${role}" (${causeCode}): ${reason}. Expected the password in its secret to ` +
        'be the one of the database. For the administrator: check that MASTER_SECRET_ARN is the secret of this instance; ' +
        'when RDS is just rotating it, run the set-up again.',
      failure,
    );
  if (isTlsFailure(causeCode))
    return new SetUpError(
      'DATABASE_NOT_TRUSTED',
      `The server ${server} cannot be trusted (${causeCode}): ${reason}. Expected TLS with a certificate for "${host}" that an ` +
        'authority in DATABASE_CA_FILE signed. Use the endpoint RDS shows (no address, no alias) and the current RDS CA bundle.',
      failure,
    );
  return new SetUpError(
    'DATABASE_UNREACHABLE',
    `The database ${server} cannot be used (${causeCode}): ${reason}. Expected PostgreSQL to answer there. Check that the ` +
      'instance is available, that its security group admits the set-up task, and DATABASE_HOST and DATABASE_PORT.',
    failure,
  );
}

function isLoginFailure(code: string): boolean {
  return /^28[0-9A-Z]{3}$/.test(code);
}

function isTlsFailure(code: string): boolean {
  return /CERT|^TLS_|^ERR_(TLS|SSL)_|^UNABLE_TO_/.test(code);
}
