package onboarding

// PlatformLimits is what a platform documents of posts by people and pages without a paid plan. 0 and "" mean no
// documented limit.
type PlatformLimits struct {
	// Characters is the most characters of a post, Of what the platform calls that text, Title the most of a title.
	Characters int    `json:"characters"`
	Of         string `json:"of"`
	Title      int    `json:"title"`
	// Hashtags is the most tags of a post; Tagged is what the platform calls them.
	Hashtags int    `json:"hashtags"`
	Tagged   string `json:"tagged"`
	// Link is the length that any address counts as, 0 for its own.
	Link int `json:"link"`
	// Source names the page of the platform, Date the month in which it said so.
	Source string `json:"source"`
	Date   string `json:"date"`
}

// Limits are the documented limits of a platform.
func (p Platform) Limits() PlatformLimits { return platformLimits[p] }

var platformLimits = map[Platform]PlatformLimits{
	PlatformLinkedIn: {
		Characters: 3000, Of: "post", Tagged: "hashtags", Source: "LinkedIn Help: Post and share updates", Date: "2025-12",
	},
	PlatformFacebook: {
		Characters: 63206, Of: "post", Tagged: "hashtags",
		Source: "Facebook: announcement of longer status updates, in force since", Date: "2011-11",
	},
	PlatformTwitter: {
		Characters: 280, Of: "post", Hashtags: 2, Tagged: "hashtags", Link: 23,
		Source: "docs.x.com: Counting characters; help.x.com: How to use hashtags (advises no more than two)",
		Date:   "2025-12",
	},
	PlatformInstagram: {
		Characters: 2200, Of: "caption", Hashtags: 5, Tagged: "hashtags",
		Source: "Instagram: announcement of the limit of five hashtags; Instagram Platform: IG User Media (caption)",
		Date:   "2025-12",
	},
	PlatformBlog: {Of: "post"},
	PlatformMedium: {
		Of: "story", Hashtags: 5, Tagged: "topics", Source: "help.medium.com: Topics", Date: "2025-12",
	},
	PlatformSubstack: {Of: "post", Tagged: "tags", Source: "support.substack.com: Tags", Date: "2025-12"},
	PlatformYouTube: {
		Characters: 5000, Of: "description", Title: 100, Hashtags: 60, Tagged: "hashtags",
		Source: "developers.google.com/youtube/v3/docs/videos; YouTube Help: Use hashtags", Date: "2025-12",
	},
}
