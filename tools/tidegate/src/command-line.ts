import { parseArgs } from 'node:util';
import { CommandError } from './command-error';
import { PLATFORMS, type Platform } from './images/image-builds';
import { parseKeysCommand, type KeysCommand } from './keys/keys-command-line';

/** One installation of Tidegate on AWS. */
export interface Installation {
  /** Such as `dev`. */
  readonly environment: string;
  /** What all its names start with, such as `tidegate-dev`. */
  readonly prefix: string;
  readonly region: string;
}

export interface ImagesCommand {
  readonly installation: Installation;
  /** An earlier commit instead of the one that is checked out. */
  readonly release?: string;
  /** Images that have not changed since this commit are not built again. */
  readonly since?: string;
  readonly allowsChanges: boolean;
  readonly platform: Platform;
}

export type Command =
  | { readonly name: 'help' }
  | ({ readonly name: 'images build' | 'images push' } & ImagesCommand)
  | { readonly name: 'setup'; readonly installation: Installation }
  | KeysCommand;

export const HELP = `Usage: tidegate <command> <environment> [options]

  images build <env>   build every image
  images push <env>    build what the registry lacks, push it under the commit's hash, and write
                       infra/aws/images.<env>.tfvars.json with the digests
  setup <env>          run the set-up task once: secrets, databases, schemas
  keys <command>       make, list, rotate and revoke API keys: see "tidegate keys --help"

  --project <name>     first part of every name; default tidegate
  --region <region>    default: AWS_REGION, else eu-west-2
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
  const { values, positionals } = readArguments(args);
  if (values.help === true || positionals.length === 0) return { name: 'help' };
  const [name, environment] = splitCommand(positionals);
  const project = values.project ?? 'tidegate';
  requireName('--project', project);
  requireName('The environment', environment);
  const installation = {
    environment,
    prefix: `${project}-${environment}`,
    region: values.region ?? defaultRegion,
  };
  if (name === 'setup') return { name, installation };
  return {
    name,
    installation,
    ...(values.release !== undefined && { release: values.release }),
    ...(values.since !== undefined && { since: values.since }),
    allowsChanges: values['allow-dirty'] === true,
    platform: platformOf(values.platform ?? PLATFORMS[0]),
  };
}

function readArguments(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        project: { type: 'string' },
        region: { type: 'string' },
        release: { type: 'string' },
        since: { type: 'string' },
        platform: { type: 'string' },
        'allow-dirty': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    // parseArgs' first sentence names the option; the rest explains its own syntax.
    const [reason] = (error as Error).message.split('. ');
    throw new CommandError(`${reason}. "tidegate --help" lists the options.`);
  }
}

function splitCommand(
  positionals: readonly string[],
): ['images build' | 'images push' | 'setup', environment: string] {
  const words = positionals[0] === 'images' ? 2 : 1;
  const name = positionals.slice(0, words).join(' ');
  const [environment, unexpected] = positionals.slice(words);
  if (name !== 'images build' && name !== 'images push' && name !== 'setup')
    throw new CommandError(`"${name}" is no command: expected images build, images push, setup or keys.`);
  if (environment === undefined)
    throw new CommandError(`Of which environment? Expected "tidegate ${name} dev", for example.`);
  if (unexpected !== undefined)
    throw new CommandError(
      `"${unexpected}" is one word too many: expected "tidegate ${name} ${environment}".`,
    );
  return [name, environment];
}

function requireName(what: string, name: string): void {
  if (!/^[a-z]([a-z0-9-]{0,10}[a-z0-9])?$/.test(name))
    throw new CommandError(
      `${what} is "${name}": expected 1 to 12 lower-case letters, digits and inner hyphens.`,
    );
}

function platformOf(text: string): Platform {
  const platform = PLATFORMS.find((name) => name === text);
  if (platform !== undefined) return platform;
  throw new CommandError(`--platform is "${text}": expected ${PLATFORMS.join(' or ')}.`);
}
