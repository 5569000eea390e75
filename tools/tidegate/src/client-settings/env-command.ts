import { CommandError } from '../command-error';
import { apiBaseUrl } from '../keys/api-access';
import { deployedOutput } from '../terraform/stack-outputs';
import { readStack } from '../local-stack/read-stack';
import { ENV_HELP, type EnvCommand } from './env-command-line';

/** `tidegate env`: what a client of MLflow and of the api has to set. */
export async function env(command: EnvCommand, { workspaceRoot, print, note }: EnvContext): Promise<void> {
  if (command.name === 'env help') return print(ENV_HELP);
  const { url, key } = await clientOf(command, workspaceRoot);
  const settings = {
    MLFLOW_TRACKING_URI: `${url}/api/mlflow`,
    MLFLOW_TRACKING_TOKEN: key ?? '',
    TIDEGATE_URL: url,
    TIDEGATE_API_KEY: key ?? '',
  };
  if (command.isJson) return print(JSON.stringify(settings, null, 2));
  for (const [name, value] of Object.entries(settings)) print(`${name}=${value}`);
  if (key === undefined)
    note('Put an API key in for both: whoever holds keys:admin makes one with "tidegate keys create".');
}

export interface EnvContext {
  readonly workspaceRoot: string;
  /** To standard output: the settings alone, so that they can be redirected into a file. */
  readonly print: (line: string) => void;
  readonly note: (line: string) => void;
}

async function clientOf(
  { environment, url }: Extract<EnvCommand, { name: 'env' }>,
  workspaceRoot: string,
): Promise<{ url: string; key?: string }> {
  if (environment === undefined) {
    const { services, apiKey } = await readStack(workspaceRoot);
    return { url: apiBaseUrl(services.api.url), key: apiKey };
  }
  const address = url ?? (await deployedOutput(workspaceRoot, environment, 'services', 'api_url'));
  if (address === undefined)
    throw new CommandError(
      `The address of ${environment} is not known here: infra/aws/outputs.${environment}.json is what a deployment leaves. ` +
        'Expected it, or --url https://….',
    );
  return { url: apiBaseUrl(address) };
}
