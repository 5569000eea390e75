import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { hostEnvironment, runCommand } from '@tidegate/local-parts';
import { CommandError } from '../command-error';

/** The Git working tree that images are built from. */
export class Checkout {
  constructor(readonly folder: string) {}

  /**
   * The tag of what would be built now: the commit's hash; with changes that are not committed, the hash and one of the
   * changed content, so that equal content has an equal tag.
   *
   * @throws CommandError when there are changes and they are not allowed
   */
  async release(allowsChanges: boolean): Promise<string> {
    const commit = await this.commitOf('HEAD');
    const changes = (await this.git(['status', '--porcelain'])).trimEnd();
    if (changes === '') return commit;
    if (allowsChanges) return `${commit.slice(0, 12)}-dirty-${(await this.contentHash()).slice(0, 12)}`;
    const lines = changes.split('\n');
    const shown = lines.slice(0, 5).map((line) => `  ${line}`);
    const more = lines.length > shown.length ? [`  … and ${lines.length - shown.length} more`] : [];
    throw new CommandError(
      [
        'There are changes that are not committed, so no commit says what would be in the images:',
        ...shown,
        ...more,
        'Commit them, or try them out with --allow-dirty.',
      ].join('\n'),
    );
  }

  /** @throws CommandError when there is no such commit */
  async commitOf(revision: string): Promise<string> {
    const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`];
    const { exitCode, stdout } = await runCommand('git', args, {
      cwd: this.folder,
      env: hostEnvironment(['GIT_']),
    });
    if (exitCode === 0) return stdout.trim();
    throw new CommandError(
      `"${revision}" is no commit of the Git repository in ${this.folder}: expected a commit, tag or branch that was fetched ("git fetch --tags --unshallow").`,
    );
  }

  private async contentHash(): Promise<string> {
    const folder = await mkdtemp(path.join(tmpdir(), 'tidegate-index-'));
    // An index of its own: what the user has staged stays as it is.
    const env = { GIT_INDEX_FILE: path.join(folder, 'index') };
    try {
      await this.git(['read-tree', 'HEAD'], env);
      await this.git(['add', '--all'], env);
      return (await this.git(['write-tree'], env)).trim();
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  private async git(args: readonly string[], variables: Record<string, string> = {}): Promise<string> {
    const options = { cwd: this.folder, env: { ...hostEnvironment(['GIT_']), ...variables } };
    const { exitCode, stdout, stderr } = await runCommand('git', args, options);
    if (exitCode !== 0) throw new CommandError(`"git ${args.join(' ')}" failed: ${stderr.trim()}`);
    return stdout;
  }
}
