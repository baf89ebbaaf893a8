package e2e_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
)

// userTables are the tables of users' data.
const userTables = `
	select c.oid, c.relname from pg_class c
	where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
		and c.relname <> 'outbox_events' -- the end of an account is told when the account is gone
		and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'user_id' and not a.attisdropped)
		and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname in ('session_id', 'submission_id') and not a.attisdropped)`

var storageRequirements = map[string]requirement{
	"A1": func(t *testing.T, s *system) {
		s.as(t).analysed(s)
		assert.Zero(t, value[int](t, s.db, `select count(*) from (`+userTables+`) u where not exists (
			select from pg_constraint k where k.conrelid = u.oid and k.contype = 'f'
				and k.confrelid in ('onboarding_sessions'::regclass, 'submissions'::regclass))`), "tables without a foreign key")
	},
	"A2": func(t *testing.T, s *system) {
		ann, bob := s.named(t, "user_a2_ann"), s.named(t, "user_a2_bob")
		ann.analysed(s)
		id := ann.get("/website-analysis").text("id")
		require.NotEmpty(t, id)
		assert.Equal(t, "no_data", bob.get("/website-analysis").text("status"))
		assert.Equal(t, http.StatusNotFound, bob.call(http.MethodGet, root+"/style-detection/analysis/"+id, nil).status)
		assert.Zero(t, value[int](t, s.db, `select count(*) from (`+userTables+`) u join pg_class c on c.oid = u.oid
			where not (c.relrowsecurity and c.relforcerowsecurity)`), "tables without row-level security")
	},
	"A3": noFiles, "M1": noFiles,
	"A4": envFile, "E4": envFile,
	"A5": func(t *testing.T, _ *system) {
		for _, room := range []string{"postgres", "onboarding", "seal", "llm", "style", "persona", "personalize", "httpapi"} {
			assert.DirExists(t, filepath.Join("..", room))
		}
	},
	"D1": func(t *testing.T, s *system) {
		c := s.as(t)
		var group errgroup.Group
		for range 8 {
			group.Go(func() error { _, err := c.try(http.MethodGet, root+"/status", nil); return err })
		}
		require.NoError(t, group.Wait())
		assert.Equal(t, 1, value[int](t, s.db, `select count(*) from onboarding_sessions where user_id = 'user_D1'`))
		first := c.post("/start", nil).text("id")
		assert.Equal(t, first, c.post("/start", nil).text("id"))
	},
	"D2": func(t *testing.T, s *system) {
		c := s.as(t)
		c.keyed()
		keys := c.get("/api-keys")
		assert.Equal(t, "****cdef", keys.text("api_keys.openai"))
		sealed := value[[]byte](t, s.db, `select sealed from api_keys where user_id = 'user_D2'`)
		assert.NotContains(t, string(sealed), "requirements", "the key is sealed")
	},
	"D3": func(t *testing.T, s *system) {
		c := s.as(t)
		c.complete(2, map[string]any{
			"website":  "example.com",
			"analysis": map[string]any{"writing_style": map[string]any{"tone": "calm"}},
		})
		c.await("/step/2", is("status", "completed"))
		assert.Equal(t, "calm", c.get("/website-analysis").text("style_analysis.writing_style.tone"))
	},
	"D4": func(t *testing.T, s *system) {
		c := s.as(t)
		c.complete(3, map[string]any{"research_depth": "Deep", "content_types": []string{"News"}, "factual_content": false})
		c.post("/ai-research/configure-preferences", map[string]any{"research_depth": "Expert"})
		stored := c.get("/research-preferences")
		assert.Equal(t, "Expert", stored.text("research_depth"))
		assert.Equal(t, "[News]", stored.text("content_types"))
		assert.Equal(t, "false", stored.text("factual_content"), "what was left out is kept")
	},
	"D5": func(t *testing.T, s *system) {
		c := s.as(t)
		c.complete(4, map[string]any{
			"corePersona":      map[string]any{"identity": map[string]any{"persona_name": "The Baker"}},
			"platformPersonas": map[string]any{"blog": map[string]any{"platform_type": "blog"}},
		})
		c.await("/step/4", is("status", "completed"))
		assert.Equal(t, "The Baker", c.get("/step4/persona-latest").text("persona.core_persona.identity.persona_name"))
	},
	"D6": brandFlag, "E3": brandFlag,
	"T1": table("onboarding_sessions"), "T2": table("api_keys"), "T3": table("website_analyses"),
	"T4": table("research_preferences"), "T5": table("persona_data"),
	"T6": func(t *testing.T, s *system) {
		for _, name := range []string{"api_keys", "website_analyses", "research_preferences", "persona_data"} {
			assert.Equal(t, 1, value[int](t, s.db, `select count(*) from pg_constraint where contype = 'f'
				and conrelid = '`+name+`'::regclass and confrelid = 'onboarding_sessions'::regclass`), name)
		}
	},
	"T7": func(t *testing.T, s *system) {
		ann, bob := s.named(t, "user_t7_ann"), s.named(t, "user_t7_bob")
		ann.get("/status")
		bob.get("/status")
		_, err := s.db.Exec(t.Context(),
			`insert into research_preferences (session_id, user_id, research_depth, content_types, auto_research, factual_content)
			select id, 'user_t7_bob', 'Basic', '{News}', true, true from onboarding_sessions where user_id = 'user_t7_ann'`)
		assert.ErrorContains(t, err, "foreign key")
	},
	"T8": func(t *testing.T, s *system) {
		c := s.as(t)
		c.keyed()
		c.complete(3, map[string]any{"research_depth": "Basic"})
		_, err := s.db.Exec(t.Context(), `delete from onboarding_sessions where user_id = 'user_T8'`)
		require.NoError(t, err)
		assert.Zero(t, value[int](t, s.db, `select (select count(*) from api_keys where user_id = 'user_T8')
			+ (select count(*) from research_preferences where user_id = 'user_T8') + (select count(*) from step_events where user_id = 'user_T8')`))
	},
}

// table checks that a table exists.
func table(name string) requirement {
	return func(t *testing.T, s *system) {
		assert.True(t, value[bool](t, s.db, `select to_regclass('`+name+`') is not null`), name)
	}
}

// noFiles checks that no onboarding data is written to files.
func noFiles(t *testing.T, s *system) {
	c := s.as(t)
	marker := "marker-" + uuid.NewString()
	c.complete(5, map[string]any{"integrations": map[string]any{"note": marker}})
	require.NoError(t, filepath.WalkDir(s.env.dataDir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		assert.NotContains(t, string(content), marker, path)
		assert.NotContains(t, entry.Name(), "onboarding_progress")
		return err
	}))
}

// envFile checks that keys are written to .env locally and never in production.
func envFile(t *testing.T, s *system) {
	s.as(t).post("/api-keys", map[string]string{"provider": "mistral", "api_key": "mistral-of-the-env-file"})
	content, err := os.ReadFile(s.envFile)
	require.NoError(t, err)
	assert.Contains(t, string(content), "MISTRAL_API_KEY=mistral-of-the-env-file")
	info, err := os.Stat(s.envFile)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	refused, err := s.env.runWith(map[string]string{"DEPLOY_ENV": "", "ENV_FILE": s.envFile}, "api", "run")
	require.Error(t, err, "production wants its own settings")
	assert.Contains(t, refused, "SEAL_KEYS")
}

// brandFlag checks that the flag switches the brand analysis.
func brandFlag(t *testing.T, s *system) {
	folder := filepath.Join("..", "cmd", "dev", "site")
	with, err := s.env.runWith(nil, "worker", "analyze", folder)
	require.NoError(t, err, with)
	without, err := s.env.runWith(map[string]string{"ENABLE_WEBSITE_BRAND_COLUMNS": "false"}, "worker", "analyze", folder)
	require.NoError(t, err, without)
	assert.Contains(t, with, `"brand_voice": "`)
	assert.NotContains(t, without, `"brand_voice": "`)
	assert.Contains(t, strings.Join(strings.Fields(without), " "), `"brand_voice": null`)
}
