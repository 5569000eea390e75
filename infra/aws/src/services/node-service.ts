import { prefixOf } from '../environments';
import type { ServiceContext } from './service-definition';

/** Exec form, no shell and no curl in the image. */
export function nodeHealthCommand(port: number): readonly string[] {
  return ['CMD', 'node', '/app/health-check.js', String(port), '/live'];
}

/** What every Node service reads. */
export function nodeSettings({ environment }: ServiceContext): Record<string, string> {
  return {
    METRICS_EMF_NAMESPACE: `Tidegate/${prefixOf(environment)}`,
    SHUTDOWN_READINESS_GRACE_MS: String(environment.shutdown.readinessGraceSeconds * 1000),
    SHUTDOWN_DRAIN_TIMEOUT_MS: String(environment.shutdown.drainTimeoutSeconds * 1000),
  };
}

/** A database on RDS, its certificate verified against the bundle in the image. */
export function databaseSettings(
  { databaseHost, databasePort }: ServiceContext,
  name: string,
): Record<string, string> {
  return {
    DATABASE_HOST: databaseHost,
    DATABASE_PORT: databasePort,
    DATABASE_NAME: name,
    DATABASE_CA_FILE: '/app/rds-ca.pem',
  };
}
