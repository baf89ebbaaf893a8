// main.js DOCUMENT: lints an OpenAPI document by all recommended rules of Redocly and all of Spectral. Prints what they
// find and one line with the counts; exits 1 if there are any errors or warnings.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const [, , document] = process.argv;
const env = { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" };

/** run returns the JSON that a linter prints. It exits with 1 when it finds something, and prints no JSON when it fails. */
function run(program, ...args) {
  return new Promise((done, failed) =>
    execFile(here(`node_modules/.bin/${program}`), args, { env, maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      try {
        done(JSON.parse(stdout));
      } catch {
        failed(new Error(`${program} failed: ${stderr || error?.message || stdout}`));
      }
    }));
}

/** Found by both linters: {by, severity, rule, at, message}. */
async function lint() {
  const [redocly, spectral] = await Promise.all([
    run("redocly", "lint", document, "--config", here("redocly.yaml"), "--format", "json", "--max-problems", "10000"),
    run("spectral", "lint", document, "--ruleset", here("spectral.yaml"), "--format", "json", "--quiet"),
  ]);
  return [
    ...redocly.problems.map(({ severity, ruleId, location, message }) =>
      ({ by: "redocly", severity: severity === "error" ? "error" : "warning", rule: ruleId, at: location[0]?.pointer, message })),
    ...spectral.map(({ severity, code, path, message }) =>
      ({ by: "spectral", severity: severity === 0 ? "error" : "warning", rule: code, at: path.join("/"), message })),
  ];
}

try {
  const found = await lint();
  for (const { by, severity, rule, at, message } of found) console.log(`${severity} ${by} ${rule} at ${at}: ${message}`);
  const count = (severity) => found.filter((problem) => problem.severity === severity).length;
  console.log(`api-lint: errors=${count("error")} warnings=${count("warning")}`);
  process.exitCode = found.length > 0 ? 1 : 0;
} catch (error) {
  console.error(`api-lint: ${error.message}`);
  process.exitCode = 1;
}
