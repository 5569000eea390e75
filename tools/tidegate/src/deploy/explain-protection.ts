import { CommandError } from '../command-error';

/** What Terraform says against the end of a protected stack, with the way out; any other error as it is. */
export function explainProtection(error: unknown): unknown {
  if (!(error instanceof CommandError) || !error.message.includes('prevent_destroy')) return error;
  return new CommandError(
    'Nothing was destroyed: a stack is protected, since its end would take with it what cannot be brought back. ' +
      `docs/deploy.md, "Destroying", says how the protection is lifted. Terraform says: ${error.message}`,
  );
}
