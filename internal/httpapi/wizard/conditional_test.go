package wizard_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/httpapi/apitest"
	"github.com/alwrity/onboarding/internal/onboarding"
)

// conditionalPaths are those of all operations of the document that may answer 304.
func conditionalPaths(t *testing.T, fill *strings.Replacer) (paths []string) {
	t.Helper()
	doc, err := apitest.Described()
	require.NoError(t, err)
	for path, item := range doc.Paths.Map() {
		if item.Get != nil && item.Get.Responses.Value("304") != nil {
			paths = append(paths, fill.Replace(path))
		}
	}
	require.Greater(t, len(paths), 12)
	return paths
}

// A cached answer reaches no other user: a tag of one matches an answer of the other only
// if that is the same in every byte.
func TestTagsOfOneUserAreNoneOfAnother(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	for _, user := range []string{"ada", "bob"} {
		r := f.As(user, http.MethodPost, apitest.PathSubmit, `{"data":{"website":"`+user+`.example"}}`)
		require.Equal(t, 202, r.Status, "%s", r.Body)
		r = f.As(user, http.MethodPost, apitest.Base+
			"/api-keys", `{"provider":"openai","api_key":"`+apitest.AModelKey+user+`"}`)
		require.Equal(t, 200, r.Status, "%s", r.Body)
	}
	paths := conditionalPaths(t, strings.NewReplacer("{n}", "2", "{id}", "1", "{url}", "ada.example", "{user_id}", "1"))
	differ := 0
	for _, path := range paths {
		ada := f.As("ada", http.MethodGet, path, "")
		if ada.Status != http.StatusOK {
			continue
		}
		bob := f.As("bob", http.MethodGet, path, "", "If-None-Match", ada.Header.Get("ETag"))
		if bob.Status != http.StatusNotModified {
			differ++
			continue
		}
		assert.Equal(t, string(ada.Body), string(f.As("bob", http.MethodGet, path, "").Body), path)
	}
	assert.GreaterOrEqual(t, differ, 7)
}

// A cached answer never freezes a progress that moves: while work goes on, every answer
// that shows its progress is another one, and shows more.
func TestCachedAnswersDoNotFreezeProgress(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	apitest.SubmitWebsite(t, f, "example.com")
	shown := map[string]func(map[string]any) any{
		apitest.Base + "/step/2": func(body map[string]any) any { return body["progress"] },
		apitest.Base + "/progress": func(body map[string]any) any {
			return apitest.At(t, body["steps"].([]any)[1], "progress")
		},
		apitest.Base + "/init": func(body map[string]any) any {
			return apitest.At(t, apitest.At(t, body, "onboarding", "steps").([]any)[1], "progress")
		},
	}
	last, tags := map[string]float64{}, map[string]string{}
	for range 4 {
		_, err := f.DB.System.Exec(t.Context(), "update submissions set phase_at = phase_at - interval '1 second'")
		require.NoError(t, err)
		for path, progress := range shown {
			r := f.As("ada", http.MethodGet, path, "", "If-None-Match", tags[path])
			require.Equal(t, 200, r.Status, path)
			now, ok := progress(r.Object(t)).(float64)
			require.True(t, ok, path)
			assert.Greater(t, now, last[path], path)
			last[path], tags[path] = now, r.Header.Get("ETag")
		}
	}
}

// Whatever shows a progress between two changes of the session is in the test above.
func TestWhatShowsProgressIsKnown(t *testing.T) {
	t.Parallel()
	doc, err := apitest.Described()
	require.NoError(t, err)
	showing := []string{}
	for path, item := range doc.Paths.Map() {
		if item.Get != nil && item.Get.Responses.Value("304") != nil &&
			names(item.Get.Responses.Value("200").Value.Content.Get("application/json").Schema, "progress", 4) {
			showing = append(showing, path)
		}
	}
	assert.ElementsMatch(t, []string{apitest.Base + "/step/{n}", apitest.Base + "/progress", apitest.Base +
		"/init", step4 + "/persona-task/{id}"}, showing)
}

// names reports whether a schema has a property of that name down to a depth.
func names(schema *openapi3.SchemaRef, name string, depth int) bool {
	if schema == nil || depth == 0 {
		return false
	}
	for property, value := range schema.Value.Properties {
		if property == name || names(value, name, depth-1) {
			return true
		}
	}
	for _, choice := range schema.Value.AnyOf {
		if names(choice, name, depth-1) {
			return true
		}
	}
	return names(schema.Value.Items, name, depth-1)
}

// A kept response is never an old one: after each change a process that keeps responses answers like
// one that has kept none, whichever process made the change.
func TestKeptResponsesAreCurrent(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	warm := apitest.NewOn(t, f.DB.App)
	paths := []string{apitest.Base + "/status", apitest.Base + "/resume", apitest.Base + "/progress"}
	for n := 1; n <= onboarding.StepCount; n++ {
		paths = append(paths, apitest.StepPath(n, ""))
	}
	tags := map[string]string{}
	check := func(after string) {
		t.Helper()
		fresh := apitest.NewOn(t, f.DB.App)
		for _, path := range paths {
			want := fresh.As("ada", http.MethodGet, path, "")
			same := tags[path] == want.Header.Get("ETag")
			got := warm.As("ada", http.MethodGet, path, "", "If-None-Match", tags[path])
			require.Equal(t, same, got.Status == http.StatusNotModified, "%s after %s", path, after)
			for range 2 {
				got = warm.As("ada", http.MethodGet, path, "")
				require.Equal(t, string(want.Body), string(got.Body), "%s after %s", path, after)
				tags[path] = got.Header.Get("ETag")
				require.Equal(t, want.Header.Get("ETag"), tags[path])
				require.Equal(t, want.Header.Get("Content-Type"), got.Header.Get("Content-Type"))
			}
			again := warm.As("ada", http.MethodGet, path, "", "If-None-Match", tags[path])
			require.Equal(t, http.StatusNotModified, again.Status, path)
			require.Empty(t, again.Header.Get("Content-Type"))
		}
	}
	send := func(method, path, body string) {
		t.Helper()
		r := f.As("ada", method, path, body)
		require.Less(t, r.Status, 300, "%s", r.Body)
		check(method + " " + path + " " + body)
	}
	check("nothing")
	apitest.Complete(t, f, apitest.SubmitWebsite(t, f, "example.com"))
	check("an analysis")
	id := int(f.OK(http.MethodGet, apitest.Base+"/website-analysis", "")["id"].(float64))
	analysis := fmt.Sprintf("%s/style-detection/analysis/%d", apitest.Base, id)
	send(http.MethodPut, analysis, `{"style_analysis":{"writing_style":{"tone":"dry"}}}`)
	send(http.MethodPost, apitest.StepPath(3, "/complete"), `{"data":{"research_depth":"Basic"}}`)
	send(http.MethodPost, apitest.StepPath(5, "/complete"), `{"data":{"integrations":{"wix":true}}}`)
	send(http.MethodDelete, analysis, "")
	send(http.MethodPost, apitest.Base+"/reset", `{}`)
	send(http.MethodPost, apitest.Base+"/reset", `{"delete_data":true}`)
	send(http.MethodPost, apitest.StepPath(3, "/skip"), "")
	send(http.MethodDelete, apitest.Base+"/account", "")
	send(http.MethodPost, apitest.StepPath(3, "/skip"), "")
}
