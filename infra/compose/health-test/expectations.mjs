/** What every health endpoint says of a running system, also while parts of it are stopped. */

export const SERVICES = ['api', 'inference', 'logging', 'mlflow', 'postgres', 'redis'];

/**
 * @param {ReadonlySet<string>} down services that were stopped on purpose
 * @returns {{ service: string, path: string, statuses: number[], body?: object, text?: string }[]} for each endpoint of
 *   a service that runs: the statuses that are right, fields of its JSON body, or a line of its text
 */
export function expectations(down) {
  const isUp = (service) => !down.has(service);
  const word = (isWell) => (isWell ? 'healthy' : 'unhealthy');
  // MLflow answers without its database, but nothing that asks for experiments works.
  const isMlflowUsable = isUp('mlflow') && isUp('postgres');
  const all = [
    { service: 'api', path: '/live', statuses: [200], body: { status: 'alive' } },
    { service: 'api', path: '/ready', statuses: [200], body: { status: 'ready' } },
    {
      service: 'api',
      path: '/health',
      statuses: [200],
      body: {
        status: ['mlflow', 'postgres', 'redis'].every(isUp) ? 'healthy' : 'degraded',
        services: {
          mlflow: word(isMlflowUsable),
          postgres: word(isUp('postgres')),
          redis: word(isUp('redis')),
        },
      },
    },
    {
      service: 'api',
      path: '/api/health/mlflow',
      statuses: [isMlflowUsable ? 200 : 503],
      body: { status: word(isMlflowUsable) },
    },
    {
      service: 'api',
      path: '/api/health/mlflow/connectivity',
      statuses: [isUp('mlflow') ? 200 : 503],
      body: { status: isUp('mlflow') ? 'connected' : 'disconnected' },
    },
    { service: 'api', path: '/metrics', statuses: [200], text: 'process_cpu_seconds_total' },
    { service: 'inference', path: '/live', statuses: [200], body: { status: 'alive' } },
    // Before a model is registered it is not ready, and says so; that is no fault.
    { service: 'inference', path: '/ready', statuses: [200, 503] },
    {
      service: 'inference',
      path: '/health',
      statuses: [200],
      body: {
        status: 'healthy',
        service: 'inference-service',
        mlflow_accessible: isMlflowUsable && isUp('api'),
      },
    },
    { service: 'inference', path: '/metrics', statuses: [200], text: 'inference_mlflow_accessible' },
    { service: 'logging', path: '/live', statuses: [200], body: { status: 'alive' } },
    // Without PostgreSQL it keeps events in its spool.
    { service: 'logging', path: '/ready', statuses: [200], body: { status: 'ready' } },
    {
      service: 'logging',
      path: '/health',
      statuses: [200],
      body: { status: 'healthy', service: 'cloud-logging-api', db_initialized: isUp('postgres') },
    },
    { service: 'logging', path: '/metrics', statuses: [200], text: 'logging_db_initialized' },
    { service: 'mlflow', path: '/health', statuses: [200], text: 'OK' },
  ];
  return all.filter(({ service }) => isUp(service));
}
