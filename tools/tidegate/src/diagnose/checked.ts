import { explainAwsFailure } from '../aws-failure';
import type { Checked } from './diagnosis-facts';

/**
 * The answer of a look that is good to have. What AWS refuses, does not know or does not tell is said in the report;
 * everything else is a bug and passes.
 */
export async function checked<T>(region: string, look: Promise<T>): Promise<Checked<T>> {
  try {
    return { value: await look };
  } catch (error) {
    const explanation = explainAwsFailure(error, region);
    if (explanation !== undefined) return { unchecked: explanation.message };
    if (error instanceof Error && '$metadata' in error)
      return { unchecked: `${error.name}: ${error.message}` };
    throw error;
  }
}
