/** The environment of cdktf and Terraform for one environment of `infra/aws`. */
export function terraformEnvironment(
  environment: string,
  variables: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  return {
    ...variables,
    TIDEGATE_ENVIRONMENT: environment,
    CI: variables['CI'] ?? 'true',
    // Neither asks its makers for news.
    CHECKPOINT_DISABLE: '1',
    DISABLE_VERSION_CHECK: '1',
    TF_IN_AUTOMATION: '1',
  };
}
