import type { Environment } from '../environments';
import { sizeOf, type ServiceDefinition, type TaskSize } from '../services/service-definition';
import type { Problem } from './problem';

/** MiB that Fargate offers for so many CPU units. */
const FARGATE_MEMORY: Readonly<Record<number, readonly number[]>> = {
  256: [512, 1024, 2048],
  512: gibs(1, 4),
  1024: gibs(2, 8),
  2048: gibs(4, 16),
  4096: gibs(8, 30),
};

/** Sizes and numbers of tasks. */
export function taskProblems(environment: Environment, services: readonly ServiceDefinition[]): Problem[] {
  const names = services.map(({ name }) => name);
  const unknown = (['sizes', 'settings'] as const).flatMap((field) =>
    Object.keys(environment.tasks[field])
      .filter((name) => !names.includes(name))
      .map((name) => ({
        what: `tasks.${field} names the service "${name}", which does not exist.`,
        expected: `one of ${names.join(', ')}.`,
        remedy: 'Correct the name, or add the service to infra/aws/src/services.',
      })),
  );
  return [...unknown, ...services.flatMap((service) => sizeProblems(service, sizeOf(service, environment)))];
}

function sizeProblems({ name, isAutoscaled }: ServiceDefinition, size: TaskSize): Problem[] {
  const problems: Problem[] = [];
  const { cpu, memoryMib, minCount, maxCount } = size;
  const remedy = `Change tasks.sizes.${name} of the environment.`;
  const offered = FARGATE_MEMORY[cpu] ?? [];
  if (!offered.includes(memoryMib))
    problems.push({
      what: `${name} has ${cpu} CPU units with ${memoryMib} MiB, which Fargate does not offer.`,
      expected: `with cpu ${cpu} a memoryMib of ${offered.join(', ')}.`,
      remedy,
    });
  if (isAutoscaled !== false && minCount > maxCount)
    problems.push({
      what: `${name} has minCount ${minCount} and maxCount ${maxCount}.`,
      expected: 'minCount no higher than maxCount.',
      remedy,
    });
  return problems;
}

function gibs(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => (from + index) * 1024);
}
