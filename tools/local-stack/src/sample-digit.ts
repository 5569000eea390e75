/** A handwritten eight of scikit-learn's digits data set (row 8): 8 × 8 pixels, 0 white to 16 black. */
export const SAMPLE_DIGIT: readonly number[] = [
  ...[0, 0, 9, 14, 8, 1, 0, 0],
  ...[0, 0, 12, 14, 14, 12, 0, 0],
  ...[0, 0, 9, 10, 0, 15, 4, 0],
  ...[0, 0, 3, 16, 12, 14, 2, 0],
  ...[0, 0, 4, 16, 16, 2, 0, 0],
  ...[0, 3, 16, 8, 10, 13, 2, 0],
  ...[0, 1, 15, 1, 3, 16, 8, 0],
  ...[0, 0, 11, 16, 15, 11, 1, 0],
];
