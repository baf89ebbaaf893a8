package webpage

import (
	"cmp"
	"slices"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// WithFrames returns the digest of a page together with those of its frames, as a reader
// sees one page. What only one page can have, such as a title, is that of the first that has
// it. The error is that of Digest for a page without text.
func WithFrames(page onboarding.Page, frames []onboarding.Page) (onboarding.Page, error) {
	for _, frame := range frames {
		page.Bytes += frame.Bytes
		page.Title, page.Lang = cmp.Or(page.Title, frame.Title), cmp.Or(page.Lang, frame.Lang)
		page.Description = cmp.Or(page.Description, frame.Description)
		page.JSONLD = slices.Concat(page.JSONLD, frame.JSONLD)
		page.Headings = slices.Concat(page.Headings, frame.Headings)
		page.CallsToAction = slices.Concat(page.CallsToAction, frame.CallsToAction)
		page.Links, page.Images = slices.Concat(page.Links, frame.Links), slices.Concat(page.Images, frame.Images)
		page.Blocks, page.Candidates = slices.Concat(page.Blocks, frame.Blocks), nil
		page.Socials = firstOfEach(page.Socials, frame.Socials)
		page.Contacts = contactsOfBoth(page.Contacts, frame.Contacts)
		page.Brand.Name = cmp.Or(page.Brand.Name, frame.Brand.Name)
		page.Brand.Tagline = cmp.Or(page.Brand.Tagline, frame.Brand.Tagline)
		page.Brand.LogoAlts = union(page.Brand.LogoAlts, frame.Brand.LogoAlts)
		page.Structure = structureOfBoth(page.Structure, frame.Structure)
	}
	return page, emptiness(page)
}

func firstOfEach(first, second map[string]string) map[string]string {
	both := map[string]string{}
	for _, values := range []map[string]string{second, first} {
		for key, value := range values {
			both[key] = value
		}
	}
	return both
}

func contactsOfBoth(a, b onboarding.Contacts) onboarding.Contacts {
	return onboarding.Contacts{
		Emails: union(a.Emails, b.Emails), Phones: union(a.Phones, b.Phones), Addresses: union(a.Addresses, b.Addresses),
	}
}

// union returns the values of both lists, each once.
func union(a, b []string) []string {
	for _, value := range b {
		if !slices.Contains(a, value) {
			a = append(slices.Clip(a), value)
		}
	}
	return a
}

func structureOfBoth(a, b onboarding.Structure) onboarding.Structure {
	for level, count := range b.Headings {
		a.Headings[level] += count
	}
	a.Paragraphs += b.Paragraphs
	a.Lists += b.Lists
	a.Images += b.Images
	a.Links += b.Links
	a.Sections += b.Sections
	a.Forms += b.Forms
	a.Tables += b.Tables
	a.Videos += b.Videos
	a.HasNavigation = a.HasNavigation || b.HasNavigation
	a.HasFooter = a.HasFooter || b.HasFooter
	a.HasSidebar = a.HasSidebar || b.HasSidebar
	return a
}
