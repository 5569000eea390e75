/** One thing that should be reached, and what was. */
export interface Goal {
  readonly what: string;
  readonly reached: number;
  readonly atLeast?: number;
  readonly atMost?: number;
  readonly unit?: string;
}

export function isReached({ reached, atLeast = -Infinity, atMost = Infinity }: Goal): boolean {
  return reached >= atLeast && reached <= atMost;
}
