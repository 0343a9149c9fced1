import { z } from "zod";

/** A file of alerting rules, as Prometheus demands it: it refuses fields that it does not know. */
export const rulesFile = z.strictObject({
  groups: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        interval: z.string().optional(),
        rules: z
          .array(
            z.strictObject({
              alert: z.string().regex(/^[a-zA-Z_]\w*$/),
              expr: z.string().min(1),
              for: z.string().regex(/^\d+[smhd]$/),
              labels: z.record(z.string().regex(/^[a-zA-Z_]\w*$/), z.string()),
              annotations: z.record(z.string().regex(/^[a-zA-Z_]\w*$/), z.string()),
            }),
          )
          .min(1),
      }),
    )
    .min(1),
});

const source = z.strictObject({ type: z.literal("prometheus"), uid: z.string().min(1) });

const onGrid = {
  id: z.int().positive(),
  title: z.string().min(1),
  /** 24 columns. */
  gridPos: z
    .strictObject({
      x: z.int().min(0).max(23),
      y: z.int().min(0),
      w: z.int().min(1).max(24),
      h: z.int().min(1),
    })
    .refine(({ x, w }) => x + w <= 24),
};

/** What of a Grafana dashboard is used here, as its documented JSON model has it. */
export const dashboardFile = z.strictObject({
  uid: z
    .string()
    .max(40)
    .regex(/^[\w-]+$/),
  title: z.string().min(1),
  description: z.string(),
  tags: z.array(z.string()),
  schemaVersion: z.int().min(36),
  version: z.int(),
  editable: z.boolean(),
  graphTooltip: z.union([z.literal(0), z.literal(1), z.literal(2)]),
  refresh: z.string(),
  time: z.strictObject({ from: z.string(), to: z.string() }),
  timezone: z.enum(["utc", "browser"]),
  templating: z.strictObject({
    list: z.array(
      z.strictObject({
        name: z.string(),
        label: z.string(),
        type: z.literal("datasource"),
        query: z.string(),
        current: z.strictObject({}),
      }),
    ),
  }),
  annotations: z.strictObject({
    list: z.array(
      z.strictObject({
        name: z.string(),
        datasource: source,
        enable: z.boolean(),
        iconColor: z.string(),
        expr: z.string(),
      }),
    ),
  }),
  panels: z.array(
    z.discriminatedUnion("type", [
      z.strictObject({
        ...onGrid,
        type: z.literal("row"),
        collapsed: z.boolean(),
        panels: z.tuple([]),
      }),
      ...(["timeseries", "stat"] as const).map((type) =>
        z.strictObject({
          ...onGrid,
          type: z.literal(type),
          description: z.string(),
          datasource: source,
          targets: z
            .array(
              z.strictObject({
                refId: z.string().regex(/^[A-Z]$/),
                datasource: source,
                expr: z.string().min(1),
                legendFormat: z.string(),
              }),
            )
            .min(1),
          fieldConfig: z.strictObject({
            defaults: z.strictObject({
              unit: z.enum(["short", "s"]),
              min: z.number(),
              thresholds: z.strictObject({
                mode: z.literal("absolute"),
                steps: z
                  .array(z.strictObject({ color: z.string(), value: z.number().nullable() }))
                  .min(1)
                  .refine(([first]) => first?.value === null, "the first step has no value"),
              }),
              custom: z
                .strictObject({
                  thresholdsStyle: z.strictObject({ mode: z.enum(["off", "line"]) }),
                })
                .optional(),
            }),
            overrides: z.tuple([]),
          }),
        }),
      ),
    ]),
  ),
});
