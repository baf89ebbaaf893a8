// Checks the dashboards against the types that Grafana publishes: each is written as a TypeScript literal of its type,
// panels with the options of their kind, and compiled.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const here = path.dirname(fileURLToPath(import.meta.url)), folder = path.resolve(here, process.argv[2] ?? "../../dashboards");
const kinds = { timeseries: "TimeSeries", stat: "Stat", heatmap: "Heatmap", bargauge: "BarGauge", gauge: "Gauge", table: "Table" };
const published = (kind) => `@grafana/schema/dist/esm/raw/composable/${kind}/panelcfg/x/${kinds[kind]}PanelCfg_types.gen`;

// Plain has texts and numbers in the place of enumerations, as JSON has them, and leaves everything optional that Grafana
// fills in.
const head = `import type { Dashboard, Panel, AnnotationQuery } from "@grafana/schema";
type Plain<T> = T extends string ? T | \`\${T}\` : T extends number | boolean | null | undefined ? T : T extends (infer U)[] ? Plain<U>[]
  : T extends object ? { [K in keyof T]?: Plain<T[K]> | null } : T;
type Shape = Omit<Plain<Dashboard>, "panels" | "id" | "annotations"> & { id: null, panels: unknown[], annotations: { list: (Plain<AnnotationQuery> & { [more: string]: unknown })[] }, liveNow?: boolean };
type Chart<O, F> = Omit<Plain<Panel>, "options" | "fieldConfig" | "targets" | "type"> & { type: string, options: Plain<O>, targets: unknown[],
  fieldConfig: { defaults: Omit<Plain<NonNullable<Panel["fieldConfig"]>["defaults"]>, "custom"> & { custom?: Plain<F> }, overrides: unknown[] } };
`;

/** source writes a dashboard as a program that compiles if Grafana knows all that stands in it. */
function source(dashboard) {
  const used = [...new Set(dashboard.panels.map((panel) => panel.type))].filter((kind) => kind !== "row");
  const unknown = used.find((kind) => !kinds[kind]);
  if (unknown) throw new Error(`panels of the type ${unknown} are not known to this check: add its type to kinds`);
  const lines = [head, ...used.map((kind) => `import type * as ${kinds[kind]} from "${published(kind)}";`)];
  dashboard.panels.forEach((panel, i) => {
    if (panel.type === "row") return;
    const of = kinds[panel.type];
    lines.push(`// ${panel.title}`, `export const panel${i} = ${JSON.stringify(panel)} satisfies Chart<${of}.Options, ${["timeseries", "heatmap", "table"].includes(panel.type) ? `${of}.FieldConfig` : "object"}>;`);
  });
  lines.push("// the dashboard", `export const dashboard = ${JSON.stringify({ ...dashboard, panels: [] })} satisfies Shape;`);
  return lines.join("\n");
}

const work = mkdtempSync(path.join(here, "node_modules", ".check-"));
try {
  const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
  let panels = 0;
  const programs = files.map((name) => {
    const dashboard = JSON.parse(readFileSync(path.join(folder, name), "utf8"));
    panels += dashboard.panels.filter((panel) => panel.type !== "row").length;
    const file = path.join(work, name.replace(/\.json$/, ".ts"));
    writeFileSync(file, source(dashboard));
    return file;
  });
  const program = ts.createProgram(programs, {
    strict: true, noEmit: true, skipLibCheck: true, target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler, types: [],
  });
  const problems = ts.getPreEmitDiagnostics(program);
  for (const problem of problems) {
    const { line } = problem.file?.getLineAndCharacterOfPosition(problem.start ?? 0) ?? { line: 0 };
    const about = problem.file?.text.split("\n")[line - 1] ?? "";
    console.error(`dashboards: ${path.basename(problem.file?.fileName ?? "")} ${about}: ${ts.flattenDiagnosticMessageText(problem.messageText, " ").slice(0, 600)}`);
  }
  const version = JSON.parse(readFileSync(path.join(here, "node_modules/@grafana/schema/package.json"), "utf8")).version;
  console.log(`dashboards: schema=${version} dashboards=${files.length} panels=${panels} problems=${problems.length}`);
  process.exitCode = problems.length > 0 || files.length === 0 ? 1 : 0;
} finally {
  rmSync(work, { recursive: true, force: true });
}
