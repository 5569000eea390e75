import { CommandError } from './command-error';

/** One installation of Tidegate on AWS. */
export interface Installation {
  /** Such as `dev`. */
  readonly environment: string;
  /** What all its names start with, such as `tidegate-dev`. */
  readonly prefix: string;
  readonly region: string;
}

/** @throws CommandError when a name cannot be one */
export function installationOf(environment: string, project: string, region: string): Installation {
  requireName('--project', project);
  requireName('The environment', environment);
  return { environment, prefix: `${project}-${environment}`, region };
}

/** @throws CommandError when a name cannot be one */
export function requireName(what: string, name: string): void {
  if (!/^[a-z]([a-z0-9-]{0,10}[a-z0-9])?$/.test(name))
    throw new CommandError(
      `${what} is "${name}": expected 1 to 12 lower-case letters, digits and inner hyphens.`,
    );
}
