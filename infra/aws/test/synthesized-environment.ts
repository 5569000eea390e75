import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App } from 'cdktf';
import { addStacks } from '../src/app';
import { loadEnvironment } from '../src/environments';
import type { StackJson } from '../src/rules';

/** What an environment of this repository lacks before it belongs to somebody. */
export function ownersChanges(name: string): Record<string, string> {
  const accountId = '123456789012';
  return name === 'dev' ? { accountId } : { accountId, stateBucket: 'tidegate-state' };
}

/** All stacks of an environment as `cdktf synth` writes them. */
export class SynthesizedEnvironment {
  /** Holds `stacks/<name>/cdk.tf.json`. */
  readonly folder = mkdtempSync(path.join(tmpdir(), 'tidegate-synth-'));

  constructor(readonly name: string) {
    const app = new App({ outdir: this.folder });
    addStacks(app, loadEnvironment(name, ownersChanges(name)));
    app.synth();
  }

  /** Folders by stack. */
  get stackFolders(): Record<string, string> {
    const stacks = path.join(this.folder, 'stacks');
    return Object.fromEntries(readdirSync(stacks).map((stack) => [stack, path.join(stacks, stack)]));
  }

  get stacks(): Record<string, StackJson> {
    const read = (folder: string): StackJson =>
      JSON.parse(readFileSync(path.join(folder, 'cdk.tf.json'), 'utf8')) as StackJson;
    return Object.fromEntries(
      Object.entries(this.stackFolders).map(([stack, folder]) => [stack, read(folder)]),
    );
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
