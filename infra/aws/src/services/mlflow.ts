import { namespaceOf } from '../environments';
import type { ServiceContext, ServiceDefinition } from './service-definition';

const PORT = 5000;
/**
 * A request of MLflow takes a second connection while it holds one. With a limit, enough requests at once wait for each
 * other: all of them stall for 30 s (seen with 40 clients and a limit of 6, with 100 and 10). Without one, its threads
 * are the limit: 100 clients used 20 connections, 2026-11-21.
 */
const POOL = { MLFLOW_SQLALCHEMYSTORE_POOL_SIZE: '2', MLFLOW_SQLALCHEMYSTORE_MAX_OVERFLOW: '-1' };
const MEASURED_CONNECTIONS = 24;

export const mlflow: ServiceDefinition = {
  name: 'mlflow',
  port: PORT,
  size: { cpu: 512, memoryMib: 1024, minCount: 2, maxCount: 2 },
  isAutoscaled: false,
  countVariable: 'desired_count',
  healthCommand: ['CMD', 'python', '/app/health_check.py'],
  calledBy: ['api'],
  databaseConnectionsPerTask: MEASURED_CONNECTIONS,
  usesArtifacts: true,
  settings: (context) => ({
    MLFLOW_DB_HOST: context.databaseHost,
    MLFLOW_DB_PORT: context.databasePort,
    MLFLOW_DB_NAME: 'mlflow_db',
    MLFLOW_AUTH_DB_NAME: 'mlflow_auth_db',
    MLFLOW_DB_CA_FILE: '/app/rds-ca.pem',
    ...POOL,
    MLFLOW_ARTIFACTS_DESTINATION: `s3://${context.artifactBucketName}`,
    MLFLOW_ALLOWED_HOSTS: allowedHosts(context).join(','),
  }),
  secrets: {
    MLFLOW_DB_USER: { secret: 'database/mlflow', field: 'username' },
    MLFLOW_DB_PASSWORD: { secret: 'database/mlflow', field: 'password' },
    MLFLOW_ADMIN_USERNAME: { secret: 'mlflow', field: 'admin_username' },
    MLFLOW_ADMIN_PASSWORD: { secret: 'mlflow', field: 'admin_password' },
    MLFLOW_FLASK_SECRET_KEY: { secret: 'mlflow', field: 'flask_secret_key' },
  },
};

/** The name it is found by, and the one of its pages where they are public; the image accepts them with any port. */
function allowedHosts({ environment }: ServiceContext): string[] {
  const { domain, mlflowUi } = environment.edge;
  const hosts = [`mlflow.${namespaceOf(environment)}`];
  if (domain !== undefined && mlflowUi !== undefined) hosts.push(`mlflow.${domain.name}`);
  return hosts;
}
