package wizard

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
)

// What several operations say about themselves.
const (
	aboutWaiting = "Waits up to 50 s; asked again, a call joins the work that goes on. "
	aboutPreview = aboutWaiting + "It completes no step and stores nothing but its answer."
)

// rateLimited is for work without a step, of which a user may have only so much running.
var rateLimited = edge.Refuses(http.StatusTooManyRequests)

// conflicts is for operations that the state of the onboarding can forbid.
var conflicts = edge.Refuses(http.StatusConflict)

func (h *Handlers) registerOnboarding(e *edge.Edge) {
	edge.Register(e, "POST /api/onboarding/start", "start", "onboarding", "Start or resume", h.start,
		edge.About("Makes the user's session if there is none. It changes no step and may be repeated."))
	edge.Register(e, "GET /api/onboarding/status", "getStatus", "onboarding", "Where the user stands", h.status)
	edge.Register(e, "GET /api/onboarding/progress", "getProgress", "onboarding", "Where the user stands, with every step", h.progress)
	edge.Register(e, "GET /api/onboarding/init", "getInit", "onboarding", "All that the wizard starts from, in one call", h.initial,
		edge.About("The user, every step with its data, and the session. API keys are never part of it."))
	edge.Register(e, "GET /api/onboarding/summary", "getSummary", "onboarding", "What the user has set up", h.summary)
	edge.Register(e, "GET /api/onboarding/resume", "getResume", "onboarding", "Where to go on", h.resume)
	edge.Register(e, "POST /api/onboarding/complete", "complete", "onboarding", "Finish the onboarding", h.finish,
		edge.Within(completeDeadline), conflicts,
		edge.About("Steps "+onboarding.ListSteps(onboarding.StepNumber.Required)+" must be done or skipped; "+
			"400 names those that are missing. Steps that are still running are waited for up to five seconds, then the answer is 409 with Retry-After. "+
			"Steps "+onboarding.ListSteps(onboarding.StepNumber.Skippable)+" that are pending become skipped. A second call answers the same."))
	edge.Register(e, "POST /api/onboarding/reset", "reset", "onboarding", "Start over", h.resetAll,
		edge.About("Makes every step pending and cancels running work. API keys are kept; results stay readable and count for nothing, unless delete_data is true."))
	edge.Register(e, "GET /api/onboarding/config", "getConfiguration", "onboarding", "The steps, their rules and what can be chosen",
		configuration, edge.Public)
	edge.Register(e, "GET /api/onboarding/personalization-inputs", "getInputs", "onboarding", "What other services feed to their models", h.inputs,
		edge.About("Built whenever the website analysis, the research preferences or the personas change. Without an analysis the documented defaults are answered: "+
			"is_default is true then, and default_reason says why. Null and empty values are not known; meta.uncertainty says why."))
	edge.Register(e, "GET /api/onboarding/users/{user_id}/personalization-inputs", "getInputsOfUser", "services",
		"The same of any user, for other services", h.inputsForService, edge.Refuses(http.StatusForbidden),
		edge.About("Needs a token with the scope inputs:read (claim scope or scp). Every call stands in the audit log, refused ones too."))
	edge.Register(e, "GET /api/onboarding/export", "exportAccount", "account", "Everything that is stored about the caller", h.export,
		func(op *huma.Operation) { op.Responses["200"] = exportResponse(e) }, rateLimited,
		edge.About("API keys are masked. The audit log notes it. An answer that breaks off is not whole: ask again."))
	edge.Register(e, "DELETE /api/onboarding/account", "deleteAccount", "account", "Delete everything that is stored about the caller", h.deleteAccount,
		edge.Status(http.StatusNoContent), conflicts,
		edge.About("API keys too; running work is cancelled. It can't be undone. The audit log stays, which says who deleted it. "+
			"The next request begins with an empty session."))
}

func (h *Handlers) registerSteps(e *edge.Edge) {
	edge.Register(e, "GET /api/onboarding/step/{n}", "getStep", "steps", "One step", h.step,
		edge.About("The data of step 1 is null: keys are never shown. The others show what is stored, an empty object if nothing is; what a reset step shows counts for nothing."))
	edge.Register(e, "POST /api/onboarding/step/{n}/complete", "completeStep", "steps", "Submit a step", h.completeStep,
		edge.Example(dataExample), edge.Accepts, conflicts,
		edge.About("Steps 1, 3 and 5 complete at once; step 6 only notes that the user has come there. "+
			"Step 2 with a website or a text and step 4 with platforms alone queue work: the answer is 202, poll the step for how it goes. "+
			"Step 2 with a finished analysis and step 4 with finished personas are stored by a job that is waited for up to two seconds. "+
			"An identical submission that is still running is joined, another one takes its place. GET /config lists the fields of each step."))
	edge.Register(e, "POST /api/onboarding/step/{n}/skip", "skipStep", "steps", "Skip a step", h.skip, conflicts,
		edge.About("Steps "+onboarding.ListSteps(onboarding.StepNumber.Skippable)+" can be left out; 409 for the others and for one that is completed."))
	edge.Register(e, "POST /api/onboarding/step/{n}/cancel", "cancelStep", "steps", "Stop the running work of a step", h.cancel, conflicts,
		edge.About("The step goes back to the result that it holds, or to pending; 409 when nothing runs."))
	edge.Register(e, "POST /api/onboarding/step/{n}/retry", "retryStep", "steps", "Submit a step's last input again", h.retry,
		edge.Status(http.StatusAccepted), conflicts,
		edge.About("The work goes on in the background, Location says where to look; 409 when nothing was submitted before."))
	edge.Register(e, "POST /api/onboarding/step/{n}/reset", "resetStep", "steps", "Make a step pending again", h.resetStep, conflicts,
		edge.About("Running work is cancelled. What is stored stays readable and counts for nothing."))
	edge.Register(e, "GET /api/onboarding/step/{n}/validate", "validateStep", "steps", "Whether a step can be submitted", h.validateStep,
		edge.About("Steps may be submitted in any order; only personas need an analysed website, and finishing the steps before it."))
}

func (h *Handlers) registerKeysAndResearch(e *edge.Edge) {
	const keys = "/api/onboarding/api-keys"
	edge.Register(e, "GET "+keys, "getAPIKeys", "keys", "The stored API keys, masked", h.keys)
	edge.Register(e, "POST "+keys, "saveAPIKey", "keys", "Store an API key", h.saveKey,
		edge.About("In the place of the provider's former one. Completes step 1 if a language model provider has a key then."))
	edge.Register(e, "DELETE "+keys+"/{provider}", "removeAPIKey", "keys", "Remove an API key", h.removeKey,
		edge.About("Step 1 is reset when it was the last key of a language model provider."))
	edge.Register(e, "GET "+keys+"/onboarding", "getOnboardingAPIKeys", "keys", "The stored API keys for the inputs of the wizard", h.refillKeys,
		edge.About("Masked. An operator can allow owners to read their keys in full; each time is written to the audit log then. A mask that is submitted again leaves its key as it is."))
	for method, id := range map[string]string{"GET ": "getAPIKeyChecks", "POST ": "checkAPIKeys"} {
		edge.Register(e, method+keys+"/validate", id, "keys", "Check the stored API keys with a live call each", h.checkKeys,
			edge.Within(checkDeadline), rateLimited, edge.About("Waits up to ten seconds for the calls. A check that runs already is joined."))
	}
	for name, id := range map[string]string{"research-preferences": "getResearchPreferences", "ai-research/preferences": "getAIResearchPreferences"} {
		path := edge.BasePath + "/" + name
		edge.Register(e, "GET "+path, id, "research", "The research preferences", h.preferences, edge.About("Null before they are stored."))
		response := e.API.OpenAPI().Paths[path].Get.Responses["200"].Content["application/json"]
		response.Schema = &huma.Schema{AnyOf: []*huma.Schema{response.Schema, {Type: "null"}}}
	}
	edge.Register(e, "POST /api/onboarding/ai-research/configure-preferences", "configurePreferences", "research",
		"Change the research preferences", h.configurePreferences,
		edge.About("Completes step 3. What is left out stays as it is; the first time defaults are taken, which the warnings name."))
	edge.Register(e, "GET /api/onboarding/ai-research/configuration-options", "getResearchOptions", "research",
		"What can be chosen as research preferences", researchOptions, edge.Public)
	edge.Register(e, "POST /api/onboarding/step3/discover-competitors", "discoverCompetitors", "research", "Find similar websites",
		h.discoverCompetitors, edge.Waits(longWait), rateLimited,
		edge.About("Asks Exa with the user's key; success is false without one. Stores nothing but its answer. "+aboutWaiting))
	edge.Register(e, "POST /api/onboarding/step3/analyze-sitemap", "analyzeSitemap", "research", "What the website's own sitemap says",
		h.analyzeSitemap, edge.Waits(longWait), rateLimited,
		edge.About("Counts the addresses and dates of the sitemap, at most 2,000 of three files. Stores nothing but its answer. "+aboutWaiting))
}

func (h *Handlers) registerAnalyses(e *edge.Edge) {
	const path = edge.BasePath + "/style-detection"
	edge.Register(e, "GET /api/onboarding/website-analysis", "getWebsiteAnalysis", "steps", "The newest website analysis", h.websiteAnalysis)
	edge.Register(e, "POST "+path+"/complete", "completeStyleDetection", "steps", "Analyse a website or a text", h.detectStyle, edge.Waits(longWait),
		edge.About(aboutWaiting+"It is a submission of step 2: another website or text takes the place of one that is being analysed. "+
			"The analysis is stored and completes step 2."))
	edge.Register(e, "POST "+path+"/analyze", "analyzeStyle", "steps", "Analyse a text", h.analyzeStyle,
		edge.Waits(longWait), rateLimited, edge.About(aboutPreview))
	edge.Register(e, "POST "+path+"/crawl", "crawl", "steps", "Read a website or a text", h.crawl,
		edge.Waits(longWait), rateLimited, edge.About(aboutPreview))
	edge.Register(e, "GET "+path+"/analysis/{id}", "getAnalysis", "steps", "A stored analysis", h.analysis)
	edge.Register(e, "PUT "+path+"/analysis/{id}", "updateAnalysis", "steps", "Change a stored analysis", h.updateAnalysis,
		edge.About("What was read and measured stays."))
	edge.Register(e, "DELETE "+path+"/analysis/{id}", "deleteAnalysis", "steps", "Delete a stored analysis", h.deleteAnalysis,
		edge.About("If it is the result of step 2, that step is pending again."))
	edge.Register(e, "GET "+path+"/session-analyses", "listAnalyses", "steps", "All stored analyses", h.analyses)
	edge.Register(e, "GET "+path+"/configuration-options", "getStyleOptions", "steps", "What an analysis can be made of", styleOptions)
	edge.Register(e, "GET "+pathExisting+"*", "checkExistingAnalysis", "steps", "Whether a website was analysed", h.existing,
		edge.About("An address that can't be one of a website is answered with exists false and an error."))
	describeExisting(e)

	about := edge.About("Replaces what was stored and submits step 2, whose analysis is made from this text; poll the step for how it goes.")
	for path, suffix := range map[string]string{edge.BasePath + "/business-info": "", "/onboarding/business-info": "Legacy"} { // the wizard leaves the /api out
		const describe = "Describe the business in place of a website"
		edge.Register(e, "POST "+path, "createBusinessInfo"+suffix, "steps", describe, h.submitBusiness, about)
		edge.Register(e, "PUT "+path, "saveBusinessInfo"+suffix, "steps", describe, h.submitBusiness, about)
		edge.Register(e, "PUT "+path+"/{id}", "updateBusinessInfo"+suffix, "steps", "Change the description of the business", h.updateBusiness, about)
		edge.Register(e, "GET "+path+"/{id}", "getBusinessInfo"+suffix, "steps", "The description of the business", h.business)
		edge.Register(e, "GET "+path+"/user/{user_id}", "getBusinessInfoOfUser"+suffix, "steps", "The description of the caller's business", h.businessOfUser)
	}
}

func (h *Handlers) registerPersonas(e *edge.Edge) {
	const sources = "Parts of onboarding_data that are null, empty or left out are taken from what is stored; " +
		"a part that is sent is used for this generation only. 409 if there is no website analysis, neither sent nor stored. "
	edge.Register(e, "POST "+pathPersona+"/generate-personas-async", "generatePersonasAsync", "personas", "Start to generate personas",
		h.generatePersonasAsync, conflicts, edge.About(sources+"It is a submission of step 4: an identical one that is running is joined."))
	for path, id := range map[string]string{"/generate-personas": "generatePersonas", "/regenerate-persona": "regeneratePersona"} {
		edge.Register(e, "POST "+pathPersona+path, id, "personas", "Generate personas and wait for them", h.generatePersonas,
			edge.Waits(longWait), conflicts, edge.About(sources+aboutWaiting))
	}
	edge.Register(e, "GET "+pathPersona+"/persona-task/{id}", "getPersonaTask", "personas", "How far a generation of personas is", h.personaTask,
		edge.About("Every API process answers the same, after any restart, for 30 days. Poll every two seconds."))
	edge.Register(e, "POST "+pathPersona+"/assess-quality", "assessPersonaQuality", "personas", "How good personas are", h.assessQuality,
		edge.Waits(longWait), rateLimited, edge.About("Compares the sent personas with the website analysis of step 2. "+aboutPreview))
	edge.Register(e, "GET "+pathPersona+"/persona-latest", "getLatestPersona", "personas", "The personas that were stored last", h.latestPersona)
	edge.Register(e, "POST "+pathPersona+"/persona-save", "savePersona", "personas", "Store finished personas", h.savePersona,
		edge.Waits(shortWait), edge.Accepts, edge.About("A submission of step 4, which it completes. Waits up to 2 s; 202 when it goes on."))
	edge.Register(e, "GET "+pathPersona+"/persona-options", "getPersonaOptions", "personas", "What personas can be generated for", personaOptions)

	const path, stateless = edge.BasePath + "/personalization", "Checks and tidies what is sent; nothing is stored."
	edge.Register(e, "GET "+path+"/configuration-options", "getPersonalizationOptions", "personas", "The settings to choose from", personalizationOptions)
	edge.Register(e, "POST "+path+"/validate-style", "validateStyle", "personas", "Check how content is to be written", validateStyle, edge.About(stateless))
	edge.Register(e, "POST "+path+"/configure-brand", "configureBrand", "personas", "Check how the brand speaks", configureBrand, edge.About(stateless))
	edge.Register(e, "POST "+path+"/process-settings", "processSettings", "personas", "Check all settings", processSettings, edge.About(stateless))
	edge.Register(e, "POST "+path+"/generate-guidelines", "generateGuidelines", "personas", "Instructions that follow from settings", generateGuidelines,
		edge.About("Fixed rules, no model. "+stateless))
}
