import { refusal } from './refusal';

it.each([
  [400, 'MLFLOW_BAD_REQUEST'],
  [401, 'MLFLOW_UNAUTHORIZED'],
  [403, 'MLFLOW_FORBIDDEN'],
  [404, 'MLFLOW_NOT_FOUND'],
  [409, 'MLFLOW_BAD_REQUEST'],
  [429, 'MLFLOW_SERVER_ERROR'],
  [500, 'MLFLOW_SERVER_ERROR'],
  [503, 'MLFLOW_SERVER_ERROR'],
  [302, 'MLFLOW_BAD_RESPONSE'],
])('HTTP %i is %s', (status, code) => {
  expect(refusal('GET http://mlflow/x', status, '')).toMatchObject({ code, httpStatus: status });
});

it("keeps MLflow's own code and message", () => {
  const body =
    '{"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "Model Version (name=a, version=1) not found"}';
  const error = refusal('GET http://mlflow/x', 404, body);
  expect(error).toMatchObject({
    errorCode: 'RESOURCE_DOES_NOT_EXIST',
    serverMessage: 'Model Version (name=a, version=1) not found',
  });
  expect(error.message).toBe(
    'GET http://mlflow/x: HTTP 404 RESOURCE_DOES_NOT_EXIST: Model Version (name=a, version=1) not found. ' +
      error.remedy,
  );
});

it("keeps the detail of the gateway's problem+json", () => {
  const error = refusal('GET http://gateway/x', 401, '{"status": 401, "detail": "API key required"}');
  expect(error).toMatchObject({ errorCode: undefined, serverMessage: 'API key required' });
});

it('leaves out a page of HTML and cuts a long message', () => {
  expect(refusal('GET http://mlflow/x', 502, '<html>…').message).toMatch(
    /^GET http:\/\/mlflow\/x: HTTP 502\. /,
  );
  const long = JSON.stringify({ message: 'x'.repeat(10_000) });
  expect(refusal('GET http://mlflow/x', 500, long).serverMessage).toHaveLength(500);
});
