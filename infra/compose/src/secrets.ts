import { randomBytes } from 'node:crypto';
import { generateApiKey } from '@tidegate/api-keys';

const RANDOM_BYTES = 32;
/** As TIDEGATE_ENVIRONMENT in compose.yaml; it stands in the keys. */
const ENVIRONMENT = 'compose';

/** Every variable that compose.yaml requires, with new random values at each call. */
export function makeSecrets(): Record<string, string> {
  return {
    POSTGRES_PASSWORD: randomText(),
    MLFLOW_DATABASE_PASSWORD: randomText(),
    API_DATABASE_PASSWORD: randomText(),
    LOGGING_DATABASE_PASSWORD: randomText(),
    MLFLOW_ADMIN_PASSWORD: randomText(),
    MLFLOW_FLASK_SECRET_KEY: randomText(),
    API_KEY_PEPPER: randomText(),
    API_BOOTSTRAP_KEY: apiKey(),
    INFERENCE_KEY: apiKey(),
    INTERNAL_TOKEN: randomText(),
  };
}

/** Letters and digits only: neither Compose nor a shell finds anything to expand. */
function randomText(): string {
  return randomBytes(RANDOM_BYTES).toString('hex');
}

function apiKey(): string {
  return generateApiKey({ environment: ENVIRONMENT }).text;
}
