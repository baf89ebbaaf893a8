package crawl

import (
	"regexp"
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/textstat"
)

// Contacts joins the contacts of the pages, each once. What only legal pages show is
// left out where other pages show an address too: there it is an authority's, a host's
// or a data protection officer's.
func Contacts(pages []onboarding.Page, kinds []string) onboarding.ContactInfo {
	info := onboarding.ContactInfo{}
	abroad := slices.ContainsFunc(pages, func(p onboarding.Page) bool {
		return slices.ContainsFunc(p.Contacts.Phones, func(phone string) bool {
			return strings.HasPrefix(phone, "+") && !strings.HasPrefix(phone, "+1")
		})
	})
	for _, legal := range []bool{false, true} {
		if legal && len(info.Email) > 0 && len(info.Phone) > 0 {
			break
		}
		emails, phones := len(info.Email) == 0, len(info.Phone) == 0
		for i, p := range pages {
			if (kinds[i] == "legal") != legal {
				continue
			}
			addresses := slices.Clone(p.Contacts.Addresses)
			info.Address = appendNew(info.Address, slices.DeleteFunc(addresses, func(address string) bool {
				return abroad && american.MatchString(address)
			}))
			if emails {
				info.Email = appendNew(info.Email, p.Contacts.Emails)
			}
			if phones {
				info.Phone = appendPhones(info.Phone, p.Contacts.Phones)
			}
		}
	}
	return info
}

// american matches an address with a state and code of the United States. Beside a
// telephone number of another country it is left over from a template.
var american = regexp.MustCompile(`\b[A-Z]{2},? \d{5}(?:-\d{4})?\b`)

// minPhoneDigits is the least number of digits that two ways to write a number share.
const minPhoneDigits = 7

// appendPhones adds the numbers that are not known in another way of writing: with or
// without the code of the country, with its zero or without.
func appendPhones(list onboarding.List, phones []string) onboarding.List {
	for _, phone := range phones {
		core := phoneCore(phone)
		known := slices.ContainsFunc(list, func(other string) bool {
			o := phoneCore(other)
			return o == core || min(len(o), len(core)) >= minPhoneDigits &&
				(strings.HasSuffix(o, core) || strings.HasSuffix(core, o))
		})
		if !known && len(list) < maxListed {
			list = append(list, phone)
		}
	}
	return list
}

// phoneCore are the digits of a number without leading zeros and without the zero in
// brackets.
func phoneCore(phone string) string {
	only := func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}
	return strings.TrimLeft(strings.Map(only, strings.ReplaceAll(phone, "(0)", "")), "0")
}

// socialMedia is the address on each platform that most pages show: an author's or a
// customer's stands on few.
func socialMedia(pages []onboarding.Page) map[string]string {
	shown := map[string]*textstat.Tally{}
	for i, p := range pages {
		for platform, address := range p.Socials {
			if shown[platform] == nil {
				shown[platform] = textstat.NewTally()
			}
			shown[platform].Add(address, i)
		}
	}
	profiles := map[string]string{}
	for platform, tally := range shown {
		profiles[platform] = tally.Top(1, 1)[0].Text
	}
	return profiles
}
