package legacytest

import "fmt"

// The statuses of steps.
const (
	pending   = "pending"
	completed = "completed"
	skipped   = "skipped"
)

// oneCase is a kind of user. n makes the user different from the others.
type oneCase func(n int) user

// The kinds of users of each store, in turn.
var (
	postgresCases = []oneCase{
		wholeUser, hashedUser, duplicatesUser, nullsUser, invalidAnalysisUser, invalidPersonaUser, keysUser, failedUser,
		emptyUser, addressUser, longUser,
	}
	sqliteCases    = append(postgresCases[:len(postgresCases):len(postgresCases)], malformedUser)
	workspaceCases = sqliteCases
	jsonCases      = []oneCase{
		wholeUser, invalidAnalysisUser, invalidPersonaUser, keysUser, emptyUser, addressUser, longUser, skippedUser,
	}
)

func base(n int, name string) user {
	id := fmt.Sprintf("user_%s%06d", name, n)
	return user{id: id, sessions: 1, want: Want{
		ID: id, Keys: map[string]string{}, Analyses: map[string]object{},
		Statuses: [6]string{pending, pending, pending, pending, pending, pending},
	}}
}

// withKey adds an API key that is taken.
func (u *user) withKey(provider, ours, value string, completes bool) {
	u.keys = append(u.keys, key{provider: provider, value: value, at: "2025-10-01 10:00:00"})
	u.want.Keys[ours] = lastFour(value)
	if completes {
		u.want.Statuses[0] = completed
	}
	u.count(1, 1, 0, 0)
}

// withAnalysis adds an analysis that step 2 holds.
func (u *user) withAnalysis(website string, n int, hashed bool) {
	document := style(n)
	u.analyses = append(u.analyses, analysis{
		website: website, document: document, status: "completed", at: "2025-10-01 10:00:00.5", hashed: hashed,
	})
	u.want.Analyses[website], u.want.Held, u.want.Statuses[1] = flat(document), website, completed
	u.count(1, 1, 0, 0)
}

func (u *user) withResearch(depth, ours string, hashed bool) {
	types := []any{"Blog Posts", "Newsletters"}
	u.research = append(u.research, research{depth: depth, types: types, at: "2025-10-01 10:00:00", hashed: hashed})
	u.want.Research = object{
		"research_depth": ours, "content_types": types, "auto_research": true, "factual_content": false,
	}
	u.want.Statuses[2] = completed
	u.count(1, 1, 0, 0)
}

func (u *user) withPersona(n int) {
	u.personas = append(u.personas, persona{
		core: corePersona(n), platforms: platforms(), quality: quality(), selected: []any{"linkedin", "blog"},
		at: "2025-10-01 10:00:00",
	})
	u.want.Personas = object{
		"corePersona": corePersona(n), "platformPersonas": platforms(), "qualityMetrics": quality(),
		"selectedPlatforms": []any{"linkedin", "blog"},
	}
	u.want.Statuses[3] = completed
	u.count(1, 1, 0, 0)
}

func (u *user) count(source, imported, refused, prefill int) {
	u.want.Add(Counts{Source: source, Imported: imported, Refused: refused, Prefill: prefill})
}

// wholeUser has done everything.
func wholeUser(n int) user {
	u := base(n, "whole")
	u.withKey("gemini", "gemini", geminiKey(n), true)
	u.withKey("exa", "exa", exaKey(n), false)
	u.withAnalysis(address(n), n, false)
	u.withResearch("Comprehensive", "Comprehensive", false)
	u.withPersona(n)
	u.competitors = []object{{
		"url": "https://rival.example", "domain": "rival.example", "title": "Rival", "summary": "Bakes too.",
		"relevance_score": 0.5, "highlights": []any{"bread"},
	}}
	u.business = "A bakery that writes about bread."
	u.integrations = object{"integrations": object{"primaryWebsite": "wix", "connectedPlatforms": []any{"gsc"}, "id": 7.0}}
	return u
}

// hashedUser has the analysis and the preferences under the hashed id.
func hashedUser(n int) user {
	u := base(n, "hashed")
	u.withKey("OPENAI_API_KEY", "openai", openAIKey(n), true)
	u.withAnalysis(address(n), n, true)
	u.withResearch("standard", "Standard", true)
	return u
}

// duplicatesUser has several rows for one thing: session, key, preferences, website in two spellings.
func duplicatesUser(n int) user {
	u := base(n, "twice")
	u.sessions = 3
	u.keys = append(u.keys, key{"google", geminiKey(n + 500_000), "2025-09-01 10:00:00"})
	u.count(1, 0, 1, 0)
	u.withKey("gemini", "gemini", geminiKey(n), true)
	older := style(n + 500_000)
	u.analyses = append(u.analyses, analysis{
		website: "HTTPS://Site-" + fmt.Sprint(n) + ".Example/", document: older, status: "completed",
		at: "2025-09-01 10:00:00",
	})
	u.count(1, 0, 1, 0)
	u.withAnalysis(address(n), n, false)
	second := style(n + 600_000)
	u.analyses = append(u.analyses, analysis{
		website: address(n) + "/shop", document: second, status: "completed", at: "2025-08-01 10:00:00",
	})
	u.want.Analyses[address(n)+"/shop"] = flat(second)
	u.count(1, 1, 0, 0)
	u.research = append(u.research, research{depth: "Basic", types: []any{"News"}, at: "2025-09-01 10:00:00"})
	u.count(1, 0, 1, 0)
	u.withResearch("Deep", "Deep", false)
	return u
}

// nullsUser has columns that are null, JSON null, empty and no JSON.
func nullsUser(n int) user {
	u := base(n, "nulls")
	document := style(n)
	document["content_type"], document["style_patterns"] = nil, "null"
	u.analyses = append(u.analyses,
		analysis{website: address(n), document: document, status: "completed", at: "2025-10-01 10:00:00"},
		analysis{website: address(n) + "/none", document: object{"writing_style": "null"}, status: "completed", at: ""})
	want := flat(document)
	delete(want, "content_type")
	delete(want, "style_patterns")
	u.want.Analyses[address(n)], u.want.Held, u.want.Statuses[1] = want, address(n), completed
	u.research = append(u.research, research{depth: "Expert", types: []any{}, at: ""})
	u.want.Research = object{"research_depth": "Expert", "content_types": []any{"Blog Posts"}}
	u.personas = append(u.personas, persona{core: nil, platforms: "null", quality: nil, selected: []any{}},
		persona{core: object{"error": "No model answered."}, platforms: platforms()})
	u.count(5, 2, 3, 1)
	return u
}

// invalidAnalysisUser has an analysis that fails today's checks in places: the rest is there for prefill.
func invalidAnalysisUser(n int) user {
	u := base(n, "odd")
	document := style(n)
	audience, _ := document["target_audience"].(object)
	audience["demographics"] = "everybody"
	document["writing_style"] = object{"tone": times("very ", 500), "voice": "active"}
	u.analyses = append(u.analyses, analysis{
		website: address(n), document: document, status: "completed", at: "2025-10-01 10:00:00",
	})
	want := flat(clone(document))
	audience, _ = want["target_audience"].(object)
	delete(audience, "demographics")
	want["writing_style"] = object{"voice": "active"}
	u.want.Analyses[address(n)] = want
	u.count(1, 1, 0, 1)
	u.withKey("anthropic", "anthropic", anthropicKey(n), true)
	return u
}

// invalidPersonaUser has personas that fail today's checks in places.
func invalidPersonaUser(n int) user {
	u := base(n, "mask")
	u.withAnalysis(address(n), n, false)
	core, all := corePersona(n), platforms()
	delete(core, "identity")
	core["tonal_range"] = "warm"
	all["myspace"] = platformPersona("myspace")
	u.personas = append(u.personas, persona{
		core: core, platforms: all, quality: object{"overall_score": 130.0, "core_completeness": 80.0},
		selected: []any{"linkedin", "myspace"}, at: "2025-10-01 10:00:00",
	})
	wanted := clone(core)
	delete(wanted, "tonal_range")
	u.want.Personas = object{
		"corePersona": wanted, "platformPersonas": platforms(), "qualityMetrics": object{"core_completeness": 80.0},
		"selectedPlatforms": []any{"linkedin", "blog"},
	}
	u.count(1, 1, 0, 1)
	return u
}

// keysUser has API keys that can't be any.
func keysUser(n int) user {
	u := base(n, "keys")
	u.keys = []key{
		{"openai", canary + " with spaces", ""}, {"nobody", canary + "-of-no-provider", ""}, {"gemini", "", ""},
	}
	u.count(3, 0, 3, 0)
	u.withKey(" Tavily ", "tavily", "tvly-"+canary+fmt.Sprintf("-%08d", n), false)
	return u
}

// failedUser has analyses that failed or were not completed, which stand before one that was.
func failedUser(n int) user {
	u := base(n, "failed")
	u.analyses = append(u.analyses,
		analysis{website: address(n) + "/a", document: object{}, status: "failed", at: "2025-11-01 10:00:00"},
		analysis{website: address(n) + "/b", document: style(n), status: "in_progress", at: "2025-11-01 10:00:00"})
	u.want.Analyses[address(n)+"/b"] = flat(style(n))
	u.count(2, 1, 1, 1)
	u.withAnalysis(address(n), n, false)
	return u
}

// emptyUser has come to the last step by the former back end's count, and has stored nothing.
func emptyUser(n int) user { return base(n, "empty") }

// addressUser has an analysis of what is no address, and an id with characters that names of files lack.
func addressUser(n int) user {
	u := base(n, "né.")
	u.analyses = append(u.analyses, analysis{website: "ftp://nowhere", document: style(n)})
	u.want.Analyses[""] = flat(style(n))
	u.count(1, 1, 0, 1)
	u.withKey("mistral", "mistral", canary+fmt.Sprintf("-mistral-%06d", n), true)
	return u
}

// longUser has a depth and types that nobody offers.
func longUser(n int) user {
	u := base(n, "long")
	u.research = append(u.research, research{depth: "Bottomless", types: []any{times("x", 101)}})
	u.want.Research = object{"research_depth": "Standard", "content_types": []any{"Blog Posts"}}
	u.count(1, 1, 0, 1)
	return u
}

// malformedUser has columns that are no JSON, which only SQLite takes.
func malformedUser(n int) user {
	u := base(n, "torn")
	document := style(n)
	document["writing_style"] = `{"tone": "warm", "voi`
	u.analyses = append(u.analyses, analysis{website: address(n), document: document, status: "completed", at: ""})
	want := flat(document)
	delete(want, "writing_style")
	u.want.Analyses[address(n)] = want
	u.personas = append(u.personas, persona{core: "{", platforms: platforms(), quality: nil, selected: nil})
	u.count(2, 1, 1, 1)
	return u
}

// skippedUser has skipped what may be skipped.
func skippedUser(n int) user {
	u := base(n, "skip")
	u.skipped = []int{1, 5}
	u.want.Statuses[0], u.want.Statuses[4] = skipped, skipped
	u.withAnalysis(address(n), n, false)
	return u
}
