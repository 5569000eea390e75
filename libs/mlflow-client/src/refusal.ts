import { z } from 'zod';
import { MlflowError, type MlflowErrorCode } from './mlflow-error';

const MAX_MESSAGE_CHARS = 500;

/** MLflow's errors, FastAPI's `detail` on artifact routes, and the gateway's problem+json. */
const refusalSchema = z.object({
  error_code: z.union([z.string(), z.number()]).transform(String).optional(),
  message: z.string().optional(),
  detail: z.string().optional(),
  code: z.string().optional(),
});

/** Turns an answer that is not 2xx into the error it stands for. Bodies that are not JSON are left out: pages. */
export function refusal(target: string, httpStatus: number, body: string): MlflowError {
  const { message, detail, code, error_code: errorCode = code } = parseRefusal(body);
  const serverMessage = (message ?? detail)?.slice(0, MAX_MESSAGE_CHARS);
  const said = [errorCode, serverMessage].filter((part) => part !== undefined).join(': ');
  return new MlflowError(
    codeOf(httpStatus),
    `${target}: HTTP ${httpStatus}${said === '' ? '' : ` ${said}`}${/[.!?]$/.test(said) ? '' : '.'}`,
    { httpStatus, errorCode, serverMessage },
  );
}

function parseRefusal(body: string): z.infer<typeof refusalSchema> {
  try {
    return refusalSchema.safeParse(JSON.parse(body)).data ?? {};
  } catch {
    return {};
  }
}

function codeOf(httpStatus: number): MlflowErrorCode {
  if (httpStatus === 401) return 'MLFLOW_UNAUTHORIZED';
  if (httpStatus === 403) return 'MLFLOW_FORBIDDEN';
  if (httpStatus === 404) return 'MLFLOW_NOT_FOUND';
  // 408 and 429 are about the moment, not about the request: a later try may succeed.
  if (httpStatus >= 500 || httpStatus === 408 || httpStatus === 429) return 'MLFLOW_SERVER_ERROR';
  return httpStatus >= 400 ? 'MLFLOW_BAD_REQUEST' : 'MLFLOW_BAD_RESPONSE';
}
