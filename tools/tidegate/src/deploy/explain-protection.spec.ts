import { CommandError } from '../command-error';
import { explainProtection } from './explain-protection';

describe('the refusal to destroy', () => {
  it('names the way out', () => {
    const refusal = new CommandError(
      '"terraform plan" failed for production-services (exit code 1): Error: Instance cannot be destroyed on cdk.tf.json line 12: ' +
        'Resource aws_lb.balancer has lifecycle.prevent_destroy set, but the plan calls for this resource to be destroyed.',
    );
    expect(explainProtection(refusal)).toMatchObject({
      message: expect.stringMatching(
        /^Nothing was destroyed: a stack is protected, .*"Destroying", says how .* failed for production-services .*aws_lb\.balancer/,
      ) as string,
    });
  });

  it('leaves every other failure as it is', () => {
    const failure = new CommandError(
      '"terraform plan" failed for dev-services (exit code 1): Error: no credentials',
    );
    expect(explainProtection(failure)).toBe(failure);
  });
});
