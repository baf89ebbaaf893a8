package training

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/maintext"
)

// folder returns n pages of two types on hosts of their own: services with sections, and forums with posts and
// signatures.
func folder(t *testing.T, n int) fstest.MapFS {
	t.Helper()
	files, truths := fstest.MapFS{}, map[string]any{}
	for i := range n {
		id, kind, body, want := fmt.Sprintf("%04d", i), "service", "", ""
		for k := range 6 {
			text := fmt.Sprintf("Part %d of page %d tells what we do for farms, which is a lot, and how long it takes us.", k, i)
			if i%2 == 0 {
				body += "<section><p>" + text + "</p></section>"
			} else {
				kind = "forum"
				body += `<div class="post"><p>` + text + `</p><p class="signature">Sent from the barn of member ` + fmt.Sprint(k) + "</p></div>"
			}
			want += text + "\n"
		}
		page := "<title>Page</title><nav><a href=/>Home</a><a href=/a>About</a></nav><main>" + body + "</main><footer><p>All rights</p></footer>"
		var zipped bytes.Buffer
		z := gzip.NewWriter(&zipped)
		_, err := z.Write([]byte(page))
		require.NoError(t, err)
		require.NoError(t, z.Close())
		files["html/"+id+".html.gz"] = &fstest.MapFile{Data: zipped.Bytes()}
		truths[id] = map[string]string{"url": fmt.Sprintf("https://h%d.example/%s", i, kind), "page_type": kind, "main_content": want}
	}
	raw, err := json.Marshal(truths)
	require.NoError(t, err)
	files["ground-truth.json"] = &fstest.MapFile{Data: raw}
	return files
}

func load(t *testing.T, n int) []*Page {
	t.Helper()
	pages, err := Load(t.Context(), folder(t, n), func(int, int) {})
	require.NoError(t, err)
	return pages
}

func TestModelsLearnTheTextAndTheTypeOfPages(t *testing.T) {
	t.Parallel()
	pages := load(t, 30)
	Validate(pages, nil, func(int, string) {})
	report := NewReport(pages)
	assert.Greater(t, report.F1, 0.95, report)
	assert.Greater(t, report.TypeAccuracy, 0.95, report)
	assert.Contains(t, report.String(), "n=30 f1=")
}

func TestTrainingIsRepeatable(t *testing.T) {
	t.Parallel()
	var files [2]bytes.Buffer
	for i := range files {
		require.NoError(t, Train(load(t, 10), func(string) {}).Encode(&files[i]))
	}
	assert.Equal(t, files[0].Bytes(), files[1].Bytes())
}

func TestLabels(t *testing.T) {
	t.Parallel()
	page := load(t, 2)[1]
	for i, label := range page.labels {
		text := page.described.Blocks[i].Text
		assert.Equal(t, strings.HasPrefix(text, "Part"), label > 0.5, text)
	}
}

func TestF1(t *testing.T) {
	t.Parallel()
	p := &Page{words: [][]string{{"a", "b"}, {"c"}}, wanted: map[string]int{"a": 1, "b": 1}, total: 2}
	assert.InDelta(t, 1, p.F1([]bool{true, false}), 1e-9)
	assert.InDelta(t, 0.8, p.F1([]bool{true, true}), 1e-9)
	assert.Zero(t, p.F1([]bool{false, false}))
	assert.InDelta(t, 1, (&Page{}).F1(nil), 1e-9, "both empty")
}

func TestFiguresOfTheConfidence(t *testing.T) {
	t.Parallel()
	sure, wrong := judgement{0.9, 0.95}, judgement{0.4, 0.3}
	assert.InDelta(t, 1, unsureAUC([]judgement{sure, wrong}), 1e-9)
	assert.Zero(t, unsureAUC([]judgement{{0.4, 0.95}, {0.9, 0.3}}))
	assert.InDelta(t, 0.075, calibration([]judgement{sure, wrong}), 1e-9)
}

func TestFaultsOfAFolder(t *testing.T) {
	t.Parallel()
	_, err := Load(t.Context(), fstest.MapFS{}, func(int, int) {})
	require.ErrorContains(t, err, "ground-truth.json")
	files := folder(t, 1)
	delete(files, "html/0000.html.gz")
	_, err = Load(t.Context(), files, func(int, int) {})
	require.ErrorContains(t, err, "page 0000")
	files["ground-truth.json"] = &fstest.MapFile{Data: []byte(`{"a":{"url":"https://a.example","page_type":"poem"}}`)}
	_, err = Load(t.Context(), files, func(int, int) {})
	require.ErrorContains(t, err, `unknown type "poem"`)
	assert.Len(t, maintext.Types, 7)
}
