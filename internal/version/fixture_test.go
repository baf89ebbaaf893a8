package version_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
	"github.com/alwrity/onboarding/internal/version"
)

// owner is a user whose documents are stored as submissions store them.
type owner struct {
	t       *testing.T
	db      pgtest.Database
	id      string
	session uuid.UUID
}

func newOwner(t *testing.T, db pgtest.Database, id string) *owner {
	t.Helper()
	session, err := postgres.Session(t.Context(), db.App, id)
	require.NoError(t, err)
	return &owner{t, db, id, session.ID}
}

// keep stores results in a transaction of the user.
func (o *owner) keep(r version.Results) {
	o.t.Helper()
	require.NoError(o.t, postgres.InTx(o.t.Context(), o.db.App, o.id, func(_ pgx.Tx, q *postgres.Queries) error {
		together := func(do func(context.Context, *postgres.Queries) error) error {
			return postgres.ReadTogether(o.t.Context(), q, func(q *postgres.Queries) error { return do(o.t.Context(), q) })
		}
		if err := together(r.Read); err != nil {
			return err
		}
		if err := r.Decide(); err != nil {
			return err
		}
		return together(r.Write)
	}))
}

// ends makes a submission the newest of its step, and its result what the step holds unless it is proposed.
func (o *owner) ends(step onboarding.StepNumber, submission uuid.UUID) {
	o.t.Helper()
	o.db.Exec(o.t, `update onboarding_steps set submission_id = $1, result_submission_id = case when exists
		(select from document_versions where submission_id = $1 and state = 'proposed') then result_submission_id else $1 end
		where session_id = $2 and step = $3`, submission, o.session, step)
}

func (o *owner) submission() onboarding.Submission {
	return onboarding.Submission{ID: uuid.New(), SessionID: o.session, UserID: o.id}
}

func personas(tone string) onboarding.Personas {
	return onboarding.Personas{
		Core: json.RawMessage(fmt.Sprintf(`{"tonal_range": {"default_tone": %q}}`, tone)),
		Platforms: map[onboarding.Platform]json.RawMessage{
			onboarding.PlatformBlog: json.RawMessage(`{"platform_type": "blog"}`),
		},
		Quality: json.RawMessage(`{"overall_score": 80}`), Selected: []onboarding.Platform{onboarding.PlatformBlog},
	}
}

// generates stores generated personas and returns their submission.
func (o *owner) generates(tone string) uuid.UUID {
	o.t.Helper()
	s := o.submission()
	o.keep(version.Results{Personas: []*version.Personas{{
		Submission: s, Personas: personas(tone), Engine: "gpt", Provider: "openai",
		BasedOn: &onboarding.BasedOn{AnalysisID: 1, Version: 1, Website: "https://a.example"},
	}}})
	o.ends(onboarding.StepPersonalization, s.ID)
	return s.ID
}

// saves stores personas of the client.
func (o *owner) saves(tone string) {
	o.t.Helper()
	s := o.submission()
	o.keep(version.Results{Personas: []*version.Personas{version.ImportedPersonas(s, personas(tone))}})
	o.ends(onboarding.StepPersonalization, s.ID)
}

func (o *owner) restore(d version.Document, number int) (restored int, err error) {
	o.t.Helper()
	err = postgres.InTx(o.t.Context(), o.db.App, o.id, func(_ pgx.Tx, q *postgres.Queries) (err error) {
		restored, err = version.Restore(o.t.Context(), q, o.session, d, number)
		return err
	})
	return restored, err
}

func (o *owner) queries() *postgres.Queries { return postgres.AsUser(o.db.App, o.id) }

func (o *owner) stored() onboarding.StoredPersonas {
	o.t.Helper()
	stored, err := postgres.Personas(o.t.Context(), o.db.App, o.id)
	require.NoError(o.t, err)
	return stored
}

// versions lists the versions of a document, the newest first, as "number state origin".
func (o *owner) versions(d version.Document) []string {
	o.t.Helper()
	versions, err := version.List(o.t.Context(), o.queries(), o.id, d)
	require.NoError(o.t, err)
	lines := []string{}
	for _, v := range versions {
		line := fmt.Sprintf("%d %s %s", v.Number, v.State, v.Origin)
		if v.RestoredFrom != nil {
			line += fmt.Sprintf(" from %d", *v.RestoredFrom)
		}
		lines = append(lines, line)
	}
	return lines
}

// tone reads the tone of a version.
func (o *owner) tone(number int) string {
	o.t.Helper()
	_, content, err := version.Get(o.t.Context(), o.queries(), o.id, version.Document{}, number)
	require.NoError(o.t, err)
	return toneOf(o.t, content)
}

func toneOf(t *testing.T, content []byte) string {
	t.Helper()
	var decoded struct {
		Core struct {
			Range struct {
				Tone string `json:"default_tone"`
			} `json:"tonal_range"`
		} `json:"core_persona"`
	}
	require.NoError(t, json.Unmarshal(content, &decoded))
	return decoded.Core.Range.Tone
}
