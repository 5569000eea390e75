const UNITS: Readonly<Record<string, number>> = { '': 1, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, m: 1 / 1000 };

/** Kubernetes' way to write numbers: `512Mi`, `250m`, `2`. @throws Error for another unit */
export function quantity(text: string): number {
  const [, digits, unit = ''] = /^(\d+)([A-Za-z]*)$/.exec(text) ?? [];
  const factor = UNITS[unit];
  if (digits === undefined || factor === undefined)
    throw new Error(`"${text}" is no quantity, expected digits and one of Ki, Mi, Gi, m or nothing.`);
  return Number(digits) * factor;
}
