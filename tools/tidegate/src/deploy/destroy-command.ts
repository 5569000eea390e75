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

/** The end of a stack, planned. */
interface PlannedEnd extends PlannedStack {
  readonly name: string;
}

/** `tidegate destroy`: the services, then the foundation; never the artifacts. */
export async function destroy(options: DestroyOptions, context: OperationsContext): Promise<ExitCode> {
  const { environment, isServicesOnly } = options;
  requireGivenName(options);
  const { terraform } = new Deployment(context.workspaceRoot, environment);
  context.note(`Synthesising ${environment} …`);
  await terraform.synthesize();
  const stacks: readonly Stack[] = isServicesOnly ? ['services'] : ['services', 'foundation'];
  try {
    // All of it is known before anything is asked, and refused before anything is gone.
    await withPlannedEnds(terraform, stacks, environment, async (ends) => {
      showEnds(ends, options, context);
      await confirm(options, context);
      await carryOut(ends, options, context);
    });
  } catch (error) {
    throw explainProtection(error);
  }
  return ExitCode.ok;
}

/** Plans the end of the stacks, one after another, and gives all of it to `use`. */
async function withPlannedEnds(
  terraform: Terraform,
  [stack, ...others]: readonly Stack[],
  environment: string,
  use: (ends: readonly PlannedEnd[]) => Promise<void>,
): Promise<void> {
  if (stack === undefined) return use([]);
  const name = `${environment}-${stack}`;
  // Which images run does not matter for their end.
  const images = Object.fromEntries(
    IMAGES.map((image) => [image, `public.ecr.aws/none/none@sha256:${'0'.repeat(64)}`]),
  );
  const variables = stack === 'services' ? [`-var=images=${JSON.stringify(images)}`] : [];
  await terraform.withPlan(stack, { isDestroy: true, variables }, (plan) =>
    withPlannedEnds(terraform, others, environment, (ends) => use([{ name, ...plan }, ...ends])),
  );
}

/** @throws CommandError when there is nothing to destroy */
function showEnds(
  ends: readonly PlannedEnd[],
  { environment, isServicesOnly }: DestroyOptions,
  { note, paint }: OperationsContext,
): void {
  for (const { name, differences } of ends)
    for (const line of plannedChangeLines(name, differences, paint)) note(line);
  if (ends.every(({ differences }) => differences.length === 0))
    throw new CommandError(
      `Nothing of ${environment} is deployed, as far as its state says: expected the same stateBucket as when it was deployed.`,
    );
  for (const line of whatStays(environment, isServicesOnly)) note(line);
}

async function carryOut(
  ends: readonly PlannedEnd[],
  { environment, isJson }: DestroyOptions,
  { workspaceRoot, note, print }: OperationsContext,
): Promise<void> {
  for (const { name, apply } of ends) {
    note(`Destroying ${name} …`);
    await apply(isJson);
  }
  await removeOutputs(workspaceRoot, environment);
  const destroyed = ends.map(({ name, differences }) => ({
    stack: name,
    resources: resourceCount(differences),
  }));
  if (isJson) print(JSON.stringify({ environment, destroyed }, null, 2));
  else for (const { stack, resources } of destroyed) print(`${stack}: ${resources} destroyed`);
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
