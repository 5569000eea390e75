import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { runCommand } from '@tidegate/local-parts';
import { CommandError } from '../command-error';
import { planDifferences, type PlanDifferences } from './plan-differences';

export const STACKS = ['storage', 'foundation', 'services'] as const;

const PLAN_FILE = 'drift.plan';
const SHOWN_LINES = 15;

/** The stacks of an environment as Terraform sees them; nothing is changed, and no lock is taken. */
export class Terraform {
  constructor(
    private readonly infraFolder: string,
    private readonly environmentName: string,
    private readonly environment: NodeJS.ProcessEnv,
  ) {}

  /** @throws CommandError when the program of `infra/aws` does not take the environment */
  async synthesize(): Promise<void> {
    const cdktf = path.join(this.infraFolder, 'node_modules/.bin/cdktf');
    // In a clone, packages are at its root.
    const program = existsSync(cdktf) ? cdktf : path.join(this.infraFolder, '../../node_modules/.bin/cdktf');
    await this.run(program, ['synth'], this.infraFolder, [0]);
  }

  /** @throws CommandError when Terraform fails */
  async plan(stack: (typeof STACKS)[number]): Promise<PlanDifferences> {
    const folder = path.join(this.infraFolder, 'cdktf.out', 'stacks', `${this.environmentName}-${stack}`);
    await this.run('terraform', ['init', '-input=false', '-no-color'], folder, [0]);
    const plan = [
      'plan',
      '-detailed-exitcode',
      '-input=false',
      '-lock=false',
      '-no-color',
      `-out=${PLAN_FILE}`,
    ];
    try {
      const { exitCode } = await this.run('terraform', [...plan, ...this.variables(stack)], folder, [0, 2]);
      if (exitCode === 0) return { isDeployed: true, differences: [] };
      const { stdout } = await this.run('terraform', ['show', '-json', PLAN_FILE], folder, [0]);
      return planDifferences(stdout);
    } finally {
      // It holds values that the state holds, secrets among them.
      rmSync(path.join(folder, PLAN_FILE), { force: true });
    }
  }

  private variables(stack: string): string[] {
    if (stack !== 'services') return [];
    const file = path.join(this.infraFolder, `images.${this.environmentName}.tfvars.json`);
    if (existsSync(file)) return [`-var-file=${file}`];
    throw new CommandError(
      `infra/aws/images.${this.environmentName}.tfvars.json is missing, so it is not known which images are to run: ` +
        `"tidegate images push ${this.environmentName}" writes it, with --release <commit> for those of a release.`,
    );
  }

  private async run(program: string, args: readonly string[], cwd: string, expected: readonly number[]) {
    const { exitCode, stdout, stderr } = await runCommand(program, args, { cwd, env: this.environment });
    if (exitCode === undefined)
      throw new CommandError(
        `${path.basename(program)} could not be started or was ended: expected Terraform 1.11 or newer on PATH, and the packages of "npm ci".`,
      );
    if (expected.includes(exitCode)) return { exitCode, stdout };
    const lines = `${stdout}\n${stderr}`.split('\n').map((line) => line.replace(/^[│╷╵\s]+/, '').trimEnd());
    const first = lines.findIndex((line) => line.startsWith('Error'));
    const said = (first === -1 ? lines.slice(-SHOWN_LINES) : lines.slice(first, first + SHOWN_LINES)).filter(
      Boolean,
    );
    throw new CommandError(
      `"${path.basename(program)} ${args[0]}" failed for ${path.basename(cwd)} (exit code ${exitCode}): ${said.join(' ')}`,
    );
  }
}
