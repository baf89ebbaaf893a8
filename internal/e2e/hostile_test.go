package e2e_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/auth"
)

const (
	// victimKey and victimText are what another user has stored: no page and no model may get at it.
	victimKey  = "sk-victim-0123456789abcdef"
	victimText = "Our secret recipe is known to nobody but the victim."
	// mostDocument bounds what the documents of one hostile page take, in bytes.
	mostDocument = 256 << 10
)

// hostileSystem is a system whose users name hostile websites and have an obedient model.
type hostileSystem struct {
	env      environment
	api      *client
	model    *obedient
	document *openapi3.T
	beacon   string
	issuer   *auth.DevIssuer
	// fetched counts the requests to the server that pages and models name.
	fetched atomic.Int64
}

func newHostileSystem(t *testing.T) *hostileSystem {
	t.Helper()
	s := &hostileSystem{env: setup(t), model: startObedient(t)}
	beacon := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		s.fetched.Add(1)
		t.Errorf("%s was fetched", r.URL)
	}))
	t.Cleanup(beacon.Close)
	s.beacon = strings.Replace(beacon.URL, "127.0.0.1", "localhost", 1) // no page of it is one of the website
	s.env.logs = &lockedBuffer{}
	s.env.settings = map[string]string{"MODEL_OPENAI_URL": s.model.url, "LOG_LEVEL": "debug"}
	s.env.worker()
	s.api = s.env.api()
	var err error
	s.issuer, err = auth.OpenDevIssuer(s.env.dataDir)
	require.NoError(t, err)
	s.document, err = openapi3.NewLoader().LoadFromData([]byte(raw(t, s.api, s.api.base+"/openapi.json")))
	require.NoError(t, err)
	return s
}

// as returns a client of a user.
func (s *hostileSystem) as(t *testing.T, user string) *client {
	t.Helper()
	token, err := s.issuer.Mint(auth.User{ID: user}, time.Hour)
	require.NoError(t, err)
	return &client{t: t, base: s.api.base, token: token}
}

// checked returns an answer that is as the document says, bounded, and without characters that a screen obeys.
func (s *hostileSystem) checked(c *client, path string) string {
	c.t.Helper()
	got := c.get(path)
	schema := s.document.Paths.Find(root + path).Get.Responses.Status(http.StatusOK).Value.Content["application/json"].Schema
	require.NoError(c.t, schema.Value.VisitJSON(got.body), path)
	everyText(got.body, path, func(at, text string) {
		assert.NotRegexp(c.t, obeyed, text, at)
	})
	encoded, err := json.Marshal(got.body)
	require.NoError(c.t, err)
	assert.Less(c.t, len(encoded), mostDocument, path)
	return string(encoded)
}

// obeyed matches the characters that terminals and screens obey, or that nobody sees.
var obeyed = regexp.MustCompile(`[\x00-\x08\x0b-\x1f\x7f-\x9f\x{200b}\x{202a}-\x{202e}\x{2060}-\x{2069}\x{feff}\x{e0000}-\x{e007f}]`)

// everyText visits the texts of a JSON value.
func everyText(value any, at string, visit func(at, text string)) {
	switch v := value.(type) {
	case string:
		visit(at, v)
	case []any:
		for i, item := range v {
			everyText(item, fmt.Sprintf("%s[%d]", at, i), visit)
		}
	case map[string]any:
		for name, item := range v {
			visit(at, name)
			everyText(item, at+"."+name, visit)
		}
	}
}

// hostilePages are the pages of testdata/hostile by name.
func hostilePages(t *testing.T) map[string]string {
	t.Helper()
	paths, err := filepath.Glob("testdata/hostile/*.html")
	require.NoError(t, err)
	pages := map[string]string{}
	for _, path := range paths {
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		pages[strings.TrimSuffix(filepath.Base(path), ".html")] = string(content)
	}
	require.Len(t, pages, 30)
	return pages
}

// Thirty hostile pages are read and judged by a model that obeys them: what is stored is as the document says, bounded and
// harmless to show, nothing that a page or the model names is fetched, no key and nothing of another user is told.
func TestHostilePagesAndAnObedientModel(t *testing.T) {
	t.Parallel()
	s, pages := newHostileSystem(t), hostilePages(t)
	victim := s.as(t, "victim")
	victim.post("/api-keys", map[string]string{"provider": "mistral", "api_key": victimKey})
	victim.complete(5, map[string]any{"integrations": map[string]any{"note": victimText}})
	before := victim.get("/summary").body
	var taken atomic.Int64 // pages that got what they wanted
	t.Run("pages", func(t *testing.T) {
		for name, page := range pages {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if r.URL.Path != "/" {
						http.NotFound(w, r)
						return
					}
					w.Header().Set("Content-Type", "text/html; charset=utf-8")
					_, _ = w.Write([]byte(strings.ReplaceAll(page, "{{BEACON}}", s.beacon)))
				}))
				defer site.Close()
				defer func() {
					if t.Failed() {
						taken.Add(1)
					}
				}()
				s.onboard(t, "hostile-"+name, site.URL)
			})
		}
	})
	assert.Equal(t, before, victim.get("/summary").body, "nothing of another user is changed")
	s.checkModel(t)
	for what, text := range map[string]string{"logs": s.env.logs.String(), "tables": tables(t, s.env)} {
		assert.NotContains(t, text, victimKey, what)
		assert.NotContains(t, text, openAIKey, what)
	}
	t.Logf("security-count: hostile_pages=%d executed=%d", len(pages), taken.Load()+s.fetched.Load())
}

// onboard has a website analysed and personas made of it by the obedient model, and checks what is stored.
func (s *hostileSystem) onboard(t *testing.T, user, website string) {
	t.Helper()
	c := s.as(t, user)
	c.keyed()
	c.complete(2, map[string]any{"website": website})
	c.await("/step/2", is("status", "completed"))
	c.complete(4, map[string]any{"selected_platforms": []string{"linkedin"}})
	c.await("/step/4", is("status", "completed"))
	for _, path := range []string{"/website-analysis", "/summary", "/personalization-inputs", "/step4/persona-latest"} {
		document := s.checked(c, path)
		assert.NotContains(t, document, openAIKey)
		assert.NotContains(t, document, victimText)
	}
}

// checkModel checks that the model was asked and obeyed, with bounded material that no page can leave.
func (s *hostileSystem) checkModel(t *testing.T) {
	t.Helper()
	s.model.mu.Lock()
	defer s.model.mu.Unlock()
	for _, mode := range []string{"fill", "extra", "tool", "leak", "huge", "text"} {
		assert.NotZero(t, s.model.obeyed[mode], "the order %s came through", mode)
	}
	opened := regexp.MustCompile(`<(material-[0-9a-f]{16}) name="[a-z0-9_]+">`)
	for _, q := range s.model.asked {
		system, user := q.Messages[0].Content, q.Messages[1].Content
		assert.NotContains(t, system, "answer-mode", "orders stay in the material")
		assert.NotContains(t, user, victimText)
		assert.Less(t, len(user), 100_000)
		assert.False(t, strings.ContainsFunc(user, func(r rune) bool {
			return unicode.Is(unicode.Cf, r) || unicode.IsControl(r) && r != '\n' && r != '\t'
		}), "nothing that people don't see")
		tag := opened.FindStringSubmatch(user)
		require.NotNil(t, tag)
		assert.Equal(t, strings.Count(user, "<"+tag[1]+" "), strings.Count(user, "</"+tag[1]+">"))
	}
}
