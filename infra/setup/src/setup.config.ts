import {
  certificateFile,
  durationMs,
  hostName,
  installationName,
  loadConfig,
  port,
  setting,
  withDefault,
  type ConfigOf,
  type Environment,
} from '@tidegate/config';
import { z } from 'zod';

const fields = {
  project: setting(
    'TIDEGATE_PROJECT',
    withDefault(installationName, 'tidegate'),
    'First part of the names: secrets are <project>-<environment>/….',
  ),
  environment: setting(
    'TIDEGATE_ENVIRONMENT',
    installationName,
    'Which installation to set up, such as dev, staging or production.',
  ),
  region: setting('AWS_REGION', z.string(), 'Region of the secrets; ECS sets it.'),
  masterSecretArn: setting(
    'MASTER_SECRET_ARN',
    z.string(),
    'Secret with the login of the database administrator, as RDS manages it: {"username","password"}.',
  ),
  host: setting('DATABASE_HOST', hostName, 'Server of the databases, without port.'),
  port: setting('DATABASE_PORT', withDefault(port, 5432), 'Port of the database server.'),
  ca: setting(
    'DATABASE_CA_FILE',
    certificateFile,
    'PEM file of the authorities that may have signed the certificate of the server.',
  ),
  databaseWaitMs: setting(
    'DATABASE_WAIT_MS',
    withDefault(durationMs, 60_000),
    'How long to try again while the database does not answer.',
  ),
} as const;

export type SetUpConfig = ConfigOf<typeof fields>;

/** @throws ConfigError listing every problem at once. */
export function loadSetUpConfig(environment: Environment = process.env): SetUpConfig {
  return loadConfig('setup', fields, environment);
}
