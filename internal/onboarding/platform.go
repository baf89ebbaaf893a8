package onboarding

import (
	"fmt"
	"slices"
	"strings"
)

// Platform is a place that personas write for.
type Platform string

// The platforms that code names; any other is in the table only.
const (
	PlatformLinkedIn  Platform = "linkedin"
	PlatformFacebook  Platform = "facebook"
	PlatformTwitter   Platform = "twitter"
	PlatformBlog      Platform = "blog"
	PlatformInstagram Platform = "instagram"
	PlatformMedium    Platform = "medium"
	PlatformSubstack  Platform = "substack"
	PlatformYouTube   Platform = "youtube"
)

// PlatformInfo is what people are shown of a platform.
type PlatformInfo struct {
	Platform    Platform `json:"id" example:"linkedin"`
	Name        string   `json:"name" example:"LinkedIn"`
	Description string   `json:"description"`
}

// platforms is the table of platforms, in the order in which they are offered. What a
// platform documents of its posts is in a table of internal/persona.
var platforms = []PlatformInfo{
	{PlatformLinkedIn, "LinkedIn", "Posts and articles for a professional network."},
	{PlatformFacebook, "Facebook", "Posts for friends, groups and the followers of a page."},
	{PlatformTwitter, "X (Twitter)", "Short posts and threads."},
	{PlatformBlog, "Blog", "Long texts on the own website."},
	{PlatformInstagram, "Instagram", "Captions of pictures and short videos."},
	{PlatformMedium, "Medium", "Stories for the readers of publications."},
	{PlatformSubstack, "Substack", "A newsletter for subscribers."},
	{PlatformYouTube, "YouTube", "Titles, descriptions and scripts of videos."},
}

// DefaultPlatforms are the platforms of a request that chooses none.
var DefaultPlatforms = []Platform{PlatformLinkedIn, PlatformBlog}

// Platforms lists all platforms, in the order in which they are offered.
func Platforms() []Platform {
	names := make([]Platform, len(platforms))
	for i, row := range platforms {
		names[i] = row.Platform
	}
	return names
}

// PlatformInfos describes all platforms, in the order in which they are offered.
func PlatformInfos() []PlatformInfo { return slices.Clone(platforms) }

// ParsePlatforms returns the platforms of these names, each once, in the order in which
// they are offered. The error is an *InputError for the element of field that names none.
func ParsePlatforms(names []string, field string) ([]Platform, error) {
	for i, name := range names {
		if !slices.Contains(Platforms(), Platform(name)) {
			return nil, unknownPlatform(fmt.Sprintf("%s[%d]", field, i))
		}
	}
	return slices.DeleteFunc(Platforms(), func(p Platform) bool { return !slices.Contains(names, string(p)) }), nil
}

// ParsePlatform returns the platform of this name. The error is an *InputError for field.
func ParsePlatform(name, field string) (Platform, error) {
	if !slices.Contains(Platforms(), Platform(name)) {
		return "", unknownPlatform(field)
	}
	return Platform(name), nil
}

func unknownPlatform(field string) error {
	return &InputError{field, "unknown_platform", "This platform is not known. Use one of " +
		strings.Join(Texts(Platforms()), ", ") + "."}
}
