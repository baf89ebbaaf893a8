package style

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/textstat"
	"github.com/alwrity/onboarding/internal/wording"
)

// fill runs every rule and records the reasons for empty values.
func fill(ctx context.Context, e *evidence, analysis *onboarding.Analysis) error {
	judged := onboarding.ValuesOf(analysis)
	for _, r := range e.a.activeRules() {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("fill analysis: %w", err)
		}
		if r.obstacle(e) != "" {
			continue
		}
		switch target := judged[r.path]; {
		case r.value != nil:
			if value := r.value(e); value.Value != "" {
				target.Set(reflect.ValueOf(&value))
			}
		case r.list != nil:
			target.Set(reflect.ValueOf(onboarding.List(r.list(e))))
		}
	}
	analysis.Style.Meta.Uncertainty = uncertainty(e, judged)
	return nil
}

// uncertainty lists the empty values with reasons: the judged and measured ones, and
// the owner's name and slogan; and the pages, where the main text of some is uncertain.
func uncertainty(e *evidence, judged map[string]reflect.Value) onboarding.Uncertainty {
	u := onboarding.Uncertainty{Fields: onboarding.List{}, Reasons: map[string]string{}}
	for _, r := range slices.Concat(e.a.activeRules(), measuredRules) {
		if onboarding.IsEmpty(judged[r.path]) {
			u.Fields = append(u.Fields, r.path)
			u.Reasons[r.path] = cmp.Or(r.reason(e), r.missing)
		}
	}
	if _, unsure := e.extraction(); len(unsure) > 0 {
		const path = "crawl_result.pages"
		u.Fields = append(u.Fields, path)
		u.Reasons[path] = "Parts of the main text may be missing, or other text may stand beside it: " +
			strings.Join(unsure[:min(len(unsure), 5)], ", ") + "."
	}
	slices.Sort(u.Fields)
	return u
}

// reason returns why the value of this text is empty, "" for no other reason than that of all texts.
func (r rule) reason(e *evidence) string {
	if obstacle := r.obstacle(e); obstacle != "" || r.why == nil {
		return obstacle
	}
	return r.why(e)
}

// obstacle returns why the rule can't be applied to this text, "" when it can.
func (r rule) obstacle(e *evidence) string {
	switch {
	case r.stated != nil && r.stated(e.source()) != "":
		return ""
	case r.website && !e.isSite():
		return "Only a website shows this; the analysis was made from a text."
	case r.languages.covers != nil && !r.languages.covers(e.m.Language):
		return fmt.Sprintf("%s; %s %s.", r.languages.reason, textIsIn(e.m.Language), wording.Language(e.m.Language))
	case e.m.ProseWords < r.least:
		return fmt.Sprintf("This takes at least %d words of running text; there are %d.", r.least, e.m.ProseWords)
	}
	return ""
}

func textIsIn(lang onboarding.TextLanguage) string {
	if lang.Code != "" && textstat.RulesOf(lang) == "" {
		return "it is not certain that the text is in"
	}
	return "the text is in"
}

// Values returns the JSON of every value of the analysis that a local rule fills
// and that is not empty, by path.
func Values(analysis onboarding.Analysis) map[string]string {
	judged := onboarding.ValuesOf(&analysis)
	values := map[string]string{}
	for _, path := range LocalPaths() {
		if v := judged[path]; !onboarding.IsEmpty(v) {
			// Strings and lists of strings can't fail to be marshalled.
			raw, _ := json.Marshal(v.Interface())
			values[path] = string(raw)
		}
	}
	return values
}
