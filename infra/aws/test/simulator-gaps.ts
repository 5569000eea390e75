/** A difference that a second plan shows against the simulator and would not show against AWS. */
export interface SimulatorGap {
  /** As the plan has it: `update aws_ecs_service: iam_role`. */
  readonly difference: string;
  /** Where it must appear, such as `dev-services`: a gap that was closed is to be removed from here. */
  readonly stacks: readonly string[];
  /** What moto does and AWS does not. */
  readonly reason: string;
}

/** Every known gap of moto 5.2.5 that libs/testing/aws-simulator does not fill. Anything else fails the test. */
export const SIMULATOR_GAPS: readonly SimulatorGap[] = [];
