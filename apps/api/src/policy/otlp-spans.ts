import type { IncomingHttpHeaders } from 'node:http';
import { ProblemError } from '@tidegate/schemas';
import { refused, type TextRule } from './field-rules';
import { id, traceTag } from './mlflow-texts';
import { protobufFields } from './protobuf-fields';

const MEDIA_TYPE = 'application/x-protobuf';
/** MLflow turns attributes of a root span that begin like this into tags of the trace, whichever tags they are. */
const TAG_ATTRIBUTE = 'mlflow.traceTag.';
/** ExportTraceServiceRequest: resource_spans → scope_spans → spans → attributes → key. */
const ATTRIBUTE_KEY = [1, 2, 2, 9, 1];
const ID_HEADERS = [
  ['experiment_id', 'x-mlflow-experiment-id'],
  ['run_id', 'x-mlflow-run-id'],
] as const;

const spanAttribute: TextRule = {
  expected: `an attribute callers may set; ${TAG_ATTRIBUTE}* sets a tag, and where a trace is stored is up to the server`,
  accepts: (key) => !key.startsWith(TAG_ATTRIBUTE) || traceTag.accepts(key.slice(TAG_ATTRIBUTE.length)),
};

/**
 * Checks what the MLflow client sends to `v1/traces`: spans as protobuf, not compressed. MLflow takes JSON and
 * compressed bodies, too; they are refused, since what cannot be read here cannot be checked.
 *
 * @returns the ids that come as headers, by the names MLflow's messages have for them
 * @throws ProblemError UNSUPPORTED_MEDIA_TYPE, BODY_INVALID, VALUE_REFUSED
 */
export function checkOtlpSpans(body: Buffer, headers: IncomingHttpHeaders): (readonly [string, string])[] {
  const mediaType = headers['content-type']?.split(';')[0]?.trim();
  if (mediaType !== MEDIA_TYPE || headers['content-encoding'] !== undefined)
    throw new ProblemError('UNSUPPORTED_MEDIA_TYPE', {
      detail: `Spans must come as ${MEDIA_TYPE}, not compressed`,
    });
  const ids = ID_HEADERS.map(([name, header]) => {
    const value = headers[header]?.toString() ?? '';
    if (!id.accepts(value)) throw refused(header, id.expected);
    return [name, value] as const;
  });
  checkAt(body, ATTRIBUTE_KEY);
  return ids;
}

function checkAt(bytes: Buffer, [number, ...rest]: readonly number[]): void {
  if (number === undefined) {
    if (!spanAttribute.accepts(bytes.toString('utf8')))
      throw refused('attributes.key', spanAttribute.expected);
    return;
  }
  const fields = protobufFields(bytes);
  if (fields === undefined)
    throw new ProblemError('BODY_INVALID', { detail: 'The body is not an OTLP trace export as protobuf' });
  for (const field of fields) if (field.number === number) checkAt(field.bytes, rest);
}
