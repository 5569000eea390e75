export type LocalPartErrorCode =
  | 'PYTHON_MISSING'
  | 'PYTHON_INSTALL_FAILED'
  | 'POSTGRES_MISSING'
  | 'ACCOUNT_MISSING'
  | 'DATA_DIR_UNREACHABLE'
  | 'DATA_DIR_IN_USE'
  | 'WRONG_PASSWORD'
  | 'PORT_IN_USE'
  | 'START_FAILED';

/** Every expected failure of this lib; the message says what happened, what was expected and what to do. */
export class LocalPartError extends Error {
  override readonly name = 'LocalPartError';

  constructor(
    readonly code: LocalPartErrorCode,
    message: string,
  ) {
    super(message);
  }
}
