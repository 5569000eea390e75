/** A mistake in the data that is found before anything is deployed. The message says what, why and the remedy. */
export class InfrastructureError extends Error {
  override readonly name = 'InfrastructureError';
}
