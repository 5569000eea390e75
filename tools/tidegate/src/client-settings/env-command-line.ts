import { CommandError } from '../command-error';
import { requireName } from '../installation';
import { readArguments } from '../read-arguments';

export type EnvCommand =
  | { readonly name: 'env help' }
  | {
      readonly name: 'env';
      /** Undefined: the local stack. */
      readonly environment?: string;
      /** Of the api, when it is not known from a deployment made here. */
      readonly url?: string;
      readonly isJson: boolean;
    };

export const ENV_HELP = `Usage: tidegate env <environment> | --local [options]

Settings for a notebook or a script, as a .env file: where MLflow and the api are, and where the API key goes.
No AWS credentials are needed with them.

  --local        the local stack (npm start), with its key
  --url <url>    of the api; default: what the deployment made from here has as its outputs
  --json         as JSON`;

/**
 * @param args what follows `tidegate env`
 * @throws CommandError that names what is wrong
 */
export function parseEnvCommand(args: readonly string[]): EnvCommand {
  const { values, positionals } = read(args);
  if (values.help === true) return { name: 'env help' };
  const [environment, unexpected] = positionals;
  const { local, url, json } = values;
  if (unexpected !== undefined)
    throw new CommandError(`"${unexpected}" is one word too many: expected "tidegate env <environment>".`);
  if ((environment === undefined) === (local !== true))
    throw new CommandError(
      'Settings of what? Expected "tidegate env --local", or an environment as in "tidegate env dev".',
    );
  if (local === true && url !== undefined)
    throw new CommandError('--local knows its address itself: expected no --url.');
  if (environment !== undefined) requireName('The environment', environment);
  return {
    name: 'env',
    isJson: json === true,
    ...(environment !== undefined && { environment }),
    ...(url !== undefined && { url }),
  };
}

function read(args: readonly string[]) {
  return readArguments(args, 'tidegate env --help', {
    local: { type: 'boolean' },
    url: { type: 'string' },
    json: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
}
