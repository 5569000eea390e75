import { parseEnvCommand, type EnvCommand } from './client-settings/env-command-line';
import { CommandError } from './command-error';
import { parseDeployCommand, type DeployCommand } from './deploy/deploy-command-line';
import { PLATFORMS, type Platform } from './images/image-builds';
import { installationOf, type Installation } from './installation';
import { parseHealthTestCommand, type HealthTestCommand } from './local-stack/health-test-command';
import { parseKeysCommand, type KeysCommand } from './keys/keys-command-line';
import { parseMigrateCommand, type MigrateCommand } from './migrate/migrate-command-line';
import { parseVerifyCommand, type VerifyCommand } from './verify/verify-command-line';
import { isOperation, parseOperation, type OperationsCommand } from './operations/operations-command-line';
import { readArguments } from './read-arguments';
import { parseUsersCommand, type UsersCommand } from './users/users-command-line';

export type { Installation } from './installation';

export interface ImagesCommand {
  readonly installation: Installation;
  /** An earlier commit instead of the one that is checked out. */
  readonly release?: string;
  /** Images that have not changed since this commit are not built again. */
  readonly since?: string;
  readonly allowsChanges: boolean;
  readonly platform: Platform;
}

/** Whether what was done is printed as JSON, and everything else goes to standard error. */
interface Reported {
  readonly isJson: boolean;
}

export type Command =
  | { readonly name: 'help' }
  | ({ readonly name: 'images build' | 'images push' } & ImagesCommand & Reported)
  | ({ readonly name: 'setup'; readonly installation: Installation } & Reported)
  | KeysCommand
  | UsersCommand
  | MigrateCommand
  | VerifyCommand
  | EnvCommand
  | DeployCommand
  | HealthTestCommand
  | OperationsCommand;

export const HELP = `Usage: tidegate <command> <environment> [options]

  deploy <env>         everything a deployment needs, in order: see "tidegate deploy --help"
  destroy <env>        say what will be lost, ask, destroy: see "tidegate destroy --help"
  images build <env>   build every image
  images push <env>    build what the registry lacks, push it under the commit's hash, and write
                       infra/aws/images.<env>.tfvars.json with the digests
  setup <env>          run the set-up task once: secrets, databases, schemas
  keys <command>       make, list, rotate and revoke API keys: see "tidegate keys --help"
  users <command>      make, list, grant and delete MLflow's users: see "tidegate users --help"
  migrate <command>    move everything of an MLflow server to another: see "tidegate migrate --help"
  verify <env>         look whether everything works, and write a report: see "tidegate verify --help"
  env <env>            settings for a notebook: see "tidegate env --help"
  doctor <env>         before a deployment: what would go wrong, and the remedy
  cost <env>           what a month costs
  health-test          every health endpoint of the local stack: see "tidegate health-test --help"
  status, logs, diagnose, rollback, redeploy, stop-task, scale, drift
                       look at what runs, and mend it: see "tidegate status --help"

  --project <name>     first part of every name; default tidegate
  --region <region>    default: AWS_REGION, else eu-west-2
  --json               what was done as JSON; everything else goes to standard error
  --help               this text

For images:
  --release <commit>   an earlier release: its images must be in the registry (to roll back)
  --since <commit>     what has not changed since that release gets its images, not new ones
  --platform <p>       ${PLATFORMS.join(' or ')}; default ${PLATFORMS[0]}
  --allow-dirty        also with changes that are not committed`;

/**
 * @param defaultRegion used without `--region`
 * @throws CommandError that names what is wrong
 */
export function parseCommand(args: readonly string[], defaultRegion: string): Command {
  if (args[0] === 'keys') return parseKeysCommand(args.slice(1));
  if (args[0] === 'users') return parseUsersCommand(args.slice(1), defaultRegion);
  if (args[0] === 'migrate') return parseMigrateCommand(args.slice(1));
  if (args[0] === 'deploy' || args[0] === 'destroy') return parseDeployCommand(args[0], args.slice(1));
  if (args[0] === 'health-test') return parseHealthTestCommand(args.slice(1));
  if (args[0] === 'env') return parseEnvCommand(args.slice(1));
  if (args[0] === 'verify') return parseVerifyCommand(args.slice(1), defaultRegion);
  if (isOperation(args[0])) return parseOperation(args[0], args.slice(1), defaultRegion);
  const { values, positionals } = read(args);
  if (values.help === true || positionals.length === 0) return { name: 'help' };
  const [name, environment] = splitCommand(positionals);
  const installation = installationOf(
    environment,
    values.project ?? 'tidegate',
    values.region ?? defaultRegion,
  );
  const isJson = values.json === true;
  if (name === 'setup') return { name, installation, isJson };
  return {
    ...{ name, installation, isJson },
    ...(values.release !== undefined && { release: values.release }),
    ...(values.since !== undefined && { since: values.since }),
    allowsChanges: values['allow-dirty'] === true,
    platform: platformOf(values.platform ?? PLATFORMS[0]),
  };
}

const EXPECTED_COMMANDS =
  'expected deploy, destroy, images build, images push, setup, keys, users, status, logs, diagnose, rollback, redeploy, stop-task, scale, drift, doctor, cost, verify, health-test, env or migrate.';

function read(args: readonly string[]) {
  return readArguments(args, 'tidegate --help', {
    project: { type: 'string' },
    region: { type: 'string' },
    release: { type: 'string' },
    since: { type: 'string' },
    platform: { type: 'string' },
    'allow-dirty': { type: 'boolean' },
    json: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
}

function splitCommand(
  positionals: readonly string[],
): ['images build' | 'images push' | 'setup', environment: string] {
  const words = positionals[0] === 'images' ? 2 : 1;
  const name = positionals.slice(0, words).join(' ');
  const [environment, unexpected] = positionals.slice(words);
  if (name !== 'images build' && name !== 'images push' && name !== 'setup')
    throw new CommandError(`"${name}" is no command: ${EXPECTED_COMMANDS}`);
  if (environment === undefined)
    throw new CommandError(`Of which environment? Expected "tidegate ${name} dev", for example.`);
  if (unexpected !== undefined)
    throw new CommandError(
      `"${unexpected}" is one word too many: expected "tidegate ${name} ${environment}".`,
    );
  return [name, environment];
}

function platformOf(text: string): Platform {
  const platform = PLATFORMS.find((name) => name === text);
  if (platform !== undefined) return platform;
  throw new CommandError(`--platform is "${text}": expected ${PLATFORMS.join(' or ')}.`);
}
