import { existsSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { runCommand } from '@tidegate/local-parts';
import { CommandError } from '../command-error';
import { runProgram } from '../run-program';
import { planDifferences, type PlanDifferences } from './plan-differences';
import { readOutputs, type Outputs } from './stack-outputs';

/** In the order of their dependencies. */
export const STACKS = ['storage', 'foundation', 'services'] as const;
export type Stack = (typeof STACKS)[number];

export interface PlanOptions {
  /** Of the end of the stack. @default false */
  readonly isDestroy?: boolean;
  /** Of the services. @default the file that "tidegate images push" writes, which must be there then */
  readonly variables?: readonly string[];
  /** Whether nobody else may change the stack meanwhile. @default true */
  readonly isLocked?: boolean;
}

/** A plan that can be carried out as it is. */
export interface PlannedStack extends PlanDifferences {
  /**
   * Carries it out; what Terraform says goes to the terminal, to standard error when `isQuiet`.
   *
   * @throws CommandError when not all of it was done
   */
  readonly apply: (isQuiet: boolean) => Promise<void>;
}

const SHOWN_LINES = 15;

/** The stacks of an environment as Terraform sees them. */
export class Terraform {
  private readonly initialisedStacks = new Set<Stack>();

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

  /**
   * Plans a stack and gives the plan to `use`; it is gone afterwards, since it holds what the state holds.
   *
   * @throws CommandError when Terraform fails
   */
  async withPlan<T>(
    stack: Stack,
    { isDestroy = false, variables = this.variables(stack), isLocked = true }: PlanOptions,
    use: (plan: PlannedStack) => Promise<T>,
  ): Promise<T> {
    const folder = await this.initialised(stack);
    const planFile = path.join(folder, `tidegate.${process.pid}.plan`);
    const options = ['-detailed-exitcode', '-input=false', '-no-color', `-lock=${isLocked}`];
    const what = [...(isDestroy ? ['-destroy'] : []), `-out=${planFile}`, ...variables];
    try {
      const { exitCode } = await this.run('terraform', ['plan', ...options, ...what], folder, [0, 2]);
      const { stdout } = await this.run('terraform', ['show', '-json', planFile], folder, [0]);
      const { isDeployed, differences } = planDifferences(stdout);
      return await use({
        isDeployed: isDeployed || (exitCode === 0 && !isDestroy),
        differences,
        apply: (isQuiet) => this.apply(folder, planFile, isQuiet),
      });
    } finally {
      rmSync(planFile, { force: true });
    }
  }

  /** What a deployed stack says of itself, without what is sensitive. */
  async outputs(stack: Stack): Promise<Outputs> {
    const folder = await this.initialised(stack);
    const { stdout } = await this.run('terraform', ['output', '-json', '-no-color'], folder, [0]);
    return readOutputs(stdout);
  }

  /** Terraform's JSON of a stack, as `synthesize` left it. */
  synthesized(stack: Stack): Promise<string> {
    return readFile(path.join(this.folderOf(stack), 'cdk.tf.json'), 'utf8');
  }

  private async apply(folder: string, planFile: string, isQuiet: boolean): Promise<void> {
    const args = ['apply', '-input=false', '-no-color', planFile];
    const exitCode = await runProgram('terraform', args, {
      cwd: folder,
      environment: this.environment,
      isQuiet,
    });
    if (exitCode !== 0)
      throw new CommandError(
        `"terraform apply" of ${path.basename(folder)} ended with ${exitCode}; what it said stands above. What it did before is done and in the state.`,
      );
  }

  private async initialised(stack: Stack): Promise<string> {
    const folder = this.folderOf(stack);
    if (!this.initialisedStacks.has(stack))
      await this.run('terraform', ['init', '-input=false', '-no-color'], folder, [0]);
    this.initialisedStacks.add(stack);
    return folder;
  }

  private folderOf(stack: Stack): string {
    return path.join(this.infraFolder, 'cdktf.out', 'stacks', `${this.environmentName}-${stack}`);
  }

  private variables(stack: Stack): string[] {
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
