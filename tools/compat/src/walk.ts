// The wizard's calls in its order, by two users and some that make mistakes.
import type { Client } from "./functions.ts";
import { rows, type Recorder } from "./recorder.ts";

const base = "/api/onboarding";

/** Visit is one user of the wizard. */
export interface Visit {
  client: Client;
  check: Recorder;
  site: string;
  keys: Record<string, string>;
  /** ms between two polls, by default those of the interface. */
  interval?: number;
}

const example = (id: string): any => structuredClone(rows[id]?.request);

/** sparse is the usual walk: steps 1, 2 and 5 are never posted. */
export async function sparse(v: Visit) {
  const { client, check } = v;
  const start = await check.call("init", () => client.api.get(`${base}/init`));
  check.expect("init", "onboarding.current_step", 1, start.body?.onboarding?.current_step);
  check.expect("init", "onboarding.completion_percentage", 0, start.body?.onboarding?.completion_percentage);
  await check.call("api-keys-validate-get", () => client.api.get(`${base}/api-keys/validate`));
  await before(v);
  await analyse(v);
  const keyless = await check.call("discover-competitors-keyless", () => competitors(v));
  check.expect("discover-competitors-keyless", "the sentence names the key", true, /Exa/.test(keyless.body?.error ?? ""));
  await sitemap(v, []);
  await research(v);
  await personas(v, null);
  await finish(v);
}

/** before makes the calls while nothing is stored. */
async function before({ client, check, site }: Visit) {
  await check.call("session-analyses-before", () => client.fn["fetchLastAnalysis"]!());
  await check.call("check-existing-before", () => client.fn["checkExisting"]!(site));
  await check.call("persona-latest-before", () => client.api.get(`${base}/step4/persona-latest`));
  await check.call("website-analysis-before", () => client.fn["getWebsiteAnalysisData"]!());
  await check.call("research-preferences-before", () => client.fn["getResearchPreferencesData"]!());
  await check.call("summary-before", () => client.fn["getOnboardingSummary"]!());
  await check.call("step-2-before", () => client.fn["getStepData"]!(2));
  await check.call("complete-too-early", () => client.fn["completeOnboarding"]!());
  await check.call("personas-async-early", () => client.api.post(`${base}/step4/generate-personas-async`, example("personas-async")));
}

/** analyse is step 2; it returns the flat object that the interface keeps. */
async function analyse({ client, check, site }: Visit): Promise<any> {
  const address = client.fixUrlFormat(` ${site.replace("http://", "http:/")} `);
  check.expect("style-complete", "the address", site, address);
  let step = 0;
  const done = await check.call("style-complete", () => client.fn["performAnalysis"]!(address, (n: number) => (step = n)));
  check.expect("style-complete", "the function's success", true, done.value?.success);
  check.expect("style-complete", "the last progress", 7, step);
  check.expect("style-complete", "the domain", "127.0.0.1", done.value?.domainName);
  for (const part of ["writing_style", "content_type", "target_audience", "guidelines", "best_practices", "style_patterns", "unique_elements"]) {
    check.expect("style-complete", `what step 2 keeps of ${part}`, true, done.value?.analysis?.[part] !== undefined);
  }
  return done.value?.analysis;
}

/** competitors is the first call of step 3. */
const competitors = ({ client, site }: Visit) =>
  client.ai.post(`${base}/step3/discover-competitors`, { ...example("discover-competitors"), user_url: site });

/** sitemap is the next, with the domains that were found. */
async function sitemap({ client, check, site }: Visit, domains: string[]) {
  const asked = { ...example("analyze-sitemap"), user_url: site, competitors: domains };
  const { body } = await check.call("analyze-sitemap", () => client.ai.post(`${base}/step3/analyze-sitemap`, asked));
  check.expect("analyze-sitemap", "the website has addresses", true, body?.analysis_data?.structure_analysis?.total_urls > 1);
}

async function research({ client, check, site }: Visit) {
  const data = { ...example("step-3-complete").data, userUrl: site };
  await check.call("step-3-complete", () => client.fn["setCurrentStep"]!(3, data));
  await check.call("status", () => client.fn["getCurrentStep"]!());
}

/** personas is step 4: generated, followed, and posted as the wizard posts them. The wizard sends null in place of the
 * analysis, other clients the analysis itself. */
async function personas({ client, check, interval }: Visit, analysis: any, beside: object = {}) {
  const request = example("personas-async");
  request.onboarding_data.websiteAnalysis = analysis;
  const started = await check.call("personas-async", () => client.api.post(`${base}/step4/generate-personas-async`, request));
  const task = await check.call("persona-task", () => client.pollPersonas(started.body?.task_id, interval));
  let last = -1;
  for (const answer of task.answers) {
    const moves = answer?.progress > last || answer?.status === "completed";
    check.expect("persona-task", `progress after ${last} (${answer?.progress}) moves`, true, moves);
    last = answer?.progress;
  }
  const messages: string[] = task.body?.progress_messages?.map((m: any) => m.message) ?? [];
  check.expect("persona-task", "the newest message says that it is completed", true, /completed/i.test(messages.at(-1) ?? ""));
  const result = task.value ?? {};
  check.expect("persona-task", "platforms", ["blog", "linkedin"], Object.keys(result.platform_personas ?? {}).sort());
  await check.call("persona-latest", () => client.api.get(`${base}/step4/persona-latest`));
  const data = {
    corePersona: result.core_persona, platformPersonas: result.platform_personas, qualityMetrics: result.quality_metrics,
    selectedPlatforms: request.selected_platforms, stepType: "personalization", completedAt: new Date().toISOString(), ...beside,
  };
  await check.call("step-4-complete", () => client.fn["setCurrentStep"]!(4, data));
  await check.call("status", () => client.fn["getCurrentStep"]!());
  return data;
}

/** finish is step 6. */
async function finish({ client, check }: Visit) {
  await check.call("summary", () => client.fn["getOnboardingSummary"]!());
  await check.call("website-analysis", () => client.fn["getWebsiteAnalysisData"]!());
  await check.call("research-preferences", () => client.fn["getResearchPreferencesData"]!());
  await check.call("step-6-complete", () => client.fn["setCurrentStep"]!(6, {}));
  const first = await check.call("complete", () => client.fn["completeOnboarding"]!());
  check.expect("complete", "completion_percentage", 100, first.body?.completion_percentage);
  check.expect("complete", "persona_generated", true, first.body?.persona_generated);
  const second = await check.call("complete", () => client.fn["completeOnboarding"]!());
  check.expect("complete", "completed_at of the second call", first.body?.completed_at, second.body?.completed_at);
  const after = await check.call("init-after", () => client.api.get(`${base}/init`));
  check.expect("init-after", "onboarding.is_completed", true, after.body?.onboarding?.is_completed);
  check.expect("init-after", "onboarding.completion_percentage", 100, after.body?.onboarding?.completion_percentage);
}

/** full posts every step and uses every function on the way. */
export async function full(v: Visit) {
  const { client, check } = v;
  await check.call("start", () => client.fn["startOnboarding"]!());
  await check.call("init", () => client.api.get(`${base}/init`));
  await check.call("config", () => client.fn["getOnboardingConfig"]!());
  await keys(v);
  const analysis = await website(v);
  await preferences(v);
  const found = await check.call("discover-competitors", () => competitors(v));
  await sitemap(v, found.body?.competitors?.map((c: any) => c.domain) ?? []);
  await research(v);
  await check.call("step-3", () => client.fn["getStepData"]!(3));
  await settings(v);
  const made = await personas(v, analysis);
  await moreOfPersonas(v, made);
  await check.call("step-5-complete", () => client.fn["setCurrentStep"]!(5, example("step-5-complete").data));
  await check.call("progress", () => client.fn["getProgress"]!());
  await finish(v);
  await check.call("resume", () => client.api.get(`${base}/resume`));
}

/** newest walks as the wizard of the newest front end with six steps does: what it keeps grows from step to step, and is
 * sent along. */
export async function newest(v: Visit) {
  const { client, check, site } = v;
  await check.call("init", () => client.api.get(`${base}/init`));
  await check.call("scheduled-tasks-before", () => client.api.get(`${base}/step3/scheduled-tasks-status`));
  await check.call("sitemap-benchmark-before", () => client.api.get(`${base}/step3/sitemap-benchmark-report`));
  await check.call("discover-social-media-before", () => social(v));
  const analysis = await analyse(v);
  const known = await check.call("check-existing", () => client.fn["checkExisting"]!(site));
  await check.call("analysis-put", () => client.api.put(`${base}/style-detection/analysis/${known.body?.analysis_id}`, { ...analysis, id: known.body?.analysis_id }));
  const listed = await check.call("session-analyses", () => client.fn["fetchLastAnalysis"]!());
  check.expect("session-analyses", "the id that the step saves by", known.body?.analysis_id, listed.value?.analysis?.id);
  const kept = { ...(await competition(v)), website: site, analysis };
  await check.call("step-3-complete", () => client.fn["setCurrentStep"]!(3, { ...kept, stepType: "research", completedAt: new Date().toISOString() }));
  await check.call("personalization-options", () => client.fn["getPersonalizationConfigurationOptions"]!());
  const media = {
    brandAvatar: { set: true, url: "https://assets.example/avatar.png" }, voiceClone: { set: true, url: "" }, introVideo: { set: false, url: "" },
  };
  await personas(v, analysis, { ...kept, ...media });
  const integrations = { primaryWebsite: site, websitePlatforms: ["wix"], analyticsPlatforms: [], socialPlatforms: [], connectedPlatforms: [], updatedAt: new Date().toISOString() };
  await check.call("step-5-complete", () => client.fn["setCurrentStep"]!(5, { integrations }));
  await finish(v);
  const after = await check.call("init-newest", () => client.api.get(`${base}/init`));
  const data = after.body?.onboarding?.steps?.[3]?.data;
  for (const [name, medium] of Object.entries(media)) check.expect("init-newest", `${name} of step 4`, medium, data?.[name]);
  await check.call("unknown-path", () => client.api.post(`${base}/persona-preview/nothing`, {}));
}

/** social asks for the profiles of the website. */
const social = ({ client, site }: Visit) => client.ai.post(`${base}/step3/discover-social-media`, { user_url: site });

/** competition is step 3, with what follows once there are competitors. It returns what the step sends. */
async function competition(v: Visit) {
  const { client, check, site } = v;
  await check.call("discover-competitors-keyless", () => competitors(v));
  const profiles = await check.call("discover-social-media", () => social(v));
  const found = [{ url: "https://rival.example", domain: "rival.example", title: "Rival", relevance_score: 0.5, highlights: [] }];
  await sitemap(v, found.map((c) => c.domain));
  const research = {
    competitors: found, social_media_accounts: profiles.body?.social_media_accounts, researchSummary: null, sitemapAnalysis: null,
    userUrl: site, analysisTimestamp: new Date().toISOString(),
  };
  await check.call("step-3-complete", () => client.fn["setCurrentStep"]!(3, research));
  await check.call("scheduled-tasks", () => client.api.get(`${base}/step3/scheduled-tasks-status`));
  const report = await check.call("sitemap-benchmark", () => client.api.get(`${base}/step3/sitemap-benchmark-report`));
  check.expect("sitemap-benchmark", "the website has addresses", true, report.body?.user?.summary?.total_urls > 1);
  return research;
}

async function keys({ client, check, keys }: Visit) {
  await check.call("api-keys-wrong", () => client.fn["saveApiKey"]!("openai", "nonsense"));
  await check.call("api-keys-save", () => client.fn["saveApiKey"]!("openai", keys["openai"], "mine"));
  await check.call("step-1-complete", () => client.fn["setCurrentStep"]!(1, { api_keys: keys }));
  const masked = await check.call("api-keys", () => client.fn["getApiKeys"]!());
  check.expect("api-keys", "the keys in clear", false, Object.values(keys).some((key) => JSON.stringify(masked.body).includes(key)));
  const shown = await check.call("api-keys-onboarding", () => client.fn["getApiKeysForOnboarding"]!());
  check.expect("api-keys-onboarding", "the providers of the function", Object.keys(keys).sort(), Object.keys(shown.value ?? {}).sort());
  await check.call("step-1", () => client.fn["getStep1ApiKeysFromProgress"]!());
  const valid = await check.call("api-keys-validate", () => client.fn["validateApiKeys"]!());
  check.expect("api-keys-validate", "all_valid", true, valid.body?.all_valid);
}

async function website(v: Visit): Promise<any> {
  const { client, check, site } = v;
  await check.call("step-validate", () => client.api.get(`${base}/step/2/validate`));
  await check.call("step-2-invalid", () => client.fn["setCurrentStep"]!(2, { website: "not a website" }));
  await check.call("style-options", () => client.fn["getStyleDetectionConfiguration"]!());
  const analysis = await analyse(v);
  const known = await check.call("check-existing", () => client.fn["checkExistingAnalysis"]!(site));
  const id = known.body?.analysis_id;
  const loaded = await check.call("analysis", () => client.fn["loadExistingAnalysis"]!(id, site));
  check.expect("analysis", "the tone of the loaded analysis", analysis?.writing_style?.tone, loaded.value?.analysis?.writing_style?.tone);
  await check.call("analysis", () => client.fn["getAnalysisById"]!(id));
  await check.call("analysis-put", () => client.api.put(`${base}/style-detection/analysis/${id}`, analysis));
  const prefilled = await check.call("session-analyses", () => client.fn["fetchLastAnalysis"]!());
  check.expect("session-analyses", "the website of the function", true, prefilled.value?.website?.startsWith(site));
  await check.call("session-analyses", () => client.fn["getSessionAnalyses"]!());
  await check.call("style-crawl", () => client.fn["crawlWebsiteContent"]!({ url: site }));
  const data = { website: site, domainName: "127.0.0.1", analysis, useAnalysisForGenAI: true };
  await check.call("step-2-complete", () => client.fn["setCurrentStep"]!(2, data));
  await check.call("step-2", () => client.fn["getStepData"]!(2));
  return analysis;
}

async function preferences({ client, check }: Visit) {
  await check.call("ai-options", () => client.fn["getResearchConfigurationOptions"]!());
  const asked = example("configure-preferences");
  const kept = await check.call("configure-preferences", () => client.fn["configureResearchPreferences"]!(asked));
  check.expect("configure-preferences", "preferences.research_depth", asked.research_depth, kept.body?.preferences?.research_depth);
  await check.call("ai-preferences", () => client.fn["getResearchPreferences"]!());
}

/** settings chooses from the options of the server. */
async function settings({ client, check }: Visit) {
  const { body } = await check.call("personalization-options", () => client.fn["getPersonalizationConfigurationOptions"]!());
  const o = body?.options ?? {};
  const content_style = { writing_style: o.writing_styles?.[0], tone: o.tones?.[0], content_length: o.content_lengths?.[0] };
  const brand_voice = { personality_traits: o.personality_traits?.slice(0, 2) };
  const advanced_settings = { seo_optimization: true, readability_level: o.readability_levels?.[0], content_structure: o.content_structures?.slice(0, 1) };
  await check.call("validate-style", () => client.fn["validateContentStyle"]!(content_style));
  await check.call("configure-brand", () => client.fn["configureBrandVoice"]!(brand_voice));
  await check.call("process-settings", () => client.fn["processPersonalizationSettings"]!({ content_style, brand_voice, advanced_settings }));
  await check.call("generate-guidelines", () => client.fn["generateContentGuidelines"]!({ content_style, brand_voice, advanced_settings }));
}

async function moreOfPersonas({ client, check }: Visit, made: any) {
  await check.call("persona-options", () => client.fn["getPersonaGenerationOptions"]!());
  await check.call("personas-async-unknown", () => client.api.post(`${base}/step4/generate-personas-async`, example("personas-async-unknown")));
  await check.call("persona-task-unknown", () => client.api.get(`${base}/step4/persona-task/0190a0a0-0000-7000-8000-000000000000`));
  await check.call("personas-sync", () => client.fn["generateWritingPersonas"]!(example("personas-sync")));
  await check.call("personas-regenerate", () => client.fn["regeneratePersona"]!({ ...example("personas-sync"), selected_platforms: ["blog"] }));
  const assessed = { ...example("assess-quality"), core_persona: made.corePersona, platform_personas: made.platformPersonas };
  await check.call("assess-quality", () => client.fn["assessPersonaQuality"]!(assessed));
  await check.call("persona-save", () => client.api.post(`${base}/step4/persona-save`, {
    core_persona: made.corePersona, platform_personas: made.platformPersonas, quality_metrics: made.qualityMetrics, selected_platforms: made.selectedPlatforms,
  }));
  await check.call("step-4", () => client.fn["getStepData"]!(4));
}

/** astray is a user without a website who makes mistakes, resets and deletes. */
export async function astray(v: Visit, foreignAnalysis: number) {
  const { client, check, site } = v;
  const asked = { ...example("business-save"), business_description: "We repair bicycles in a small workshop and teach people how to mend a tyre on Saturdays." };
  const saved = await check.call("business-save", () => client.fn["saveBusinessInfo"]!(asked));
  const id = saved.body?.id;
  await check.call("business-get", () => client.fn["getBusinessInfo"]!(id));
  await check.call("business-of-user", () => client.fn["getBusinessInfoByUserId"]!(1));
  await check.call("business-update", () => client.fn["updateBusinessInfo"]!(id, { ...asked, industry: "Bicycle repair" }));
  const text = "We repair bicycles in a small workshop. Come in and learn how to mend a tyre. Everybody is welcome on Saturdays, and the tea is free. ";
  await check.call("style-analyze", () => client.fn["analyzeContentStyle"]!({ content: { main_content: text.repeat(3) }, analysis_type: "comprehensive" }));
  const failed = await check.call("style-complete-failed", () => client.fn["performAnalysis"]!("http://127.0.0.1:1/", () => {}));
  check.expect("style-complete-failed", "the function's success", false, failed.value?.success);
  await check.call("analysis-foreign", () => client.api.get(`${base}/style-detection/analysis/${foreignAnalysis}`));
  const own = await check.call("style-complete", () => client.fn["completeStyleDetection"]!({ url: site, include_patterns: true, include_guidelines: true }));
  await check.call("step-4-generate", () => client.api.post(`${base}/step/4/complete`, { data: { selected_platforms: ["blog"] }, validation_errors: [] }));
  await check.call("step-skip", () => client.fn["skipStep"]!(5));
  await check.call("step-unknown", () => client.fn["getStepData"]!(7));
  await check.call("resume", () => client.api.get(`${base}/resume`));
  await check.call("analysis-delete", () => client.fn["deleteAnalysis"]!(own.body?.analysis_id));
  await check.call("reset", () => client.fn["resetOnboarding"]!());
}

/** expired is a visitor whose token is refused: the client asks for another one, once. */
export async function expired({ client, check }: Visit, tokens: () => number) {
  const before = tokens();
  const { answers } = await check.call("unauthenticated", () => client.api.get(`${base}/status`));
  check.expect("unauthenticated", "tries", 2, answers.length);
  check.expect("unauthenticated", "tokens that were asked for", true, tokens() - before >= 2);
}
