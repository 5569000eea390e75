import { CommandError } from '../command-error';
import { runProgram } from '../run-program';
import type { Platform } from './image-builds';

/** A login of a registry. */
export interface RegistryLogin {
  /** Host name, such as `123456789012.dkr.ecr.eu-west-2.amazonaws.com`. */
  readonly host: string;
  readonly username: string;
  readonly password: string;
}

/** The program `docker`, or one that takes its place under that name. */
export class Docker {
  /** @param isQuiet what it prints goes to standard error */
  constructor(
    private readonly workspaceRoot: string,
    private readonly isQuiet = false,
  ) {}

  build(name: string, options: readonly string[], platform: Platform): Promise<void> {
    return this.run(['build', ...options, '--platform', platform, '--tag', name, '.']);
  }

  /** The password goes by standard input: arguments can be read by every user of the machine. */
  login({ host, username, password }: RegistryLogin): Promise<void> {
    return this.run(['login', '--username', username, '--password-stdin', host], password);
  }

  push(name: string): Promise<void> {
    return this.run(['push', name]);
  }

  private async run(args: readonly string[], input?: string): Promise<void> {
    const options = { cwd: this.workspaceRoot, isQuiet: this.isQuiet, ...(input !== undefined && { input }) };
    const exitCode = await runProgram('docker', args, options);
    if (exitCode !== 0)
      throw new CommandError(
        `"docker ${args.join(' ')}" ended with ${exitCode}; what it said stands above. A daemon that cannot be reached has to be started first.`,
      );
  }
}
