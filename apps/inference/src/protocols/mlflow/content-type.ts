import { ProblemError } from '@tidegate/schemas';

export type BodyKind = 'json' | 'csv';

const KINDS: Readonly<Record<string, BodyKind>> = { 'application/json': 'json', 'text/csv': 'csv' };

/** Only UTF-8, and no other parameter, as MLflow has it. @throws ProblemError `UNSUPPORTED_MEDIA_TYPE` */
export function bodyKindOf(contentType: string | undefined): BodyKind {
  const [type = '', ...parameters] = (contentType ?? '').split(';').map((part) => part.trim());
  const kind = KINDS[type];
  if (kind === undefined)
    throw unsupported(`expected application/json or text/csv, got ${type === '' ? 'nothing' : type}`);
  for (const parameter of parameters) {
    const [name = '', value = ''] = parameter.split('=');
    if (name !== 'charset') throw unsupported(`unknown parameter ${name}; expected charset=utf-8 or none`);
    if (value.toLowerCase() !== 'utf-8') throw unsupported(`the charset must be utf-8, got ${value}`);
  }
  return kind;
}

function unsupported(detail: string): ProblemError {
  return new ProblemError('UNSUPPORTED_MEDIA_TYPE', { detail: `content-type: ${detail}` });
}
