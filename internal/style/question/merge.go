package question

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/style"
	"github.com/alwrity/onboarding/internal/wording"
)

// Bounds of what a model may write.
const (
	maxModelRunes   = 500
	maxModelEntries = 10
	maxModelName    = 100
)

// Merge returns the measured analysis with the additions of a model's answer to Prompt,
// by the lists of this package. It does not change measured. Measured values and what
// the user stated stay. Merge drops a model's texts that claim a measurable number
// and, for an analysis of a text, those about pages. Texts are folded to one line of
// at most 500 characters; lists grow to at most 10 entries. What the pages of a website
// or the measurements contradict (see support) is left out with a warning. An answer of another shape than
// the prompt's schema is an error that wraps onboarding.ErrBadAnswer.
func (p *Prompter) Merge(measured onboarding.Analysis, answer onboarding.Answer) (onboarding.Analysis, error) {
	given, err := decodeAnswer(answer.Value)
	if err != nil {
		return onboarding.Analysis{}, err
	}
	merged := measured
	values, asked := onboarding.ValuesOf(&merged), onboarding.ValuesOf(&given)
	site, known := measured.Crawl.URL != "", newSupport(measured)
	var written []string
	for _, path := range p.analyzer.JudgedPaths() {
		r := ruleOf(path, values[path].Kind() == reflect.Slice)
		r.site, r.support = site, known
		if (site || !slices.Contains(pageValues, path)) && r.merge(values[path], asked[path]) {
			written = append(written, path)
		}
	}
	model := cmp.Or(wording.Cut(tidy(answer.Model), maxModelName), "of unknown name")
	merged.Style.Meta = withModel(measured.Style.Meta, model, written)
	updateUncertainty(&merged.Style.Meta.Uncertainty, values)
	merged.Crawl.Warnings = append(slices.Clone(measured.Crawl.Warnings), known.warning()...)
	return merged, nil
}

// merge merges the model's value into the target, and reports whether it added
// anything.
func (r mergeRule) merge(target, given reflect.Value) bool {
	if local, ok := target.Interface().(onboarding.List); ok {
		list := r.list(local, given.Interface().(onboarding.List))
		target.Set(reflect.ValueOf(list))
		return len(list) > len(local)
	}
	local, value := target.Interface().(*onboarding.Judged), given.Interface().(*onboarding.Judged)
	if value == nil || (local != nil && (r.fills || local.Evidence == style.StatedByUser)) {
		return false
	}
	clean, ok := r.usable(value.Value)
	if !ok || !r.support.allows(r.path, clean) {
		return false
	}
	judged := onboarding.Judged{Value: clean}
	if evidence := tidy(value.Evidence); !isNothing(evidence) {
		if judged.Evidence, ok = r.usable(evidence); !ok || !r.support.quotesStandFor(r.path, judged.Evidence) {
			return false
		}
	}
	target.Set(reflect.ValueOf(&judged))
	return true
}

// list returns the local entries followed by the model's usable new ones. A rule that
// only fills adds those where there is no local entry.
func (r mergeRule) list(local, given onboarding.List) onboarding.List {
	list := slices.Clone(local)
	if r.fills && len(local) > 0 {
		return list
	}
	seen := map[string]bool{}
	for _, entry := range local {
		seen[entryKey(entry)] = true
	}
	for _, entry := range given {
		if len(list) >= maxModelEntries {
			break
		}
		clean, ok := r.usable(entry)
		if key := entryKey(clean); ok && !seen[key] && r.support.allows(r.path, clean) {
			seen[key] = true
			list = append(list, clean)
		}
	}
	return list
}

// usable returns the text as it may be shown. A text is not usable when it says
// nothing, claims a measured number, has a web address, which only a page can have
// injected, or speaks about a website in the analysis of a text.
func (r mergeRule) usable(text string) (string, bool) {
	text = wording.Cut(tidy(text), maxModelRunes)
	switch {
	case isNothing(text), measuredClaim.MatchString(text), strings.Contains(text, "://"):
		return "", false
	case r.fills && strings.ContainsFunc(text, unicode.IsNumber):
		return "", false
	case !r.site && r.assesses() && usesSite(text):
		return "", false
	}
	return text, true
}

// entryKey is equal for entries that differ in case and outer marks only.
func entryKey(entry string) string {
	return strings.ToLower(strings.TrimFunc(entry,
		func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }))
}

// withModel returns the meta of an analysis that a model contributed to.
func withModel(meta onboarding.Meta, model string, written []string) onboarding.Meta {
	meta.Engine = model
	meta.Notes = slices.DeleteFunc(slices.Clone(meta.Notes), func(note string) bool { return note == style.WithoutModel })
	added := "added nothing"
	if len(written) > 0 {
		added = "wrote all or part of: " + strings.Join(written, ", ")
	}
	meta.Notes = append(meta.Notes, fmt.Sprintf("Judged by the model %s too, which %s.", model, added))
	return meta
}

// updateUncertainty removes the values that a model filled from the uncertain ones, and corrects
// the reason of the others that no model was used.
func updateUncertainty(u *onboarding.Uncertainty, values map[string]reflect.Value) {
	fields, reasons := onboarding.List{}, map[string]string{}
	for _, path := range u.Fields {
		value, known := values[path]
		if known && !onboarding.IsEmpty(value) {
			continue
		}
		fields = append(fields, path)
		if reasons[path] = u.Reasons[path]; reasons[path] == style.NoModel {
			reasons[path] = "Only a language model can judge this; the one used gave no answer."
		}
	}
	u.Fields, u.Reasons = fields, reasons
}
