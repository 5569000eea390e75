import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { NetworkError, Networks } from '@tidegate/ip-networks';
import { z } from 'zod';

/** A whole number from `min` to `max`, written in decimal digits. */
export function integer(min: number, max: number): z.ZodType<number> {
  const expected = `expected a whole number from ${min} to ${max}`;
  return z
    .string({ error: expected })
    .regex(/^-?\d{1,15}$/, expected)
    .transform(Number)
    .refine((value) => value >= min && value <= max, expected);
}

/** A TCP port; 0 lets the operating system choose. */
export const port = integer(0, 65_535);

/** A duration in milliseconds, from 0 to a day. */
export const durationMs = integer(0, 86_400_000);

/** A switch: `true` or `false` (also `1` and `0`). */
export const flag: z.ZodType<boolean> = z
  .enum(['true', 'false', '1', '0'], { error: 'expected true or false' })
  .transform((value) => value === 'true' || value === '1');

/** An http or https address without credentials, query or fragment; a trailing slash is dropped. */
export const httpUrl: z.ZodType<string> = z.string().transform((value, context) => {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const isPlain =
    url && /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.search && !url.hash;
  if (isPlain) return value.replace(/\/+$/, '');
  context.addIssue(
    'expected an http(s) address without credentials, query or fragment, as http://host:port/path',
  );
  return z.NEVER;
});

/** A PostgreSQL address, `postgresql://user:password@host:port/database`. */
export const postgresUrl: z.ZodType<string> = z
  .string()
  .refine(
    (value) => URL.canParse(value) && /^postgres(ql)?:$/.test(new URL(value).protocol),
    'expected postgresql://user:password@host:port/database (special characters percent-encoded)',
  );

/** The name or IP address of a server, without port, scheme or path. */
export const hostName: z.ZodType<string> = z.string().superRefine((value, context) => {
  if (isIP(value) !== 0 || /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(value)) return;
  const hasPort = /^[^/:]+:\d+$/.test(value);
  context.addIssue(
    hasPort
      ? 'expected a host name without port (the endpoint RDS shows is host:port): the port has a setting of its own'
      : 'expected a host name or IP address, without scheme, credentials or path',
  );
});

/** The path of a PEM file with one or more certificates; gives its text. */
export const certificateFile: z.ZodType<string> = z.string().transform((file, context) => {
  try {
    const pem = readFileSync(file, 'utf8');
    new X509Certificate(pem);
    return pem;
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    context.addIssue(`cannot be read (${reason}), expected the path of a PEM file with certificates`);
    return z.NEVER;
  }
});

/** Names a project or an installation in service names, secrets and API keys. */
export const installationName: z.ZodType<string> = z
  .string()
  .regex(
    /^[a-z0-9]([a-z0-9-]{0,14}[a-z0-9])?$/,
    'expected 1 to 16 lower-case letters, digits and inner hyphens',
  );

/** JSON text that must fit `schema`. */
export function json<T>(schema: z.ZodType<T>): z.ZodType<T> {
  return z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text) as unknown;
      } catch {
        context.addIssue('expected JSON');
        return z.NEVER;
      }
    })
    .pipe(schema);
}

/** Comma-separated values; spaces around them and empty ones are dropped. */
export const list: z.ZodType<string[]> = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);

/** Comma-separated addresses and networks in CIDR form. */
export const networks: z.ZodType<Networks> = list.transform((texts, context) => {
  try {
    return Networks.parse(texts);
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    context.addIssue(error.message);
    return z.NEVER;
  }
});

/** What `schema` gives, or `value` when the variable is unset. */
export function withDefault<T>(schema: z.ZodType<T>, value: T): z.ZodType<T> {
  return schema.optional().transform((given) => (given === undefined ? value : given));
}

/** What `schema` gives, or undefined when the variable is unset. */
export function optional<T>(schema: z.ZodType<T>): z.ZodType<T | undefined> {
  return schema.optional();
}
