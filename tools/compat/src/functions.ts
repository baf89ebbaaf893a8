// The functions through which the user interface calls the server. Our client and the original one both offer them.
import type { AxiosInstance } from "axios";
import { poll } from "./polling.ts";
import { newTransport, withRateLimit, type TokenGetter } from "./transport.ts";

type Call = (...args: any[]) => Promise<any>;

/** Client is a front end without its components. */
export interface Client {
  /** The instances that components call directly. */
  api: AxiosInstance;
  ai: AxiosInstance;
  /** The functions of the client files, by name. */
  fn: Record<string, Call>;
  fixUrlFormat(url: string): string | null;
  /** pollPersonas follows a task to its end; it throws the message that the interface would show. */
  pollPersonas(taskId: string, interval?: number): Promise<any>;
}

const base = "/api/onboarding";

/** newClient returns our own client, with the transport and the functions of the front end. */
export function newClient(baseURL: string, token: TokenGetter): Client {
  const { api, ai } = newTransport(baseURL, token);
  const get = (path: string) => async () => (await api.get(base + path)).data;
  const post = (path: string) => async (body?: unknown) => (await api.post(base + path, body)).data;
  const fn = { ...onboarding(api, get, post), ...components(get, post), ...analyses(api, get, post), ...personas(post), ...business(api) };
  fn["getPersonaGenerationOptions"] = swallowed(get("/step4/persona-options"));
  return {
    api, ai, fn, fixUrlFormat,
    pollPersonas: (taskId, interval) => poll(async () => (await api.get(`${base}/step4/persona-task/${taskId}`)).data, interval),
  };
}

type Get = (path: string) => () => Promise<any>;
type Post = (path: string) => (body?: unknown) => Promise<any>;

function onboarding(api: AxiosInstance, get: Get, post: Post): Record<string, Call> {
  return {
    startOnboarding: post("/start"),
    getCurrentStep: async () => ({ step: (await get("/status")()).current_step || 1 }),
    setCurrentStep: async (step: number, data?: object) => {
      await post(`/step/${step}/complete`)({ data: data || {}, validation_errors: [] });
      return { step };
    },
    getApiKeys: () => withRateLimit(get("/api-keys")),
    getApiKeysForOnboarding: async () => (await withRateLimit(get("/api-keys/onboarding"))).api_keys || {},
    saveApiKey: (provider, api_key, description) => post("/api-keys")({ provider, api_key, description }),
    getProgress: async () => ({ progress: (await get("/progress")()).completion_percentage || 0 }),
    getOnboardingConfig: get("/config"),
    getStepData: (step: number) => get(`/step/${step}`)(),
    getStep1ApiKeysFromProgress: async () => {
      const keys = (await get("/step/1")())?.data?.api_keys || {};
      return { gemini: keys.gemini || undefined, exa: keys.exa || undefined, copilotkit: keys.copilotkit || undefined };
    },
    skipStep: (step: number) => post(`/step/${step}/skip`)(),
    validateApiKeys: () => post("/api-keys/validate")(),
    completeOnboarding: () => post("/complete")(),
    resetOnboarding: () => post("/reset")(),
    getOnboardingSummary: get("/summary"),
    getWebsiteAnalysisData: get("/website-analysis"),
    getResearchPreferencesData: get("/research-preferences"),
  };
}

function components(get: Get, post: Post): Record<string, Call> {
  return {
    configureResearchPreferences: post("/ai-research/configure-preferences"),
    getResearchConfigurationOptions: get("/ai-research/configuration-options"),
    getResearchPreferences: get("/ai-research/preferences"),
    validateContentStyle: post("/personalization/validate-style"),
    configureBrandVoice: post("/personalization/configure-brand"),
    processPersonalizationSettings: post("/personalization/process-settings"),
    getPersonalizationConfigurationOptions: get("/personalization/configuration-options"),
    generateContentGuidelines: post("/personalization/generate-guidelines"),
  };
}

/** swallowed returns errors as values, as the interface's functions do. */
function swallowed(call: Call): Call {
  return async (...args) => {
    try {
      return await call(...args);
    } catch (error: any) {
      return { success: false, error: error.response?.data?.detail || error.message };
    }
  };
}

function analyses(api: AxiosInstance, get: Get, post: Post): Record<string, Call> {
  const path = "/style-detection";
  const byId = (id: number) => get(`${path}/analysis/${id}`)();
  const existing = (url: string) => get(`${path}/check-existing/${encodeURIComponent(url)}`)();
  return {
    analyzeContentStyle: swallowed(post(`${path}/analyze`)),
    crawlWebsiteContent: swallowed(post(`${path}/crawl`)),
    completeStyleDetection: swallowed(post(`${path}/complete`)),
    getStyleDetectionConfiguration: swallowed(get(`${path}/configuration-options`)),
    checkExistingAnalysis: swallowed(existing),
    getAnalysisById: swallowed(byId),
    getSessionAnalyses: swallowed(get(`${path}/session-analyses`)),
    deleteAnalysis: swallowed(async (id: number) => (await api.delete(`${base}${path}/analysis/${id}`)).data),
    checkExisting: swallowed(existing),
    loadExistingAnalysis: swallowed(async (id: number, website: string) => {
      const { success, analysis } = await byId(id);
      return success && analysis ? { success, analysis: flat(analysis.id, analysis, analysis), domainName: domainName(website) } : { success: false };
    }),
    performAnalysis: swallowed(async (url: string, progress: (step: number, message: string) => void) => {
      progress(1, "checked");
      const answer = await post(`${path}/complete`)({ url, include_patterns: true, include_guidelines: true });
      progress(7, "done");
      if (!answer.success) return { success: false, error: answer.error || "Analysis failed" };
      return { success: true, analysis: flat(answer.analysis_id, answer.style_analysis, answer), domainName: domainName(url), warning: answer.warning };
    }),
    fetchLastAnalysis: swallowed(async () => {
      const last = (await get(`${path}/session-analyses`)()).analyses[0];
      return last?.website_url ? { success: true, website: last.website_url, analysis: last.style_analysis } : { success: false };
    }),
  };
}

const styleObjects = ["writing_style", "content_characteristics", "target_audience", "content_type", "brand_analysis",
  "content_strategy_insights", "recommended_settings"];
const guidelineParts = ["guidelines", "best_practices", "avoid_elements", "content_strategy", "ai_generation_tips",
  "competitive_advantages", "content_calendar_suggestions"];

/** flat is the object that step 2 keeps: the parts of an analysis side by side. */
function flat(id: number, style: any, from: any): Record<string, unknown> {
  const kept: Record<string, unknown> = { id, seo_audit: from.seo_audit, sitemap_analysis: from.crawl_result?.sitemap_analysis };
  for (const name of styleObjects) kept[name] = style?.[name];
  for (const name of guidelineParts) kept[name] = from.style_guidelines?.[name];
  kept["style_patterns"] = from.style_patterns;
  kept["style_consistency"] = from.style_patterns?.style_consistency;
  kept["unique_elements"] = from.style_patterns?.unique_elements;
  return kept;
}

function personas(post: Post): Record<string, Call> {
  return {
    generateWritingPersonas: swallowed(post("/step4/generate-personas")),
    assessPersonaQuality: swallowed(post("/step4/assess-quality")),
    regeneratePersona: swallowed(post("/step4/regenerate-persona")),
  };
}

/** business calls paths without /api, as the interface does. */
function business(api: AxiosInstance): Record<string, Call> {
  const path = "/onboarding/business-info";
  return {
    saveBusinessInfo: async (info) => (await api.post(path, info)).data,
    getBusinessInfo: async (id) => (await api.get(`${path}/${id}`)).data,
    getBusinessInfoByUserId: async (id) => (await api.get(`${path}/user/${id}`)).data,
    updateBusinessInfo: async (id, info) => (await api.put(`${path}/${id}`, info)).data,
  };
}

/** domainName is the name that step 2 shows for the website. */
function domainName(url: string): string {
  const host = new URL(url).hostname.replace("www.", "");
  return host.charAt(0).toUpperCase() + host.slice(1);
}

/** fixUrlFormat completes an address as typed; null if it can't be an address. */
export function fixUrlFormat(typed: string): string | null {
  const trimmed = typed.trim();
  if (!trimmed) return null;
  const repaired = trimmed.replace(/^(https?):\/+/, "$1://");
  const url = /^https?:\/\//.test(repaired) ? repaired : `https://${repaired}`;
  return URL.canParse(url) ? url : null;
}
