/** A resource as Terraform gets it. */
export interface Resource {
  /** `dev-foundation` */
  readonly stack: string;
  /** `aws_s3_bucket` */
  readonly type: string;
  /** `aws_s3_bucket.log-bucket_3F2A`: as it stands in references. */
  readonly address: string;
  readonly values: Values;
}

export type Values = Readonly<Record<string, unknown>>;

/** One stack's file `cdk.tf.json`. */
export interface StackJson {
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Values>>>>;
  readonly output?: Readonly<Record<string, Values>>;
}

/** All stacks of an environment, with what one has to ask of them. */
export class Synthesized {
  readonly resources: readonly Resource[];

  constructor(
    private readonly stacks: Readonly<Record<string, StackJson>>,
    /** Only there may protection be missing. */
    readonly isDisposable: boolean,
  ) {
    this.resources = Object.entries(stacks).flatMap(([stack, { resource = {} }]) =>
      Object.entries(resource).flatMap(([type, byName]) =>
        Object.entries(byName).map(([name, values]) => ({ stack, type, address: `${type}.${name}`, values })),
      ),
    );
  }

  of(...types: readonly string[]): Resource[] {
    return this.resources.filter(({ type }) => types.includes(type));
  }

  /** Resources of a type whose attribute names this one, such as the versioning of a bucket by `bucket`. */
  belongingTo(target: Resource, type: string, attribute: string): Resource[] {
    return this.of(type).filter(({ values }) => refersTo(values[attribute], target));
  }

  get outputs(): { address: string; values: Values }[] {
    return Object.entries(this.stacks).flatMap(([stack, { output = {} }]) =>
      Object.entries(output).map(([name, values]) => ({ address: `${stack}.output.${name}`, values })),
    );
  }
}

/**
 * Whether an expression in a value names the resource, directly or from another stack: there cdktf makes an output
 * with the address, without its point, in the name.
 */
export function refersTo(value: unknown, { type, address }: Resource): boolean {
  const text = JSON.stringify(value) ?? '';
  const name = address.slice(type.length + 1);
  return text.includes(`\${${address}.`) || text.includes(`.cross-stack-output-${type}${name}`);
}

/** The attribute at a path such as `rule.0.id`; a block may be an object or a list of one. */
export function valueAt(values: unknown, path: string): unknown {
  return path.split('.').reduce((value: unknown, key) => {
    const inner: unknown = Array.isArray(value) && !/^\d+$/.test(key) ? value[0] : value;
    return typeof inner === 'object' && inner !== null ? (inner as Values)[key] : undefined;
  }, values);
}

/** A block that may stand once, as an object, or several times, as a list. */
export function listOf(value: unknown): Values[] {
  if (value === undefined || value === null) return [];
  return (Array.isArray(value) ? value : [value]) as Values[];
}
