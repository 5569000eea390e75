import type { Paint } from '../terminal/paint';
import type { Difference } from '../terraform/plan-differences';
import { lossesOf } from './kept-data';

/** A plan for a person: what ends first, then what changes, then what is new, counted by type. */
export function plannedChangeLines(
  stack: string,
  differences: readonly Difference[],
  paint: Paint,
): string[] {
  const of = (action: Difference['action']) => differences.filter((one) => one.action === action);
  const [created, updated, replaced, deleted] = [of('create'), of('update'), of('replace'), of('delete')];
  const counts = [
    `${created.length} to add`,
    `${updated.length} to change`,
    `${replaced.length} to replace`,
    `${deleted.length} to destroy`,
  ];
  return [
    `${stack}: ${counts.filter((count) => !count.startsWith('0 ')).join(', ')}`,
    ...deleted.map(({ address }) => paint.bad(`  - ${address} is destroyed`)),
    ...replaced.flatMap((one) => [
      paint.bad(`  ± ${one.address} is destroyed and made anew`),
      ...attributeLines(one),
    ]),
    ...updated.flatMap((one) => [`  ~ ${one.address}`, ...attributeLines(one)]),
    ...countsByType(created).map((line) => `  + ${line}`),
    ...lossesOf(differences).map((loss) => paint.bad(`  LOST: ${loss}`)),
  ];
}

export function resourceCount({ length }: readonly Difference[]): string {
  return length === 1 ? '1 resource' : `${length} resources`;
}

function attributeLines({ attributes }: Difference): string[] {
  return attributes.map((attribute) => `      ${attribute}`);
}

function countsByType(differences: readonly Difference[]): string[] {
  const counts = new Map<string, number>();
  for (const { type } of differences) counts.set(type, (counts.get(type) ?? 0) + 1);
  return [...counts].sort().map(([type, count]) => (count === 1 ? type : `${type} (${count})`));
}
