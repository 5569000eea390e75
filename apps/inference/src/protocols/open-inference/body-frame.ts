import type { IncomingHttpHeaders } from 'node:http';
import { isUtf8 } from 'node:buffer';
import { invalid, unexpected } from '../../tensors/body-problem';

/** The length of the JSON in front of binary tensors, in requests and answers. */
export const HEADER_LENGTH_HEADER = 'inference-header-content-length';

/** A body in its two parts. */
export interface BodyFrame {
  /** Empty when the whole body is the raw data of one tensor. */
  readonly json: string;
  readonly binary: Buffer;
  /** Whether the header says where the JSON ends; without it there is no binary part. */
  readonly isSplit: boolean;
}

const NOTHING = Buffer.alloc(0);
const LENGTH = /^\d{1,15}$/;

/** @throws ProblemError `BODY_INVALID` */
export function splitBody(headers: IncomingHttpHeaders, body: Buffer): BodyFrame {
  const length = headers[HEADER_LENGTH_HEADER];
  if (length === undefined) return { json: textOf(body), binary: NOTHING, isSplit: false };
  if (typeof length !== 'string' || !LENGTH.test(length)) {
    throw unexpected(HEADER_LENGTH_HEADER, 'the length of the JSON in bytes', length);
  }
  const jsonBytes = Number(length);
  if (jsonBytes > body.length) {
    throw invalid(
      `${HEADER_LENGTH_HEADER}: expected at most ${body.length}, the length of the body, got ${length}`,
    );
  }
  return { json: textOf(body.subarray(0, jsonBytes)), binary: body.subarray(jsonBytes), isSplit: true };
}

function textOf(bytes: Buffer): string {
  if (!isUtf8(bytes)) {
    throw invalid(
      `expected JSON in UTF-8, got other bytes; for binary tensors say in ${HEADER_LENGTH_HEADER} where the JSON ends`,
    );
  }
  return bytes.toString();
}
