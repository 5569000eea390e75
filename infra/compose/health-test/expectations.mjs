/** What every health endpoint says of a running system, also while parts of it are stopped. */

export const SERVICES = ['api', 'inference', 'logging', 'mlflow', 'postgres', 'redis'];

const DEPENDENCIES = ['mlflow', 'postgres', 'redis'];
const FAMILIES = ['models', 'experiments', 'runs', 'metrics', 'artifacts'];
const STEPS = ['dns', 'tcp', 'tls', 'http', 'timeout'];

/**
 * @param {ReadonlySet<string>} down services that were stopped on purpose
 * @param {{ hasKey: boolean }} options whether there is an API key with `ops:read`
 * @returns {{ service: string, path: string, needsKey?: boolean, answers: { status: number, body?: object, text?: string }[] }[]}
 *   for each endpoint of a service that runs: the answers that are right, by status, with fields of the JSON body or a
 *   piece of the text
 */
export function expectations(down, { hasKey }) {
  const isUp = (service) => !down.has(service);
  // MLflow answers without its database, but nothing that asks for experiments works.
  const isMlflowUsable = isUp('mlflow') && isUp('postgres');
  const isWell = { mlflow: isMlflowUsable, postgres: isUp('postgres'), redis: isUp('redis') };
  const health = {
    status: DEPENDENCIES.every(isUp) ? 'healthy' : 'degraded',
    services: ofEach(DEPENDENCIES, (name) => word(isWell[name])),
  };
  const all = [
    ...probes('api'),
    { service: 'api', path: '/health', answers: [{ status: 200, body: health }] },
    {
      service: 'api',
      path: '/health?detailed=true',
      needsKey: true,
      answers: [
        {
          status: 200,
          // While the key store is away the key may not be known, and causes are for those who have one.
          body: {
            ...health,
            details: ofEach(DEPENDENCIES, (name) => detail(isWell[name], hasKey && isUp('postgres'))),
          },
        },
      ],
    },
    {
      service: 'api',
      path: '/api/health/mlflow',
      answers: [{ status: isMlflowUsable ? 200 : 503, body: { status: word(isMlflowUsable) } }],
    },
    {
      service: 'api',
      path: '/api/health/mlflow/connectivity',
      answers: [connectivity(isUp('mlflow'))],
    },
    {
      service: 'api',
      path: '/api/health/mlflow/detailed',
      needsKey: true,
      answers: hasKey ? familyAnswers(isMlflowUsable, isUp('postgres')) : [{ status: 401 }],
    },
    metrics('api', 'process_cpu_seconds_total'),
    ...probes('inference'),
    {
      service: 'inference',
      path: '/health',
      answers: [
        {
          status: 200,
          body: {
            status: 'healthy',
            service: 'inference-service',
            mlflow_accessible: isMlflowUsable && isUp('api'),
          },
        },
      ],
    },
    metrics('inference', 'inference_mlflow_accessible'),
    ...probes('logging'),
    {
      service: 'logging',
      path: '/health',
      answers: [
        {
          status: 200,
          body: { status: 'healthy', service: 'cloud-logging-api', db_initialized: isUp('postgres') },
        },
      ],
    },
    metrics('logging', 'logging_db_initialized'),
    { service: 'mlflow', path: '/health', answers: [{ status: 200, text: 'OK' }] },
  ];
  return all.filter(({ service }) => isUp(service));
}

function probes(service) {
  const ready = [{ status: 200, body: { status: 'ready' } }];
  // Before a model is registered inference is not ready, and says so; that is no fault.
  if (service === 'inference')
    ready.push({ status: 503, body: { status: 'not_ready', reason: 'model_not_loaded' } });
  return [
    { service, path: '/live', answers: [{ status: 200, body: { status: 'alive' } }] },
    { service, path: '/ready', answers: ready },
  ];
}

function metrics(service, text) {
  return { service, path: '/metrics', answers: [{ status: 200, text }] };
}

function detail(isWell, hasCause) {
  const failure = { error_code: String, ...(hasCause && { cause: String }) };
  return {
    status: word(isWell),
    response_time_ms: Number,
    checked_at: String,
    ...(!isWell && failure),
  };
}

function connectivity(isConnected) {
  return isConnected
    ? { status: 200, body: { status: 'connected', response_code: 200, response_time_ms: Number } }
    : { status: 503, body: { status: 'disconnected', failed_step: STEPS, response_time_ms: Number } };
}

/** Where nothing is stored yet, a family may have nothing to be tried with. */
function familyAnswers(isUsable, isKeyStoreUp) {
  const dns = { cache_state: String };
  if (isUsable) {
    const endpoints = ofEach(FAMILIES, () => ({ status: ['healthy', 'not_tested'] }));
    return [{ status: 200, body: { status: 'healthy', endpoints, dns } }];
  }
  // Without the key store a key that was not seen lately cannot be checked.
  return [{ status: 503, body: isKeyStoreUp ? { status: 'unhealthy', dns } : {} }];
}

function ofEach(names, valueOf) {
  return Object.fromEntries(names.map((name) => [name, valueOf(name)]));
}

function word(isWell) {
  return isWell ? 'healthy' : 'unhealthy';
}
