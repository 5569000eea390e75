import { randomBytes } from 'node:crypto';
import { generateApiKey, type Scope } from '@tidegate/api-keys';
import type { KubernetesObject } from './rendered';

const NAMESPACE = 'mlops';
const RANDOM_BYTES = 32;
const INFERENCE_SCOPES: Scope[] = ['models:read', 'artifacts:read'];

export interface Secret extends KubernetesObject {
  readonly stringData: Readonly<Record<string, string>>;
}

/**
 * The secrets that nobody has to know: new random values at each call.
 *
 * @param environment stands in the keys, and in TIDEGATE_ENVIRONMENT
 */
export function makeSecrets(environment: string): Secret[] {
  const inferenceKey = generateApiKey({ environment }).text;
  return [
    secret('api', {
      pepper: randomText(),
      service_keys: JSON.stringify([{ name: 'inference', key: inferenceKey, scopes: INFERENCE_SCOPES }]),
      bootstrap_key: generateApiKey({ environment }).text,
    }),
    secret('inference', { mlflow_token: inferenceKey }),
    secret('internal', { token: randomText() }),
  ];
}

function secret(name: string, stringData: Readonly<Record<string, string>>): Secret {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: NAMESPACE, labels: { 'app.kubernetes.io/part-of': 'tidegate' } },
    stringData,
  };
}

function randomText(): string {
  return randomBytes(RANDOM_BYTES).toString('hex');
}
