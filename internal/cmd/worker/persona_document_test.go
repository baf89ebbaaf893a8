package worker

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/drift"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/persona"
	"github.com/alwrity/onboarding/internal/style"
)

// docs/persona.txt is the persona of the sample site as it is made, and the README shows some of it.
func TestPersonaDocumentIsCurrent(t *testing.T) {
	site, err := CrawlFolder(t.Context(), os.DirFS("../dev/site"), nil, io.Discard)
	require.NoError(t, err)
	raw, err := json.Marshal(site)
	require.NoError(t, err)
	raw = bytes.ReplaceAll(raw, []byte(strings.TrimSuffix(site.URL, "/")), []byte("https://www.loosespoke.example"))
	site = onboarding.Site{}
	require.NoError(t, json.Unmarshal(raw, &site))
	analyzer, err := style.New(prometheus.NewRegistry(), style.Config{Brand: true})
	require.NoError(t, err)
	analysis, err := analyzer.Analyze(t.Context(), site)
	require.NoError(t, err)

	generator := persona.New(prometheus.NewRegistry())
	in := onboarding.PersonaSources{Website: site.URL, Analysis: analysis}
	made := Personas{
		Core: generator.Core(in), Platforms: map[onboarding.Platform]onboarding.PlatformPersona{}, Engine: "local",
	}
	for _, p := range []onboarding.Platform{onboarding.PlatformLinkedIn, onboarding.PlatformInstagram} {
		made.Platforms[p], err = generator.Platform(in, made.Core, p)
		require.NoError(t, err)
	}
	made.Quality = generator.Quality(in, made.Core, made.Platforms)
	var shown bytes.Buffer
	require.NoError(t, WritePersonas(&shown, made))
	report := strings.TrimSpace(shown.String()) + "\n"
	drift.File(t, "../../../docs/persona.txt", report)
	excerpt := entry(t, report, "CORE PERSONA", "Brand voice description") +
		entry(t, report, "PERSONA FOR LINKEDIN", "Sample post")
	drift.Block(t, "../../../README.md", "persona", "```\n"+excerpt+"```")
}

// entry returns the lines of one value of a section of the report.
func entry(t *testing.T, report, section, label string) string {
	t.Helper()
	_, rest, found := strings.Cut(report, section)
	require.True(t, found, section)
	lines := regexp.MustCompile(`(?m)^  ` + label + ` .*\n(?:   .*\n)*`).FindString(rest)
	require.NotEmpty(t, lines, label)
	return lines
}
