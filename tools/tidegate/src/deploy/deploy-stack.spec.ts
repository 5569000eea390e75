import { createPaint } from '../terminal/paint';
import type { Difference } from '../terraform/plan-differences';
import type { Terraform } from '../terraform/terraform';
import { deployStack } from './deploy-stack';

const UPDATE: Difference = { address: 'aws_lb.x', type: 'aws_lb', action: 'update', attributes: [] };
const LOSS: Difference = {
  address: 'aws_db_instance.x',
  type: 'aws_db_instance',
  action: 'delete',
  attributes: [],
};

/** Terraform, which has a plan with these differences; gives how often it was carried out. */
function deployOf(differences: readonly Difference[], options: object, answer?: string) {
  const apply = jest.fn(() => Promise.resolve());
  const terraform = {
    withPlan: (_stack: unknown, _options: unknown, use: (plan: object) => Promise<string>) =>
      use({ isDeployed: true, differences, apply }),
  } as unknown as Terraform;
  const confirmed = {
    environment: 'dev',
    isConfirmed: false,
    allowsDataLoss: false,
    isJson: false,
    ...options,
  };
  const ask = jest.fn(() => Promise.resolve(answer ?? ''));
  const context = { note: () => undefined, paint: createPaint(false), ...(answer !== undefined && { ask }) };
  return { done: deployStack(terraform, 'services', confirmed, context), apply, ask };
}

describe('the deployment of a stack', () => {
  it.each([
    ['a yes', [UPDATE], {}, 'yes'],
    ['--yes', [UPDATE], { isConfirmed: true }, undefined],
    ['the name where data is lost', [LOSS], {}, 'dev'],
    ['the name where data is lost, --yes or not', [LOSS], { isConfirmed: true }, 'dev'],
    ['both options where data is lost', [LOSS], { isConfirmed: true, allowsDataLoss: true }, undefined],
  ])('is carried out after %s', async (_what, differences, options, answer) => {
    const { done, apply } = deployOf(differences, options, answer);
    expect(await done).toBe('1 resource');
    expect(apply).toHaveBeenCalledTimes(1);
  });

  it('keeps outputs, and asks nothing, where nothing changes', async () => {
    const { done, apply, ask } = deployOf([], {}, 'no');
    expect(await done).toBe('nothing to change');
    expect(apply).toHaveBeenCalledTimes(1);
    expect(ask).not.toHaveBeenCalled();
  });

  it.each([
    ['a no', [UPDATE], {}, 'no', 'Nothing was changed.'],
    ['nobody to ask', [UPDATE], {}, undefined, 'Expected --yes'],
    ['a yes where the name is wanted', [LOSS], {}, 'yes', 'Nothing was changed.'],
    [
      '--yes alone where data is lost',
      [LOSS],
      { isConfirmed: true },
      undefined,
      '--yes with --allow-data-loss',
    ],
  ])('is not after %s', async (_what, differences, options, answer, message) => {
    const { done, apply } = deployOf(differences, options, answer);
    await expect(done).rejects.toThrow(message);
    expect(apply).not.toHaveBeenCalled();
  });
});
