import { CommandError } from '../command-error';
import { ExitCode } from '../exit-code';
import { IMAGES } from '../images/image-builds';
import type { OperationsContext } from '../operations/operations-context';
import { removeOutputs } from '../terraform/stack-outputs';
import type { PlannedStack, Stack, Terraform } from '../terraform/terraform';
import type { DestroyOptions } from './deploy-command-line';
import { confirmName } from './deploy-stack';
import { Deployment } from './deployment';
import { explainProtection } from './explain-protection';
import { plannedChangeLines, resourceCount } from './planned-changes';

interface DestroyedStack {
  readonly stack: string;
  readonly resources: string;
}

/** `tidegate destroy`: the services, then the foundation; never the artifacts. */
export async function destroy(options: DestroyOptions, context: OperationsContext): Promise<ExitCode> {
  const { environment, isServicesOnly, isJson } = options;
  const { workspaceRoot, note, print } = context;
  requireGivenName(options);
  const { terraform } = new Deployment(workspaceRoot, environment);
  note(`Synthesising ${environment} …`);
  await terraform.synthesize();
  const stacks: readonly Stack[] = isServicesOnly ? ['services'] : ['services', 'foundation'];
  // All of it is known before anything is asked, and refused before anything is gone.
  let planned = 0;
  for (const stack of stacks) planned += await showEnd(terraform, stack, environment, context);
  if (planned === 0)
    throw new CommandError(
      `Nothing of ${environment} is deployed, as far as its state says: expected the same stateBucket as when it was deployed.`,
    );
  for (const line of whatStays(environment, isServicesOnly)) note(line);
  await confirm(options, context);
  const destroyed: DestroyedStack[] = [];
  for (const stack of stacks) {
    note(`Destroying ${environment}-${stack} …`);
    destroyed.push(await end(terraform, stack, environment, isJson));
  }
  await removeOutputs(workspaceRoot, environment);
  if (isJson) print(JSON.stringify({ environment, destroyed }, null, 2));
  else for (const { stack, resources } of destroyed) print(`${stack}: ${resources} destroyed`);
  return ExitCode.ok;
}

async function showEnd(
  terraform: Terraform,
  stack: Stack,
  environment: string,
  { note, paint }: OperationsContext,
): Promise<number> {
  return planEnd(terraform, stack, environment, ({ differences }) => {
    for (const line of plannedChangeLines(`${environment}-${stack}`, differences, paint)) note(line);
    return Promise.resolve(differences.length);
  });
}

function end(
  terraform: Terraform,
  stack: Stack,
  environment: string,
  isJson: boolean,
): Promise<DestroyedStack> {
  return planEnd(terraform, stack, environment, async ({ differences, apply }) => {
    await apply(isJson);
    return { stack: `${environment}-${stack}`, resources: resourceCount(differences) };
  });
}

/** @throws CommandError with the way out when the stack is protected */
async function planEnd<T>(
  terraform: Terraform,
  stack: Stack,
  environment: string,
  use: (plan: PlannedStack) => Promise<T>,
): Promise<T> {
  // Which images run does not matter for their end.
  const images = Object.fromEntries(
    IMAGES.map((image) => [image, `public.ecr.aws/none/none@sha256:${'0'.repeat(64)}`]),
  );
  const variables = stack === 'services' ? [`-var=images=${JSON.stringify(images)}`] : [];
  try {
    return await terraform.withPlan(stack, { isDestroy: true, variables }, use);
  } catch (error) {
    throw explainProtection(error, `${environment}-${stack}`);
  }
}

function whatStays(environment: string, isServicesOnly: boolean): string[] {
  const foundation = isServicesOnly ? ['the database, the secrets, the images and the logs,'] : [];
  return [
    `Stays: ${[...foundation, 'the artifact bucket with its key, snapshots you took, the Terraform state'].join(' ')}`,
    ...(isServicesOnly
      ? []
      : [
          'Without the database the artifacts in the bucket have no names any more: "tidegate migrate export" first keeps them.',
        ]),
    `To have it again: "tidegate deploy ${environment}"`,
  ];
}

function requireGivenName({ environment, confirmedName }: DestroyOptions): void {
  if (confirmedName === undefined || confirmedName === environment) return;
  throw new CommandError(
    `Nothing was destroyed: --confirm is "${confirmedName}", expected "${environment}".`,
  );
}

async function confirm(
  { environment, confirmedName }: DestroyOptions,
  { ask }: OperationsContext,
): Promise<void> {
  if (confirmedName === environment) return;
  if (ask === undefined)
    throw new CommandError(
      `Nothing was destroyed: there is no terminal to ask at. Expected --confirm ${environment}.`,
    );
  await confirmName(environment, ask);
}
