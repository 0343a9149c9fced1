/** Something that is watched in production, under the name by which it is scraped. */
export interface WatchedMetric {
  readonly name: string;
  /** One sentence, for a person and for `# HELP`. */
  readonly help: string;
  /** A counter only grows, but for a restart of the server; what counts is by how much in a minute. */
  readonly kind: "counter" | "gauge";
  /** What it is given in; a number of things otherwise. */
  readonly unit?: "seconds" | undefined;
  /** When somebody must look: a counter that grows by more in a minute, a gauge that is greater. */
  readonly alert?: {
    readonly above: number;
    /** What is wrong, and where to look. */
    readonly summary: string;
  };
  /** Under which heading it stands, on a terminal and on the dashboard; those of one stand together. */
  readonly group: string;
}

/** How a threshold is written for a person. */
export function renderThreshold(
  { kind, unit }: Pick<WatchedMetric, "kind" | "unit">,
  above: number,
): string {
  return `> ${above}${kind === "counter" ? "/min" : unit === "seconds" ? " s" : ""}`;
}
