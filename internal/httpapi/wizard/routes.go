package wizard

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/httpapi/export"
	"github.com/alwrity/onboarding/internal/onboarding"
)

// Descriptions that several operations share.
const (
	aboutWaiting = "Waits up to 50 s; a repeated call joins the running work. "
	aboutPreview = aboutWaiting + "Completes no step and stores only its result."
)

// rateLimited is for work without a step, of which a user may have only so much running.
var rateLimited = edge.Refuses(http.StatusTooManyRequests)

// conflicts is for operations that the state of the onboarding can forbid.
var conflicts = edge.Refuses(http.StatusConflict)

func (h *Handlers) registerOnboarding(e *edge.Edge) {
	edge.Register(e, "POST /api/onboarding/start", "start", "onboarding", "Start or resume", h.start,
		edge.About("Creates the user's session if there is none. It changes no step and may be repeated."))
	edge.Register(e, "GET /api/onboarding/status", "getStatus", "onboarding", "The state of the onboarding", h.status,
		edge.Kept(h.statusMark),
		edge.About("The current step, the share of steps that are done and whether the onboarding is completed. "+
			"Cheap enough for polling."))
	edge.Register(e, "GET /api/onboarding/progress", "getProgress", "onboarding",
		"The state of the onboarding, with every step", h.progress, edge.Kept(h.progressMark),
		edge.About("The status with all six steps: which of them are done, and the share that is."))
	edge.Register(e, "GET /api/onboarding/init", "getInit", "onboarding",
		"Everything that the wizard starts with, in one call", h.initial,
		edge.About("The user, every step with its data, and the session. API keys are never part of it."))
	edge.Register(e, "GET /api/onboarding/summary", "getSummary", "onboarding", "What the user has set up", h.summary,
		edge.About("The keys by provider, the website with its analysis, the preferences, whether there are personas, and "+
			"what was submitted for step 5."))
	edge.Register(e, "GET /api/onboarding/resume", "getResume", "onboarding", "Where to resume", h.resume,
		edge.Kept(h.statusMark),
		edge.About("The first step that is not done, and whether the onboarding can be resumed there."))
	edge.Register(e, "POST /api/onboarding/complete", "complete", "onboarding", "Finish the onboarding", h.finish,
		edge.Within(completeDeadline), conflicts,
		edge.About("Steps "+onboarding.ListSteps(onboarding.StepNumber.Required)+" must be done or skipped; "+
			"400 names those that are missing. Steps that are still running are waited for up to five seconds, then the "+
			"answer is 409 with Retry-After. "+
			"Steps "+onboarding.ListSteps(onboarding.StepNumber.Skippable)+
			" that are pending become skipped. A second call answers the same."))
	edge.Register(e, "POST /api/onboarding/reset", "reset", "onboarding", "Start over", h.resetAll,
		edge.About(
			"Makes every step pending and cancels running work. API keys are kept. Results stay readable but no longer count; "+
				"delete_data deletes them.",
		))
	edge.Register(e, "GET /api/onboarding/config", "getConfiguration", "onboarding", "The steps, their rules "+
		"and the choices",
		h.configuration, edge.Public,
		edge.About("For each step the fields of its data with their bounds and whether it may be skipped; the platforms, "+
			"the providers, and the limits of a user."))
	edge.Register(e, "GET /api/onboarding/personalization-inputs", "getInputs", "onboarding", "The personalization "+
		"inputs, for the models of other services", h.inputs,
		edge.About("Built whenever the website analysis, the research preferences or the personas change. Without an "+
			"analysis the documented defaults are answered: "+
			"is_default is true then, and default_reason says why. Null and empty values are not known; "+
			"meta.uncertainty says why."))
	edge.Register(e, "GET /api/onboarding/users/{user_id}/personalization-inputs", "getInputsOfUser", "services",
		"The personalization inputs of a user, for other services", h.inputsForService, edge.Refuses(http.StatusForbidden),
		edge.About(
			"Needs a token with the scope inputs:read (claim scope or scp). Every call is written to the audit log, "+
				"refused ones too.",
		))
	edge.Register(e, "GET /api/onboarding/export", "exportAccount", "account", "Everything that is stored "+
		"about the caller", h.export,
		func(op *huma.Operation) { op.Responses["200"] = export.Described(e) }, rateLimited,
		edge.Within(export.Timeout), edge.Writes,
		edge.About("API keys are masked. The audit log notes it. One at a time. A client that does not read is cut off: "+
			"ask again."))
	edge.Register(e, "DELETE /api/onboarding/account", "deleteAccount", "account", "Delete everything that is stored "+
		"about the caller", h.deleteAccount,
		edge.Status(http.StatusNoContent), conflicts,
		edge.About("API keys too; running work is cancelled. It can't be undone. The audit log stays, which says who "+
			"deleted it. "+
			"The next request begins with an empty session."))
}

func (h *Handlers) registerSteps(e *edge.Edge) {
	edge.Register(e, "GET /api/onboarding/step/{n}", "getStep", "steps", "One step", h.step, edge.Kept(h.stepMark),
		edge.About(
			"The data of step 1 is null: keys are never shown. The others show what is stored, an empty object if nothing is; "+
				"the data of a reset step no longer counts.",
		))
	edge.Register(e, "POST /api/onboarding/step/{n}/complete", "completeStep", "steps", "Submit a step", h.completeStep,
		edge.Example(dataExample), edge.Accepts, conflicts,
		edge.About("Steps 1, 3 and 5 complete at once; step 6 only records that the user has reached it. "+
			"Step 2 with a website or a text and step 4 with platforms alone queue work: the response is 202; poll the step "+
			"for its progress. "+
			"Step 2 with a finished analysis and step 4 with finished personas are stored by a job that is waited for up "+
			"to two seconds. "+
			"A submission identical to the running one joins it; any other replaces it. GET /config lists the fields "+
			"of each step."))
	edge.Register(e, "POST /api/onboarding/step/{n}/skip", "skipStep", "steps", "Skip a step", h.skip, conflicts,
		edge.About("Steps "+onboarding.ListSteps(onboarding.StepNumber.Skippable)+
			" can be left out; 409 for the others and for one that is completed."))
	edge.Register(e, "POST /api/onboarding/step/{n}/cancel", "cancelStep", "steps",
		"Stop the running work of a step", h.cancel, conflicts,
		edge.About("The step goes back to the result that it holds, or to pending; 409 when nothing runs."))
	edge.Register(e, "POST /api/onboarding/step/{n}/retry", "retryStep", "steps", "Submit a step's last "+
		"input again", h.retry,
		edge.Status(http.StatusAccepted), conflicts,
		edge.About("The work runs in the background, see Location; 409 if nothing was submitted before."))
	edge.Register(e, "POST /api/onboarding/step/{n}/reset", "resetStep", "steps", "Make a step pending again",
		h.resetStep, conflicts,
		edge.About("Running work is cancelled. What is stored stays readable but no longer counts."))
	edge.Register(e, "GET /api/onboarding/step/{n}/validate", "validateStep", "steps", "Whether a step "+
		"can be submitted", h.validateStep,
		edge.About(
			"Steps may be submitted in any order; only personas need an analysed website, and finishing the steps before it.",
		))
}

func (h *Handlers) registerKeysAndResearch(e *edge.Edge) {
	const keys = "/api/onboarding/api-keys"
	edge.Register(e, "GET "+keys, "getAPIKeys", edge.TagKeys, "The stored API keys, masked", h.keys,
		edge.About("The providers that have a key, each with the last four characters of it. Keys are never shown "+
			"in full."))
	edge.Register(e, "POST "+keys, "saveAPIKey", edge.TagKeys, "Store an API key", h.saveKey,
		edge.About("Replaces the provider's former key. Completes step 1 once a language model provider has a key."))
	edge.Register(e, "DELETE "+keys+"/{provider}", "removeAPIKey", edge.TagKeys, "Remove an API key", h.removeKey,
		edge.About("Step 1 is reset when it was the last key of a language model provider."))
	edge.Register(e, "GET "+keys+"/onboarding", "getOnboardingAPIKeys", edge.TagKeys,
		"The stored API keys, to fill in the wizard", h.refillKeys,
		edge.About(
			"Masked. An operator can allow owners to read their keys in full; each such read is written to the audit log. "+
				"A mask that is submitted again leaves its key as it is.",
		))
	for method, id := range map[string]string{"GET ": "getAPIKeyChecks", "POST ": "checkAPIKeys"} {
		edge.Register(e, method+keys+"/validate", id, edge.TagKeys,
			"Check the stored API keys with a live call each", h.checkKeys,
			edge.Within(checkDeadline), edge.Writes, rateLimited,
			edge.About("Waits up to ten seconds for the calls. A repeated call joins a running check."))
	}
	for name, id := range map[string]string{
		"research-preferences":    "getResearchPreferences",
		"ai-research/preferences": "getAIResearchPreferences",
	} {
		path := edge.BasePath + "/" + name
		edge.Register(e, "GET "+path, id, "research", "The research preferences", h.preferences,
			edge.About("Null before they are stored."))
		response := e.API.OpenAPI().Paths[path].Get.Responses["200"].Content["application/json"]
		response.Schema = &huma.Schema{AnyOf: []*huma.Schema{response.Schema, {Type: "null"}}}
	}
	edge.Register(e, "POST /api/onboarding/ai-research/configure-preferences", "configurePreferences", "research",
		"Change the research preferences", h.configurePreferences,
		edge.About(
			"Completes step 3. Fields that are left out keep their value; the first time they get defaults, which "+
				"the warnings name.",
		))
	edge.Register(e, "GET /api/onboarding/ai-research/configuration-options", "getResearchOptions", "research",
		"The choices of research preferences", researchOptions, edge.Public,
		edge.About("The values that the wizard offers for each preference."))
	edge.Register(e, "POST /api/onboarding/step3/discover-competitors", "discoverCompetitors", "research",
		"Find similar websites",
		h.discoverCompetitors, edge.Waits(longWait), rateLimited,
		edge.About("Asks Exa with the user's key; success is false without one. Stores only its result. "+aboutWaiting))
	edge.Register(e, "POST /api/onboarding/step3/analyze-sitemap", "analyzeSitemap", "research", "Analyse the "+
		"website's sitemap",
		h.analyzeSitemap, edge.Waits(longWait), rateLimited,
		edge.About("Counts the addresses and dates of the sitemap, at most 2,000 of three files. Stores only its result. "+
			aboutWaiting))
}

func (h *Handlers) registerAnalyses(e *edge.Edge) {
	const path = edge.BasePath + "/style-detection"
	edge.Register(e, "GET /api/onboarding/website-analysis", "getWebsiteAnalysis", "steps", "The newest website analysis",
		h.websiteAnalysis,
		edge.About("The status is no_data before there is one."))
	edge.Register(e, "POST "+path+
		"/complete", "completeStyleDetection", "steps", "Analyse a website or a text", h.detectStyle, edge.Waits(longWait),
		edge.About(aboutWaiting+"A submission of step 2: it replaces the running analysis of another website or text. "+
			"The analysis is stored and completes step 2."))
	edge.Register(e, "POST "+path+"/analyze", "analyzeStyle", "steps", "Analyse a text", h.analyzeStyle,
		edge.Waits(longWait), rateLimited, edge.About(aboutPreview))
	edge.Register(e, "POST "+path+"/crawl", "crawl", "steps", "Read a website or a text", h.crawl,
		edge.Waits(longWait), rateLimited, edge.About(aboutPreview))
	edge.Register(e, "GET "+path+"/analysis/{id}", "getAnalysis", "steps", "A stored analysis", h.analysis,
		edge.About("What was found at the website, or in the text."))
	edge.Register(e, "PUT "+path+"/analysis/{id}", "updateAnalysis", "steps", "Change a stored analysis", h.updateAnalysis,
		edge.About("Content and measurements stay."))
	edge.Register(e, "DELETE "+path+
		"/analysis/{id}", "deleteAnalysis", "steps", "Delete a stored analysis", h.deleteAnalysis,
		edge.About("If it is the result of step 2, that step becomes pending."))
	edge.Register(e, "GET "+path+"/session-analyses", "listAnalyses", "steps", "All stored analyses", h.analyses,
		edge.About("Every website and text of the user that was analysed, with the style in short."))
	edge.Register(e, "GET "+path+
		"/configuration-options", "getStyleOptions", "steps", "The options of an analysis", styleOptions,
		edge.About("The types and sources of analyses, and the bounds of texts."))
	edge.Register(e, "GET "+pathExisting+
		"*", "checkExistingAnalysis", "steps", "Whether a website was analysed", h.existing,
		edge.About("An address that can't be one of a website is answered with exists false and an error."))
	describeExisting(e)

	about := edge.About(
		"Replaces what was stored and submits step 2, whose analysis is made from this text; poll the step for its progress.",
	)
	// the wizard leaves the /api out
	for path, suffix := range map[string]string{
		edge.BasePath + "/business-info": "",
		"/onboarding/business-info":      "Legacy",
	} {
		const describe = "Describe the business in place of a website"
		edge.Register(e, "POST "+path, "createBusinessInfo"+suffix, "steps", describe, h.submitBusiness, about)
		edge.Register(e, "PUT "+path, "saveBusinessInfo"+suffix, "steps", describe, h.submitBusiness, about)
		edge.Register(e, "PUT "+path+"/{id}", "updateBusinessInfo"+
			suffix, "steps", "Change the description of the business", h.updateBusiness, about)
		edge.Register(e, "GET "+path+"/{id}", "getBusinessInfo"+
			suffix, "steps", "The description of the business", h.business,
			edge.About("404 for the id of another user's description."))
		edge.Register(e, "GET "+path+"/user/{user_id}", "getBusinessInfoOfUser"+
			suffix, "steps", "The description of the caller's business", h.businessOfUser,
			edge.About("404 for the id of another user."))
	}
}

func (h *Handlers) registerPersonas(e *edge.Edge) {
	const sources = "Parts of onboarding_data that are null, empty or left out are taken from what is stored; " +
		"a part that is sent is used for this generation only. 409 if there is no website analysis, neither sent nor stored. "
	edge.Register(e, "POST "+pathPersona+
		"/generate-personas-async", "generatePersonasAsync", "personas", "Start to generate personas",
		h.generatePersonasAsync, conflicts,
		edge.About(sources+"A submission of step 4: an identical call joins the running one."))
	for path, id := range map[string]string{
		"/generate-personas":  "generatePersonas",
		"/regenerate-persona": "regeneratePersona",
	} {
		edge.Register(e, "POST "+pathPersona+path, id, "personas", "Generate personas and wait for them", h.generatePersonas,
			edge.Waits(longWait), conflicts, edge.About(sources+aboutWaiting))
	}
	edge.Register(e, "GET "+pathPersona+
		"/persona-task/{id}", "getPersonaTask", "personas", "The progress of a generation of personas", h.personaTask,
		edge.About("Every API process answers the same, after any restart, for 30 days. Poll every two seconds."))
	edge.Register(e, "POST "+pathPersona+
		"/assess-quality", "assessPersonaQuality", "personas", "Assess the quality of personas", h.assessQuality,
		edge.Waits(longWait), rateLimited,
		edge.About("Compares the sent personas with the website analysis of step 2. "+aboutPreview))
	edge.Register(e, "GET "+pathPersona+
		"/persona-latest", "getLatestPersona", "personas", "The personas that were stored last", h.latestPersona,
		edge.About("The core persona, those of the platforms and their quality. Before any are stored success is "+
			"false, status_code 404 and the status 200."))
	edge.Register(e, "POST "+pathPersona+
		"/persona-save", "savePersona", "personas", "Store finished personas", h.savePersona,
		edge.Waits(shortWait), edge.Accepts,
		edge.About("A submission of step 4, which it completes. Waits up to 2 s; 202 when it goes on."))
	edge.Register(e, "GET "+pathPersona+"/persona-options", "getPersonaOptions", "personas",
		"The platforms that personas can be generated for", personaOptions,
		edge.About("The ids that selected_platforms takes, with names and descriptions."))

	edge.Register(e, "POST "+edge.BasePath+"/voice/score", "scoreVoice", "personas",
		"How much a text sounds like the website", h.scoreVoice,
		edge.About("Compares the text with the voice of the website analysis, without a model and at once: a score of 0 to "+
			"100 (50 is where it is as likely of the same writer as not), the habits beside those of the site, the sentences "+
			"that drift and why, and the limits of the platform that it breaks. Nothing is stored."))
}
