package style_test

import (
	"context"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/style"
	"github.com/alwrity/onboarding/internal/webpage"
)

func ExampleAnalyzer_Analyze() {
	analyzer, err := style.New(prometheus.NewRegistry(), style.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	text := "We repair bicycles while you wait. You can watch us, and you'll learn how it's done!\n\n" +
		"Our workshop is open to beginners who want to fix their own bicycle. Bring your bike and we help you.\n\n" +
		"A worn chain costs you speed. We measure it for free, and we tell you honestly when it can wait."
	site := webpage.FromText(onboarding.WebsiteInput{TextSample: text, Industry: "cycling"}, time.Time{})
	analysis, err := analyzer.Analyze(context.Background(), site)
	if err != nil {
		fmt.Println(err)
		return
	}
	voice, industry := analysis.Style.WritingStyle.Voice, analysis.Style.TargetAudience.IndustryFocus
	fmt.Printf("%s\n  %s\n", voice.Value, voice.Evidence)
	fmt.Printf("%s\n  %s\n", industry.Value, industry.Evidence)
	// Output:
	// first person plural, addressing the reader, active and passive
	//   of the words, 0% are I/me/my, 11% we/us/our, 12% you/your; 17% of the sentences are passive
	// cycling
	//   given by the user
}
