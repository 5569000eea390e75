import { ConfigError } from '@tidegate/config';

export type SetUpErrorCode =
  | 'AWS_CREDENTIALS_INVALID'
  | 'SECRETS_MANAGER_UNREACHABLE'
  | 'SECRETS_ACCESS_DENIED'
  | 'SECRETS_KEY_UNUSABLE'
  | 'SECRETS_MISSING'
  | 'SECRETS_INVALID'
  | 'DATABASE_NOT_FOUND'
  | 'DATABASE_UNREACHABLE'
  | 'DATABASE_NOT_TRUSTED'
  | 'DATABASE_LOGIN_REFUSED'
  | 'DATABASE_OWNED_BY_OTHER'
  | 'ROLE_TOO_POWERFUL'
  | 'SCHEMA_OWNED_BY_OTHER'
  | 'SET_UP_BUSY';

/** An expected failure: the message says what happened, what was expected and what to do, and holds no secret. */
export class SetUpError extends Error {
  constructor(
    readonly code: SetUpErrorCode,
    message: string,
    cause?: unknown,
  ) {
    super(message, { cause });
    this.name = 'SetUpError';
  }
}

/** What the person who runs the set-up is told. */
export function describeFailure(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  if (error instanceof SetUpError) return `The set-up failed (${error.code}). ${error.message}`;
  const detail = error instanceof Error ? error.stack : String(error);
  return `The set-up failed unexpectedly; running it again is safe. ${detail}`;
}
