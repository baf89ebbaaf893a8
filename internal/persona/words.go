package persona

import "github.com/alwrity/onboarding/internal/onboarding"

// wordGroup is a habit of marketing English with all words that show it. named are the
// ones to list when the whole group is absent.
type wordGroup struct {
	name  string
	named []string
	all   []string
}

// avoidable are the groups whose absence characterizes a voice. A group counts as
// avoided only when none of its words occurs.
var avoidable = []wordGroup{
	{
		name: "hype", named: []string{"amazing", "incredible", "revolutionary", "game-changing", "ultimate", "world-class"},
		all: []string{
			"amazing", "incredible", "revolutionary", "game-changing", "game-changer", "ultimate", "world-class",
			"best-in-class",
			"unbelievable", "awesome", "mind-blowing", "jaw-dropping", "breathtaking", "stunning", "phenomenal", "epic",
			"insane", "must-have", "life-changing",
		},
	},
	{
		name: "jargon", named: []string{"leverage", "synergy", "cutting-edge", "seamless", "robust", "empower"},
		all: []string{
			"leverage", "leveraging", "synergy", "synergies", "cutting-edge", "state-of-the-art", "seamless", "seamlessly",
			"robust", "empower", "empowers",
			"empowering", "paradigm", "holistic", "disruptive", "stakeholders", "scalable", "next-generation", "turnkey",
			"streamline", "streamlined", "ecosystem",
		},
	},
	{
		name: "filler", named: []string{"basically", "literally", "actually", "honestly", "obviously"},
		all: fillers,
	},
	{
		name: "pressure", named: []string{"hurry", "last chance", "act now", "don't miss", "limited time"},
		all: []string{
			"hurry", "last chance", "act now", "don't miss", "limited time", "while stocks last",
			"once in a lifetime", "what are you waiting for",
		},
	},
}

// fillers are words that can be left out of an English sentence.
var fillers = []string{
	"basically", "literally", "actually", "honestly", "obviously", "essentially", "simply put", "kind of", "sort of",
	"you know", "needless to say", "at the end of the day",
}

// menuWords are navigation words, which sites repeat whatever their subject.
var menuWords = set(onboarding.List{
	"home", "menu", "contact", "contact us", "about", "about us", "login", "log in", "sign up", "privacy",
	"privacy policy",
	"terms", "cookie", "cookies", "cart", "checkout", "search", "read more", "learn more", "click", "click here", "page",
	"website", "site", "faq", "newsletter", "sitemap", "subscribe", "skip", "copyright", "rights reserved",
})
