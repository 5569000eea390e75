import { z } from 'zod';

/** Days by model name; models that are not named follow the general retention. */
export const retentionByModelSchema = z.record(
  z.string().min(1),
  z.int('expected a whole number of days from 1 to 3650').min(1).max(3650),
  { error: 'expected {"<model>": days}' },
);

/** How long predictions are kept. */
export class RetentionRules {
  private readonly daysByModel: ReadonlyMap<string, number>;

  constructor(
    /** For every model; also the longest for any. */
    readonly days: number,
    daysByModel: Readonly<Record<string, number>> = {},
  ) {
    this.daysByModel = new Map(Object.entries(daysByModel).filter(([, ofModel]) => ofModel < days));
  }

  /** Models whose predictions go earlier than the others. */
  get shorter(): readonly { readonly model: string; readonly days: number }[] {
    return [...this.daysByModel].map(([model, days]) => ({ model, days }));
  }

  daysOf(model: string): number {
    return this.daysByModel.get(model) ?? this.days;
  }
}
