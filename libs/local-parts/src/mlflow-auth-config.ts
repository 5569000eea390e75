/**
 * MLflow's basic_auth.ini. Users see nothing until it is granted to them (`NO_PERMISSIONS`). The administrator is
 * not in it: name and password reach the server through its environment.
 */
export function basicAuthConfig(databaseUri: string): string {
  // Python's configparser reads % as the start of a reference; passwords in URIs are percent-encoded.
  const escapedUri = databaseUri.replaceAll('%', '%%');
  return [
    '[mlflow]',
    'default_permission = NO_PERMISSIONS',
    `database_uri = ${escapedUri}`,
    'authorization_function = mlflow.server.auth:authenticate_request_basic_auth',
    // Saves the tens of milliseconds of a password hash per request. Safe with our one worker: every change of a
    // user goes through it and empties the entry.
    'auth_cache_ttl_seconds = 60',
    '',
  ].join('\n');
}

/** Names the driver: with SQLAlchemy 2.1 a bare `postgresql://` means psycopg 3, which is not installed. */
export function sqlAlchemyUri(uri: string): string {
  return uri.replace(/^postgres(ql)?:\/\//, 'postgresql+psycopg2://');
}
