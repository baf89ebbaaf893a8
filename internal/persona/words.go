package persona

import "github.com/alwrity/onboarding/internal/onboarding"

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
