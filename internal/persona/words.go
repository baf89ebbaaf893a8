package persona

// wordGroup is a habit of marketing English with all words that show it. named are the
// ones to list when the whole group is absent.
type wordGroup struct {
	name  string
	named []string
	all   []string
}

// avoidable returns the groups whose absence characterizes a voice. A group counts as
// avoided only when none of its words occurs.
func avoidable() []wordGroup {
	return []wordGroup{
		{
			name: "hype", named: []string{"amazing", "incredible", "revolutionary", "game-changing", "ultimate", "world-class"},
			all: []string{
				"amazing", "incredible", "revolutionary", "game-changing", "game-changer", "ultimate", "world-class", "best-in-class",
				"unbelievable", "awesome", "mind-blowing", "jaw-dropping", "breathtaking", "stunning", "phenomenal", "epic", "insane", "must-have", "life-changing",
			},
		},
		{
			name: "jargon", named: []string{"leverage", "synergy", "cutting-edge", "seamless", "robust", "empower"},
			all: []string{
				"leverage", "leveraging", "synergy", "synergies", "cutting-edge", "state-of-the-art", "seamless", "seamlessly", "robust", "empower", "empowers",
				"empowering", "paradigm", "holistic", "disruptive", "stakeholders", "scalable", "next-generation", "turnkey", "streamline", "streamlined", "ecosystem",
			},
		},
		{
			name: "filler", named: []string{"basically", "literally", "actually", "honestly", "obviously"},
			all: fillers(),
		},
		{
			name: "pressure", named: []string{"hurry", "last chance", "act now", "don't miss", "limited time"},
			all: []string{"hurry", "last chance", "act now", "don't miss", "limited time", "while stocks last", "once in a lifetime", "what are you waiting for"},
		},
	}
}

// fillers are words that can be left out of an English sentence.
func fillers() []string {
	return []string{"basically", "literally", "actually", "honestly", "obviously", "essentially", "simply put", "kind of", "sort of", "you know", "needless to say", "at the end of the day"}
}

// menuWords are navigation words, which sites repeat whatever their subject.
func menuWords() map[string]bool {
	return map[string]bool{
		"home": true, "menu": true, "contact": true, "contact us": true, "about": true, "about us": true, "login": true, "log in": true, "sign up": true,
		"privacy": true, "privacy policy": true, "terms": true, "cookie": true, "cookies": true, "cart": true, "checkout": true, "search": true, "read more": true,
		"learn more": true, "click": true, "click here": true, "page": true, "website": true, "site": true, "faq": true, "newsletter": true, "sitemap": true,
		"subscribe": true, "skip": true, "copyright": true, "rights reserved": true,
	}
}
