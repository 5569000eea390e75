import path from 'node:path';
import { CommandError } from '../command-error';
import { ExitCode } from '../exit-code';
import type { DriftCommand } from '../operations/operations-command-line';
import type { OperationsContext } from '../operations/operations-context';
import type { Paint } from '../terminal/paint';
import type { Difference } from '../terraform/plan-differences';
import { STACKS, Terraform } from '../terraform/terraform';
import { terraformEnvironment } from '../terraform/terraform.config';

interface StackDrift {
  readonly stack: string;
  readonly differences: readonly DriftedResource[];
}

/** How AWS is, against what the code says. */
const DRIFT = { create: 'gone', update: 'changed', delete: 'too much', replace: 'to be replaced' } as const;

type DriftedResource = Pick<Difference, 'address' | 'attributes'> & {
  readonly kind: (typeof DRIFT)[keyof typeof DRIFT];
};

/** `tidegate drift`: 2 when AWS is not what `infra/aws` says. */
export async function drift(
  { installation: { environment }, isJson }: DriftCommand,
  { workspaceRoot, print, note, paint }: OperationsContext,
): Promise<ExitCode> {
  const folder = path.join(workspaceRoot, 'infra', 'aws');
  const terraform = new Terraform(folder, environment, terraformEnvironment(environment));
  note(`Synthesising ${environment} …`);
  await terraform.synthesize();
  const stacks: StackDrift[] = [];
  for (const stack of STACKS) {
    note(`Comparing ${environment}-${stack} with AWS …`);
    const differences = await terraform.withPlan(stack, { isLocked: false }, (plan) => {
      if (!plan.isDeployed)
        throw new CommandError(
          `${environment}-${stack} is not deployed, as far as its state says: there is nothing to compare. ` +
            'Expected a deployed environment, and the same stateBucket as when it was deployed.',
        );
      return Promise.resolve(plan.differences.map(driftOf));
    });
    stacks.push({ stack: `${environment}-${stack}`, differences });
  }
  const hasDrift = stacks.some(({ differences }) => differences.length > 0);
  if (isJson) print(JSON.stringify({ environment, hasDrift, stacks }, null, 2));
  else for (const line of stacks.flatMap((stack) => stackLines(stack, paint))) print(line);
  return hasDrift ? ExitCode.finding : ExitCode.ok;
}

function driftOf({ address, action, attributes }: Difference): DriftedResource {
  return { address, kind: DRIFT[action], attributes };
}

function stackLines({ stack, differences }: StackDrift, paint: Paint): string[] {
  if (differences.length === 0) return [`${stack}: ${paint.good('no drift')}`];
  const many = differences.length === 1 ? '1 difference' : `${differences.length} differences`;
  return [
    `${stack}: ${paint.bad(many)}; the next deployment takes them back`,
    ...differences.flatMap(({ address, kind, attributes }) => [
      `  ${address} is ${kind}`,
      ...attributes.map((attribute) => `    ${attribute}`),
    ]),
  ];
}
