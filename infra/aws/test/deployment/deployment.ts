import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runCommand, startProcess, type CommandResult } from '@tidegate/local-parts';
import { workspaceRoot, type AwsSimulator } from '@tidegate/testing';
import { differencesIn } from './planned-differences';

const projectDir = path.join(workspaceRoot, 'infra', 'aws');

export type StackName = 'storage' | 'foundation' | 'services';

export interface DeploymentOptions {
  /** `dev`, `staging` or `production`. */
  environmentName: string;
  /** What `TIDEGATE_ENVIRONMENT_FILE` changes in it. */
  changes: Readonly<Record<string, unknown>>;
  aws: AwsSimulator;
  /** Of `describeWithTerraform()`. */
  terraformEnvironment: NodeJS.ProcessEnv;
}

/**
 * The CDKTF app as the workflow deploys it, in a folder of its own: neither the output nor the state of a developer's
 * deployment is touched. Every command's output is kept in `<folder>/<n>-<command>.log`.
 */
export class Deployment {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'tidegate-deployment-'));
  private readonly environment: NodeJS.ProcessEnv;
  private commandCount = 0;

  constructor(private readonly options: DeploymentOptions) {
    copyFileSync(path.join(projectDir, 'cdktf.json'), path.join(this.folder, 'cdktf.json'));
    for (const [name, target] of Object.entries({
      src: path.join(projectDir, 'src'),
      scripts: path.join(projectDir, 'scripts'),
      node_modules: path.join(workspaceRoot, 'node_modules'),
    })) {
      symlinkSync(target, path.join(this.folder, name));
    }
    this.change({});
    this.writeImages('1');
    this.environment = {
      ...options.terraformEnvironment,
      ...options.aws.environment,
      CI: '1',
      TIDEGATE_ENVIRONMENT: options.environmentName,
      TIDEGATE_ENVIRONMENT_FILE: this.pathOf('environment.json'),
      TSX_TSCONFIG_PATH: path.join(projectDir, 'tsconfig.json'),
      // Unpacked providers are linked, not copied.
      CDKTF_DISABLE_PLUGIN_CACHE_ENV: '1',
    };
  }

  /** Changes the environment for the next command, over the changes it started with. */
  change(changes: Readonly<Record<string, unknown>>): void {
    writeFileSync(this.pathOf('environment.json'), JSON.stringify({ ...this.options.changes, ...changes }));
  }

  /** What `tidegate images push` writes: a digest per image, all made of this one digit. */
  writeImages(digit: string): void {
    const { environmentName, aws } = this.options;
    const registry = `${aws.accountId}.dkr.ecr.${aws.region}.amazonaws.com`;
    const names = ['api', 'inference', 'logging', 'mlflow', 'setup'];
    const images = Object.fromEntries(
      names.map((name) => [
        name,
        `${registry}/tidegate-${environmentName}/${name}@sha256:${digit.repeat(64)}`,
      ]),
    );
    writeFileSync(this.imagesFile(), JSON.stringify({ images }));
  }

  /** Deploys in the order of their dependencies; returns the outputs of every stack named, sensitive ones, too. */
  async deploy(...stacks: StackName[]): Promise<Record<string, Record<string, unknown>>> {
    await this.cdktf('deploy', stacks);
    const outputs = await Promise.all(stacks.map((stack) => this.outputs(stack)));
    return Object.fromEntries(stacks.map((stack, index) => [this.nameOf(stack), outputs[index] ?? {}]));
  }

  /** What the workflow writes into a job's summary on a pull request, one part a stack. */
  async planSummary(...stacks: StackName[]): Promise<string> {
    const summary = this.pathOf('summary.md');
    const script = this.pathOf('scripts/plan-stacks.sh');
    const args = [this.options.environmentName, ...stacks];
    await this.run('plan-stacks.sh', script, args, { GITHUB_STEP_SUMMARY: summary });
    return readFileSync(summary, 'utf8');
  }

  async destroy(...stacks: StackName[]): Promise<void> {
    await this.cdktf('destroy', stacks);
  }

  /** What a second `terraform plan` of a deployed stack would change; empty when nothing. */
  async planDifferences(stack: StackName): Promise<string[]> {
    const folder = this.stackFolder(stack);
    const args = ['plan', '-input=false', '-lock=false', '-detailed-exitcode', '-out=second.plan'];
    const plan = await this.terraform(folder, [...args, ...this.variablesOf([stack], '=')], [0, 2]);
    if (plan.exitCode === 0) return [];
    const shown = await this.terraform(folder, ['show', '-json', 'second.plan'], [0]);
    return differencesIn(JSON.parse(shown.stdout));
  }

  /** What Terraform says against destroying a stack; it does so before it destroys anything. */
  async refusalToDestroy(stack: StackName): Promise<string> {
    const options = ['-refresh=false', '-input=false', '-lock=false', '-no-color'];
    const args = ['plan', '-destroy', ...options, ...this.variablesOf([stack], '=')];
    return (await this.terraform(this.stackFolder(stack), args, [1])).stderr;
  }

  /**
   * Runs a script of a guide with bash, as in the root of the repository; stops at the first command that fails.
   *
   * @param programs folder that comes first on PATH
   */
  runGuide(script: string, programs: string): Promise<CommandResult> {
    const root = this.pathOf('root');
    if (!existsSync(root)) {
      mkdirSync(path.join(root, 'infra'), { recursive: true });
      symlinkSync(this.folder, path.join(root, 'infra', 'aws'));
    }
    const environment = { ...this.environment, PATH: `${programs}:${this.environment.PATH ?? ''}` };
    return runCommand('bash', ['-euo', 'pipefail', '-c', script], { cwd: root, env: environment });
  }

  /** The state of a deployed stack as Terraform stores it, in a file or, with a bucket for it, there. */
  async state(stack: StackName): Promise<string> {
    const file = this.pathOf(`terraform.${this.options.environmentName}-${stack}.tfstate`);
    if (existsSync(file)) return readFileSync(file, 'utf8');
    return (await this.terraform(this.stackFolder(stack), ['state', 'pull'], [0])).stdout;
  }

  /** The synthesized stack, as text. */
  synthesized(stack: StackName): string {
    return readFileSync(path.join(this.stackFolder(stack), 'cdk.tf.json'), 'utf8');
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private cdktf(command: 'deploy' | 'destroy', stacks: readonly StackName[]): Promise<void> {
    const names = stacks.map((stack) => this.nameOf(stack));
    const args = [
      ...[command, ...names, '--auto-approve', '--no-color', '--skip-provider-lock'],
      // Lets one layer be deployed or destroyed alone. With several, cdktf 0.21 would forget their order.
      ...(stacks.length === 1 ? ['--ignore-missing-stack-dependencies'] : []),
      ...this.variablesOf(stacks),
    ];
    const program = path.join(workspaceRoot, 'node_modules/.bin/cdktf');
    return this.run(`cdktf ${command} ${names.join(' ')}`, program, args);
  }

  private async run(
    name: string,
    command: string,
    args: string[],
    environment: NodeJS.ProcessEnv = {},
  ): Promise<void> {
    this.commandCount += 1;
    const child = await startProcess({
      name,
      command,
      args,
      env: { ...this.environment, ...environment },
      cwd: this.folder,
      logFile: this.pathOf(`${this.commandCount}-${path.basename(command)}.log`),
    });
    const { code } = await child.exited;
    if (code !== 0) {
      throw new Error(
        `${name} ended with ${code}, expected 0. The whole output: ${child.logFile}. It said:\n${complaintsIn(readFileSync(child.logFile, 'utf8'))}\n${requestsSentAgain(this.options.aws.logFile)}`,
      );
    }
  }

  private async outputs(stack: StackName): Promise<Record<string, unknown>> {
    const { stdout } = await this.terraform(this.stackFolder(stack), ['output', '-json'], [0]);
    const outputs = JSON.parse(stdout) as Record<string, { value: unknown }>;
    return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
  }

  /** Only the services have images; Terraform warns of a variable that a stack does not have. */
  private variablesOf(stacks: readonly StackName[], separator?: '='): string[] {
    if (!stacks.includes('services')) return [];
    const file = this.imagesFile();
    return separator === '=' ? [`-var-file=${file}`] : ['--var-file', file];
  }

  private async terraform(folder: string, args: string[], expected: number[]): Promise<CommandResult> {
    const { exitCode, stdout, stderr } = await runCommand('terraform', args, {
      cwd: folder,
      env: this.environment,
    });
    if (exitCode === undefined || !expected.includes(exitCode)) {
      throw new Error(
        `terraform ${args[0]} ended with ${exitCode ?? 'a signal'}, expected ${expected.join(' or ')}. It said:\n${stdout.slice(-3000)}${stderr.slice(-3000)}`,
      );
    }
    return { exitCode, stdout, stderr };
  }

  private stackFolder(stack: StackName): string {
    return path.join(this.folder, 'cdktf.out', 'stacks', this.nameOf(stack));
  }

  private imagesFile(): string {
    return this.pathOf(`images.${this.options.environmentName}.tfvars.json`);
  }

  private nameOf(stack: StackName): string {
    return `${this.options.environmentName}-${stack}`;
  }

  private pathOf(file: string): string {
    return path.join(this.folder, file);
  }
}

/** What Terraform calls an error and the lines after it, or else the end of the output. */
function complaintsIn(output: string): string {
  const lines = output.split('\n');
  const first = lines.findIndex((line) => line.includes('Error:'));
  return (first === -1 ? lines.slice(-30) : lines.slice(first, first + 40)).join('\n');
}

/** What the simulator says of requests it got twice: a sign that an answer was lost or late. */
function requestsSentAgain(simulatorLog: string): string {
  const lines = readFileSync(simulatorLog, 'utf8').split('\n');
  return lines
    .filter((line) => line.startsWith('Sent again'))
    .slice(-10)
    .join('\n');
}
