package training

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/maintext"
)

// sure is the F1 below which a page counts as read wrong.
const sure = 0.8

// Validate trains a model for each fold on the pages outside it, those of extra too, and judges the pages in it. The
// confidence of a fold's pages rests on the mean F1 that the other folds have by type.
func Validate(pages, extra []*Page, progress func(fold int, step string)) {
	for fold := range Folds {
		seen, unseen := split(pages, fold)
		more, moreUnseen := split(extra, fold)
		model := Train(append(append([]*Page{}, seen...), more...), func(step string) { progress(fold, step) })
		Judge(model, append(unseen, moreUnseen...))
	}
	confidences := make([]float64, len(pages))
	for fold := range Folds {
		seen, _ := split(pages, fold)
		model := maintext.Model{TypeF1: TypeF1(seen)}
		for i, p := range pages {
			if p.fold == fold {
				confidences[i] = model.Confidence(p.choice.Confidence, p.choice.Types)
			}
		}
	}
	for i, p := range pages {
		p.choice.Confidence = confidences[i]
	}
}

// TypeF1 returns the mean F1 of judged pages by type, in the order of maintext.Types; that of all where a type has
// none.
func TypeF1(pages []*Page) []float64 {
	report := NewReport(pages)
	means := make([]float64, len(maintext.Types))
	for k, kind := range maintext.Types {
		means[k] = report.F1
		if f1, known := report.ByType[kind]; known {
			means[k] = f1
		}
	}
	return means
}

// JudgeBuiltIn judges pages with the model that is built into the program.
func JudgeBuiltIn(pages []*Page) {
	for _, p := range pages {
		p.choice = maintext.Read(p.described)
	}
}

// Judge judges pages with a model.
func Judge(model *maintext.Model, pages []*Page) {
	for _, p := range pages {
		p.choice = model.Judge(p.sheet)
	}
}

// Report holds the figures of judged pages.
type Report struct {
	Pages int
	// F1 is the mean over the pages, ByType over those of each type.
	F1     float64
	ByType map[maintext.Type]float64
	// TypeAccuracy is the share of pages whose type is right.
	TypeAccuracy float64
	// UnsureAUC is the probability that a page that was read wrong (F1 below 0.8) has a lower confidence than one that
	// was read right. Calibration is the expected calibration error of the confidence, over ten parts of equal size.
	UnsureAUC, Calibration float64
}

// NewReport measures judged pages.
func NewReport(pages []*Page) Report {
	r := Report{Pages: len(pages), ByType: map[maintext.Type]float64{}}
	counts := map[maintext.Type]float64{}
	var judged []judgement
	for _, p := range pages {
		f1 := p.F1(p.choice.Keep)
		judged = append(judged, judgement{p.choice.Confidence, f1})
		r.F1 += f1 / float64(len(pages))
		r.ByType[p.Type] += f1
		counts[p.Type]++
		if p.choice.Type == p.Type {
			r.TypeAccuracy += 1 / float64(len(pages))
		}
	}
	for kind := range counts {
		r.ByType[kind] /= counts[kind]
	}
	r.UnsureAUC, r.Calibration = unsureAUC(judged), calibration(judged)
	return r
}

// judgement is a confidence and the F1 that it stands for.
type judgement struct{ confidence, f1 float64 }

func unsureAUC(judged []judgement) float64 {
	right, pairs := 0.0, 0.0
	for _, bad := range judged {
		for _, good := range judged {
			if bad.f1 >= sure || good.f1 < sure {
				continue
			}
			pairs++
			switch {
			case bad.confidence < good.confidence:
				right++
			case bad.confidence == good.confidence:
				right += 0.5
			}
		}
	}
	return right / max(pairs, 1)
}

func calibration(judged []judgement) float64 {
	const parts = 10
	judged = slices.SortedFunc(slices.Values(judged), func(a, b judgement) int {
		return cmp.Compare(a.confidence, b.confidence)
	})
	sum := 0.0
	for k := range parts {
		part := judged[k*len(judged)/parts : (k+1)*len(judged)/parts]
		off := 0.0
		for _, j := range part {
			off += j.confidence - j.f1
		}
		sum += math.Abs(off)
	}
	return sum / float64(max(len(judged), 1))
}

// String renders the figures, the types in their order.
func (r Report) String() string {
	var types strings.Builder
	for _, kind := range maintext.Types {
		if f1, known := r.ByType[kind]; known {
			fmt.Fprintf(&types, " %s=%.3f", kind, f1)
		}
	}
	return fmt.Sprintf("n=%d f1=%.3f%s type_accuracy=%.3f unsure_auc=%.3f calibration_error=%.3f", r.Pages, r.F1,
		types.String(), r.TypeAccuracy, r.UnsureAUC, r.Calibration)
}

// Score is the F1 of one judged page.
func (p *Page) Score() float64 { return p.F1(p.choice.Keep) }

// Choice is the judgement of a judged page.
func (p *Page) Choice() maintext.Choice { return p.choice }
