/** Conditions joined by AND, whose values travel as parameters. */
export class SqlConditions {
  private readonly texts: string[] = [];

  /** @param values those of the other parts of the same statement; the own ones are added. */
  constructor(readonly values: unknown[] = []) {}

  /** `text` has one `?` for each value. */
  add(text: string, values: readonly unknown[]): void {
    let next = this.values.length;
    this.texts.push(text.replaceAll('?', () => `$${(next += 1)}`));
    this.values.push(...values);
  }

  /** `WHERE …`, or nothing without conditions. */
  where(): string {
    return this.texts.length === 0 ? '' : `WHERE ${this.texts.join(' AND ')}`;
  }
}
