import { copyFileSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AWS_PROVIDER_VERSION, type Terraform } from './terraform';

interface Diagnostic {
  readonly severity: string;
  readonly summary: string;
  readonly detail?: string;
}

/** Checks stacks with the real provider, which is initialised once for all of them: that takes seconds. */
export class Validator {
  private readonly folder = mkdtempSync(path.join(tmpdir(), 'tidegate-validate-'));

  constructor(private readonly terraform: Terraform) {}

  async init(): Promise<void> {
    const aws = { source: 'hashicorp/aws', version: AWS_PROVIDER_VERSION };
    const main = { terraform: { required_providers: { aws } } };
    writeFileSync(path.join(this.folder, 'main.tf.json'), JSON.stringify(main));
    const { exitCode, stderr } = await this.terraform.run(this.folder, ['init', '-input=false', '-no-color']);
    if (exitCode !== 0) throw new Error(`terraform init failed:\n${stderr}`);
  }

  /** What Terraform and the provider find wrong in the folder of a stack, warnings included. */
  async problemsIn(folder: string): Promise<string[]> {
    symlinkSync(path.join(this.folder, '.terraform'), path.join(folder, '.terraform'));
    copyFileSync(path.join(this.folder, '.terraform.lock.hcl'), path.join(folder, '.terraform.lock.hcl'));
    const { stdout } = await this.terraform.run(folder, ['validate', '-json']);
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: Diagnostic[] };
    return diagnostics.map(({ severity, summary, detail = '' }) => `${severity}: ${summary}. ${detail}`);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
