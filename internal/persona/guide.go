package persona

import (
	"fmt"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/wording"
)

// maxGuide bounds the passages and the traits of a style guide.
const maxGuide = 5

// styleGuide takes passages, traits and house style from the measured voice, and adds what holds on all platforms.
func (s *source) styleGuide() onboarding.StyleGuide {
	guide := onboarding.StyleGuide{
		Passages: []onboarding.Passage{}, Traits: onboarding.List{}, Everywhere: s.everywhere(),
		Rewrites: []onboarding.Rewrite{},
	}
	if v := s.m.Voice; v != nil {
		guide.Passages = append(guide.Passages, wording.First(v.Passages, maxGuide)...)
		guide.House = v.House
		for _, trait := range wording.First(v.Traits, maxGuide) {
			guide.Traits = append(guide.Traits,
				fmt.Sprintf("We are %s, not %s (%s)", trait.We, trait.Not, lowerFirst(trait.Evidence)))
		}
	}
	return guide
}

// everywhere says once what is equal on all platforms: the ways to engage readers, the voice to answer in, the emoji.
func (s *source) everywhere() onboarding.List {
	list := onboarding.List{}
	for _, t := range s.tactics() {
		list = append(list, t.text)
	}
	if voice := s.style.WritingStyle.Voice.Label(); voice != "" {
		list = append(list, "Answer readers as the site writes: "+voice+".")
	}
	if emoji := s.emoji(); emoji != nil {
		list = append(list, "Emoji: "+*emoji+".")
	}
	return list
}
