package onboarding

// PlatformLimits is what a platform documents of posts by people and pages without a paid plan. 0 and "" mean no
// documented limit.
type PlatformLimits struct {
	Characters int    `json:"characters" example:"280" doc:"The most characters of a post, 0 for no documented limit."`
	Of         string `json:"of" example:"post" doc:"What the platform calls that text."`
	Title      int    `json:"title" doc:"The most characters of a title, 0 for no documented limit."`
	Hashtags   int    `json:"hashtags" example:"2" doc:"The most tags of a post, 0 for no documented limit."`
	Tagged     string `json:"tagged" example:"hashtags" doc:"What the platform calls them."`
	Link       int    `json:"link" example:"23" doc:"The length that any address counts as, 0 for its own."`
	Source     string `json:"source" example:"docs.x.com: Counting characters" doc:"The page of the platform."`
	Date       string `json:"date" example:"2025-12" doc:"The month in which it said so."`
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
