/** Seeds 1, 2, …: as many as a unit test has time for, or as the environment variable ASSAY_SEEDS says. */
export function seeds(count: number): number[] {
  const { ASSAY_SEEDS } = process.env;
  return Array.from({ length: Number(ASSAY_SEEDS ?? count) }, (_, i) => i + 1);
}
