// The original client: the front end's own files, loaded unchanged from the folder CLIENT_DIR.
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { JSDOM } from "jsdom";
import type { Client } from "./functions.ts";
import type { TokenGetter } from "./transport.ts";

const files = {
  client: "api/client.ts",
  onboarding: "api/onboarding.ts",
  style: "api/styleDetection.ts",
  components: "api/componentLogic.ts",
  personas: "api/personaApi.ts",
  business: "api/businessInfo.ts",
  website: "components/OnboardingWizard/WebsiteStep/utils/websiteUtils.ts",
  polling: "hooks/usePersonaPolling.ts",
};

/** originalClient returns a loader of the client files below sourceDir, the front end's src. */
export async function originalClient(sourceDir: string, baseURL: string): Promise<(token: TokenGetter) => Client> {
  const folder = copied(sourceDir);
  browserGlobals();
  process.env["NODE_ENV"] = "production"; // otherwise the client expects a proxy on its own address
  process.env["REACT_APP_API_URL"] = baseURL;
  for (const level of ["log", "info", "warn", "error"] as const) console[level] = () => {}; // the files log every call
  const loaded = {} as Record<keyof typeof files, any>;
  for (const [name, file] of Object.entries(files)) {
    loaded[name as keyof typeof files] = await import(pathToFileURL(join(folder, file)).href);
  }
  const poller = await pollWithHook(loaded.polling.usePersonaPolling);
  const { client, onboarding, style, components, personas, business, website } = loaded;
  return (token) => {
    client.setAuthTokenGetter(token);
    return {
      api: client.apiClient, ai: client.aiApiClient, fixUrlFormat: website.fixUrlFormat, pollPersonas: poller,
      fn: {
        ...onboarding, ...components, ...personas, ...business.businessInfoApi, ...website, ...style,
        checkExisting: website.checkExistingAnalysis,
      },
    };
  };
}

/** copied copies the files, and those that they import, below node_modules, where they find axios and react. */
function copied(sourceDir: string): string {
  const folder = join(dirname(fileURLToPath(import.meta.url)), "../node_modules/.original");
  rmSync(folder, { recursive: true, force: true });
  const waiting: string[] = Object.values(files);
  for (const seen = new Set<string>(); waiting.length > 0; ) {
    const file = waiting.pop()!;
    if (seen.has(file)) continue;
    seen.add(file);
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(sourceDir, file), join(folder, file));
    waiting.push(...imported(sourceDir, file));
  }
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** imported returns the files of the front end that a file imports. */
function imported(sourceDir: string, file: string): string[] {
  const names = readFileSync(join(sourceDir, file), "utf8").matchAll(/^\s*(?:import|export)\b[^"';]*?from\s+["'](\.[^"']*)["']/gm);
  return [...names].flatMap(([, name]) => {
    const target = join(dirname(file), name!);
    const found = [".ts", ".tsx", "/index.ts"].map((end) => target + end).find((path) => existsSync(join(sourceDir, path)));
    return found ? [found] : [];
  });
}

/** browserGlobals are what the files and react expect of a browser. */
function browserGlobals() {
  const dom = new JSDOM('<div id="root"></div>', { url: "http://localhost/onboarding" });
  for (const [name, value] of Object.entries({ window: dom.window, document: dom.window.document, localStorage: dom.window.localStorage })) {
    Object.defineProperty(globalThis, name, { value, configurable: true });
  }
}

/** pollWithHook runs the hook inside a component, one task after the other. */
async function pollWithHook(usePersonaPolling: (options: object) => { startPolling(id: string): void }) {
  const { createElement, useEffect } = await import("react");
  const { createRoot } = await import("react-dom/client");
  return (taskId: string, interval = 2_000) =>
    new Promise<any>((done, failed) => {
      const root = createRoot(document.createElement("div"));
      const end = (settle: () => void) => setTimeout(() => { root.unmount(); settle(); });
      const Poller = () => {
        const { startPolling } = usePersonaPolling({
          interval,
          onComplete: (result: any) => end(() => done(result)),
          onError: (text: string) => end(() => failed(new Error(text))),
        });
        useEffect(() => startPolling(taskId), []);
        return null;
      };
      root.render(createElement(Poller));
    });
}
