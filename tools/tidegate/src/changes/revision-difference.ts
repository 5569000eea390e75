import type { ContainerDefinition, TaskDefinition } from '@aws-sdk/client-ecs';

/** What another revision of a task definition changes, a line each; empty when nothing that matters. */
export function revisionDifference(from: TaskDefinition, to: TaskDefinition): string[] {
  const [before = {}] = from.containerDefinitions ?? [];
  const [after = {}] = to.containerDefinitions ?? [];
  return [
    ...changed('image', before.image, after.image),
    ...changed('cpu', from.cpu, to.cpu),
    ...changed('memory', from.memory, to.memory),
    ...changed('architecture', from.runtimePlatform?.cpuArchitecture, to.runtimePlatform?.cpuArchitecture),
    ...changedNames(settingsOf(before), settingsOf(after)),
    ...changedNames(secretsOf(before), secretsOf(after)),
  ];
}

function changed(what: string, before: string | undefined, after: string | undefined): string[] {
  return before === after ? [] : [`${what}: ${before ?? 'none'} -> ${after ?? 'none'}`];
}

function changedNames(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.flatMap((name) => changed(name, before.get(name), after.get(name)));
}

function settingsOf({ environment = [] }: ContainerDefinition): Map<string, string> {
  return new Map(environment.map(({ name = '', value = '' }) => [name, value]));
}

/** References, not values. */
function secretsOf({ secrets = [] }: ContainerDefinition): Map<string, string> {
  return new Map(secrets.map(({ name = '', valueFrom = '' }) => [`secret ${name}`, valueFrom]));
}
