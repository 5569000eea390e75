import { ProblemError } from '@tidegate/schemas';

/** The body is well-formed and does not fit the signature of the model: MLflow has an error code of its own for it. */
export class SignatureViolation extends ProblemError {
  constructor(detail: string) {
    super('BODY_INVALID', { detail });
  }
}

export function violation(detail: string): SignatureViolation {
  return new SignatureViolation(detail);
}
