import path from 'node:path';
import type { Platform } from '../images/image-builds';
import type { Installation } from '../installation';
import { writeOutputs } from '../terraform/stack-outputs';
import { STACKS, Terraform } from '../terraform/terraform';
import { terraformEnvironment } from '../terraform/terraform.config';

/** What `infra/aws` says of an environment: nobody has to repeat it to the command. */
export class Deployment {
  readonly terraform: Terraform;

  constructor(
    private readonly workspaceRoot: string,
    private readonly environment: string,
  ) {
    const folder = path.join(workspaceRoot, 'infra', 'aws');
    this.terraform = new Terraform(folder, environment, terraformEnvironment(environment));
  }

  /** As the foundation was deployed. */
  async installation(): Promise<Installation> {
    const { cluster_name: prefix } = await this.terraform.outputs('foundation');
    return { environment: this.environment, prefix: String(prefix), region: await this.region() };
  }

  async platform(): Promise<Platform> {
    const services = await this.terraform.synthesized('services');
    return services.includes('"cpu_architecture": "ARM64"') ? 'linux/arm64' : 'linux/amd64';
  }

  /** Address of the api. */
  async apiUrl(): Promise<string> {
    const { api_url: url } = await this.terraform.outputs('services');
    return String(url);
  }

  /** Writes `infra/aws/outputs.<env>.json`, for commands that need no Terraform. */
  async keepOutputs(): Promise<void> {
    const outputs = await Promise.all(
      STACKS.map(async (stack) => [stack, await this.terraform.outputs(stack)] as const),
    );
    await writeOutputs(this.workspaceRoot, this.environment, Object.fromEntries(outputs));
  }

  private async region(): Promise<string> {
    const foundation = JSON.parse(await this.terraform.synthesized('foundation')) as {
      provider: { aws: readonly { region: string }[] };
    };
    return String(foundation.provider.aws[0]?.region);
  }
}
