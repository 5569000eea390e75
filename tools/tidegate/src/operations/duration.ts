import { CommandError } from '../command-error';

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** @throws CommandError when the text is not like `30s`, `10m`, `2h` or `1d` */
export function durationMs(option: string, text: string): number {
  const [, amount, unit] = /^(\d{1,5})([smhd])$/.exec(text) ?? [];
  const unitMs = UNIT_MS[unit ?? ''];
  if (amount === undefined || unitMs === undefined)
    throw new CommandError(
      `${option} is "${text}": expected a number and a unit, such as 30s, 10m, 2h or 1d.`,
    );
  return Number(amount) * unitMs;
}

/** `4m`, `3h`, `2d`: how long ago something was, to one unit. */
export function ageOf(time: Date | undefined, nowMs: number): string {
  if (time === undefined) return '-';
  const seconds = Math.max(0, Math.round((nowMs - time.getTime()) / 1000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7_200) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3_600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}
