import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AWS_PROVIDER_VERSION, describeWithTerraform } from '../../test/terraform';
import { terraformFacts } from './terraform-facts';

describeWithTerraform('what is known of Terraform', (terraform) => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'tidegate-stacks-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is its version, and which provider the bindings want', async () => {
    const facts = await terraformFacts('dev', path.join(folder, 'absent'));
    expect(facts.terraform).toMatch(/^1\.\d+\.\d+$/);
    expect(facts).toMatchObject({ wantedProvider: AWS_PROVIDER_VERSION, lockedProviders: new Map() });
  });

  it('is which provider the lock file of each stack of the environment names', async () => {
    const aws = { source: 'hashicorp/aws', version: AWS_PROVIDER_VERSION };
    for (const name of ['dev-storage', 'dev-services', 'production-storage'])
      mkdirSync(path.join(folder, name));
    for (const name of ['dev-storage', 'production-storage']) {
      const stack = path.join(folder, name);
      writeFileSync(
        path.join(stack, 'main.tf.json'),
        JSON.stringify({ terraform: { required_providers: { aws } } }),
      );
      expect((await terraform.run(stack, ['init', '-input=false'])).exitCode).toBe(0);
    }
    const { lockedProviders } = await terraformFacts('dev', folder);
    expect([...lockedProviders]).toEqual([[path.join(folder, 'dev-storage'), AWS_PROVIDER_VERSION]]);
  });
});
