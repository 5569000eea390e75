import { CommandError } from '../command-error';
import { requireName } from '../installation';
import { durationMs } from '../operations/duration';
import { readArguments } from '../read-arguments';

/** In their order. */
export const DEPLOY_STEPS = [
  'doctor',
  'storage',
  'foundation',
  'images',
  'setup',
  'services',
  'tasks',
  'verify',
] as const;
export type DeployStep = (typeof DEPLOY_STEPS)[number];

export interface DeployOptions {
  readonly environment: string;
  readonly steps: readonly DeployStep[];
  /** An earlier commit instead of the one that is checked out. */
  readonly release?: string;
  /** Images that have not changed since this commit are not built again. */
  readonly since?: string;
  readonly allowsChanges: boolean;
  /** `--yes`: do not ask, unless data would be lost. */
  readonly isConfirmed: boolean;
  readonly allowsDataLoss: boolean;
  readonly ignoresDoctor: boolean;
  /** How long the services may take until all their tasks run. */
  readonly timeoutMs: number;
  readonly isJson: boolean;
}

export interface DestroyOptions {
  readonly environment: string;
  /** The foundation stays. */
  readonly isServicesOnly: boolean;
  /** The environment's name, given beforehand. */
  readonly confirmedName?: string;
  readonly isJson: boolean;
}

export type DeployCommand =
  | { readonly name: 'deploy help'; readonly text: string }
  | ({ readonly name: 'deploy' } & DeployOptions)
  | ({ readonly name: 'destroy' } & DestroyOptions);

const DEPLOY_HELP = `Usage: tidegate deploy <environment> [options]

Everything a deployment needs, in order: ${DEPLOY_STEPS.join(', ')}.
Shows what would change in each stack and asks. Stops at a step that fails; the same command goes on
there, since what is done already is looked at and not done again.

  --release <commit>   an earlier release, to go back: its images must be in the registry. Storage, foundation and
                       schemas stay as they are
  --since <commit>     what has not changed since that release gets its images, not new ones
  --allow-dirty        also with changes that are not committed
  --from <step>        leave out the steps before this one
  --yes                do not ask, unless data would be lost
  --allow-data-loss    with --yes: not even then
  --ignore-doctor      go on when the doctor finds something
  --timeout <time>     how long the services may take until all their tasks run; default 20m
  --json               what was done as JSON; everything else goes to standard error

With TIDEGATE_API_KEY the last step is all of "tidegate verify", else what of it needs no key: health, MLflow as
the api sees it, that the gateway refuses who brings no key, tasks, targets and logs.
Exit codes: 0 deployed and well, 1 not deployed, 2 deployed, but the verification found something.`;

const DESTROY_HELP = `Usage: tidegate destroy <environment> [options]

Says what will be lost and what stays, and asks for the environment's name. The artifact bucket stays.

  --services-only      only the services: the database, the secrets and the images stay
  --confirm <name>     the environment's name, given beforehand
  --json               what was destroyed as JSON; everything else goes to standard error

Exit codes: 0 destroyed, 1 not, or not all of it.`;

/**
 * @param name `deploy` or `destroy`
 * @param args what follows it
 * @throws CommandError that names what is wrong
 */
export function parseDeployCommand(name: 'deploy' | 'destroy', args: readonly string[]): DeployCommand {
  return name === 'deploy' ? parseDeploy(args) : parseDestroy(args);
}

function parseDeploy(args: readonly string[]): DeployCommand {
  const { values, positionals } = readArguments(args, 'tidegate deploy --help', {
    release: { type: 'string' },
    since: { type: 'string' },
    'allow-dirty': { type: 'boolean' },
    from: { type: 'string' },
    yes: { type: 'boolean' },
    'allow-data-loss': { type: 'boolean' },
    'ignore-doctor': { type: 'boolean' },
    timeout: { type: 'string' },
    json: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help === true) return { name: 'deploy help', text: DEPLOY_HELP };
  return {
    name: 'deploy',
    environment: environmentOf('deploy', positionals),
    steps: stepsOf(values.from ?? 'doctor', values.release),
    ...(values.release !== undefined && { release: values.release }),
    ...(values.since !== undefined && { since: values.since }),
    allowsChanges: values['allow-dirty'] === true,
    isConfirmed: values.yes === true,
    allowsDataLoss: values['allow-data-loss'] === true,
    ignoresDoctor: values['ignore-doctor'] === true,
    timeoutMs: durationMs('--timeout', values.timeout ?? '20m'),
    isJson: values.json === true,
  };
}

function parseDestroy(args: readonly string[]): DeployCommand {
  const { values, positionals } = readArguments(args, 'tidegate destroy --help', {
    'services-only': { type: 'boolean' },
    confirm: { type: 'string' },
    json: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help === true) return { name: 'deploy help', text: DESTROY_HELP };
  return {
    name: 'destroy',
    environment: environmentOf('destroy', positionals),
    isServicesOnly: values['services-only'] === true,
    ...(values.confirm !== undefined && { confirmedName: values.confirm }),
    isJson: values.json === true,
  };
}

function environmentOf(name: string, positionals: readonly string[]): string {
  const [environment, unexpected] = positionals;
  if (environment === undefined)
    throw new CommandError(`Which environment? Expected "tidegate ${name} dev", for example.`);
  if (unexpected !== undefined)
    throw new CommandError(
      `"${unexpected}" is one word too many: expected "tidegate ${name} ${environment}".`,
    );
  requireName('The environment', environment);
  return environment;
}

/** To go back, only what runs changes: the schemas stay, and the ground may be newer. */
const KEPT_BY_RELEASE: readonly DeployStep[] = ['storage', 'foundation', 'setup'];

function stepsOf(from: string, release: string | undefined): readonly DeployStep[] {
  const first = DEPLOY_STEPS.findIndex((step) => step === from);
  if (first === -1)
    throw new CommandError(`--from is "${from}": expected one of ${DEPLOY_STEPS.join(', ')}.`);
  const steps = DEPLOY_STEPS.slice(first);
  return release === undefined ? steps : steps.filter((step) => !KEPT_BY_RELEASE.includes(step));
}
