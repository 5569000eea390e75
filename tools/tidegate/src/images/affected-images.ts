import { hostEnvironment, runCommand } from '@tidegate/local-parts';
import { CommandError } from '../command-error';
import { imageBuilds, IMAGES, type Image } from './image-builds';

/** The images that commits after `since` can have changed, by Nx's graph of projects. */
export async function affectedImages(workspaceRoot: string, since: string): Promise<ReadonlySet<Image>> {
  const args = ['show', 'projects', '--affected', `--base=${since}`, '--head=HEAD', '--json'];
  const { exitCode, stdout, stderr } = await runCommand('node_modules/.bin/nx', args, {
    cwd: workspaceRoot,
    env: hostEnvironment(),
  });
  if (exitCode !== 0) throw new CommandError(`"nx ${args.join(' ')}" failed: ${stderr.trim()}`);
  const projects = new Set(JSON.parse(stdout) as string[]);
  return new Set(IMAGES.filter((image) => imageBuilds[image].projects.some((name) => projects.has(name))));
}
