package persona

import "github.com/alwrity/onboarding/internal/onboarding"

// rules are how a platform's texts are written beside its documented limits (onboarding.PlatformLimits), and the parts
// that only its personas have.
type rules struct {
	// advised is how many hashtags or topics to use.
	advised int
	// bound ends the sentence about hashtags, "" for "the platform takes at most so many".
	bound string
	// shape is that of the sample post.
	shape shape
	// engage are the kinds of tactics that suit the platform, the best first.
	engage []string
	// feed means that posts appear among those of others and are short. articles means
	// that posts are long texts: the site's dated posts show how often to publish.
	feed, articles bool
	// profile is the platform's key among a website's social links, "" for its own name.
	profile string
	// mention and link say how the platform treats names and addresses; "" for nothing
	// to say.
	mention, link string
	// talk names the place where readers answer.
	talk string
	// practices are at least three documented facts to write by.
	practices []string
	// extend adds the parts that only personas of this platform have; answer returns the
	// value to decode a model's answer with these parts into. Both are nil for none.
	extend func(*adaptation, *onboarding.PlatformPersona)
	answer func() answer
}

// platformRules is the table of the platforms' rules. A test checks that it has all of onboarding.Platforms. Limits
// with their sources are in onboarding.PlatformLimits. The number of advised tags is this project's where the platform
// does not say.
var platformRules = map[onboarding.Platform]rules{
	onboarding.PlatformLinkedIn: {
		engage:  []string{"figure", "groups", "quotation"},
		advised: 3, feed: true, shape: shape{passages: 2, alone: true, link: true},
		mention: "Type @ and the name to mention a member or a page; they are notified.",
		link: "A link in the post becomes a preview unless a picture or document is attached; put it after the " +
			"first paragraph.",
		talk: "comments under the post",
		practices: []string{
			"The feed shows the first lines only; say what the post is about before “see more”.",
			"A post has at most 3,000 characters; longer texts are articles.",
			"A post can carry pictures, a document, a poll or a video.",
		},
		extend: (*adaptation).linkedIn, answer: func() answer { return &linkedInAnswer{} },
	},
	onboarding.PlatformFacebook: {
		engage:  []string{"question", "groups", "address"},
		advised: 2, feed: true, shape: shape{passages: 1, link: true},
		mention: "Type @ and the name to tag a person or page.",
		link:    "A link in the post becomes a preview; the text stands above it.",
		talk:    "comments, groups and events",
		practices: []string{
			"A post has at most 63,206 characters; the feed cuts long ones with “see more”.",
			"A post can carry pictures, a video or an event.",
			"Groups and events have posts of their own.",
		},
		extend: (*adaptation).facebook, answer: func() answer { return &facebookAnswer{} },
	},
	onboarding.PlatformTwitter: {
		engage:  []string{"figure", "imperative"},
		advised: 2, bound: "X advises no more than two", feed: true,
		shape:   shape{passages: 1, sentences: 2, link: true},
		profile: "x",
		mention: "Write @ and the account name; a post that begins with it is a reply.",
		link:    "Any link counts 23 characters; leave room for it at the end.",
		talk:    "replies and quoted posts",
		practices: []string{
			"A post has at most 280 characters unless the account has Premium.",
			"Longer thoughts go into a thread of several posts.",
			"X advises no more than two hashtags in a post.",
		},
	},
	onboarding.PlatformInstagram: {
		engage:  []string{"question", "imperative"},
		advised: 5, feed: true, shape: shape{passages: 1, alone: true},
		mention: "Write @ and the account name, at most 20 in a caption.",
		link:    "Addresses in captions can't be tapped; put the link into the profile and name it in the caption.",
		talk:    "comments and direct messages",
		practices: []string{
			"A post needs a picture or a video; the caption explains it.",
			"A caption has at most 2,200 characters and, since December 2025, five hashtags.",
			"The feed cuts captions; the first sentence must stand alone.",
		},
	},
	onboarding.PlatformBlog: {
		engage:   []string{"quotation", "figure", "question"},
		articles: true, shape: shape{passages: 4, link: true},
		link: "Link to the site's own pages where they say more, and to sources.",
		talk: "comments of the site",
		practices: []string{
			"The title and the description are what search results show.",
			"One main heading for the post, a subheading for each part.",
			"Describe each picture in its alternative text.",
		},
	},
	onboarding.PlatformMedium: {
		engage:  []string{"quotation", "question"},
		advised: 5, articles: true, shape: shape{passages: 3, link: true},
		mention: "Write @ and the name of a member to mention them.",
		link:    "Links stand in the text; an address on a line of its own becomes a preview.",
		talk:    "responses and highlights",
		practices: []string{
			"A story has a title and a subtitle.",
			"A story takes up to five topics.",
			"A text published before can be imported with a canonical link to the original.",
		},
	},
	onboarding.PlatformSubstack: {
		engage:  []string{"address", "question"},
		advised: 3, articles: true, shape: shape{passages: 2, link: true},
		mention: "Write @ and the name to mention a publication or a writer.",
		link:    "Links stand in the text; readers see them in the mail as well.",
		talk:    "comments, notes and the chat of the publication",
		practices: []string{
			"A post is sent by mail: the title is the subject, the subtitle the preview.",
			"Tags sort the posts of the publication.",
			"Mail programs cut very long mails; the page on the web stays whole.",
		},
	},
	onboarding.PlatformYouTube: {
		engage:  []string{"imperative", "groups"},
		advised: 3, shape: shape{passages: 1, first: true, link: true},
		mention: "Write @ and the handle of a channel in the title or description.",
		link:    "Put the link into the first lines of the description; the rest is folded.",
		talk:    "comments under the video",
		practices: []string{
			"A title has at most 100 characters, a description 5,000.",
			"With more than 60 hashtags, all of them are ignored.",
			"Time stamps in the description become chapters.",
		},
	},
}
