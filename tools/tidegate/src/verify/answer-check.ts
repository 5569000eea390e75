import { type Check, failed, type Finding, passed, skipped } from './check';
import { askHttp, fieldOf, type HttpAnswer, type HttpQuestion } from './http-answer';

type Answered = Extract<HttpAnswer, { status: number }>;

export interface AnswerCheck extends Omit<Check, 'look' | 'needsKey'> {
  /** One that names `key` needs a key, also while there is none. */
  readonly question: HttpQuestion;
  /** @default 200 */
  readonly status?: number;
  /** What is wrong with an answer of the right status. @default nothing */
  readonly judge?: (answer: Answered) => string | undefined;
}

const SHOWN_CHARACTERS = 200;

/** A check that asks one address once. */
export function answerCheck({ question, status = 200, judge, ...check }: AnswerCheck): Check {
  return {
    ...check,
    needsKey: 'key' in question,
    look: async () => findingOf(await askHttp(question), status, judge),
  };
}

function findingOf(answer: HttpAnswer, status: number, judge: AnswerCheck['judge']): Finding {
  if ('problem' in answer) return failed(answer.problem);
  if (fieldOf(answer.body, 'code') === 'SCOPE_MISSING')
    return skipped(`the key may not ask this: ${String(fieldOf(answer.body, 'detail'))}`);
  const wrong =
    answer.status === status ? judge?.(answer) : `HTTP ${answer.status}, expected ${status}: ${said(answer)}`;
  return wrong === undefined ? passed(`HTTP ${answer.status}`) : failed(wrong);
}

/** What a problem body says, or the beginning of whatever came. */
function said({ body, text }: Answered): string {
  const detail = fieldOf(body, 'detail') ?? fieldOf(body, 'message') ?? fieldOf(body, 'reason');
  return typeof detail === 'string' ? detail : text.trim().slice(0, SHOWN_CHARACTERS);
}

/** For `judge`: a field must have this value. */
export function expectField(
  answer: Answered,
  value: unknown,
  ...path: readonly string[]
): string | undefined {
  const found = fieldOf(answer.body, ...path);
  return found === value
    ? undefined
    : `${path.join('.')} is ${JSON.stringify(found)}, expected ${JSON.stringify(value)}`;
}
