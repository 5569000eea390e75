import type { Resource, Synthesized } from './synthesized';

/** Something a rule does not like. */
export interface Finding {
  /** Of the resource, or of an output. */
  readonly address: string;
  readonly detail: string;
}

/** A property that every environment has, or says why not. */
export interface Rule {
  /** In messages and exceptions: `S3-TLS`. */
  readonly id: string;
  /** The property, as a statement. */
  readonly title: string;
  /** What happens without it. */
  readonly why: string;
  /** The control it stands for: AWS Foundational Security Best Practices, checkov, or our own requirement. */
  readonly controls: readonly string[];
  readonly remedy: string;
  readonly check: (system: Synthesized) => readonly Finding[];
}

/** Asks the same of each resource of a type. */
export function each(
  type: string,
  ask: (resource: Resource, system: Synthesized) => string | undefined,
): Rule['check'] {
  return (system) =>
    system.of(type).flatMap((resource) => {
      const detail = ask(resource, system);
      return detail === undefined ? [] : [{ address: resource.address, detail }];
    });
}

/** The detail, unless the condition holds. */
export function unless(holds: boolean, detail: string): string | undefined {
  return holds ? undefined : detail;
}
