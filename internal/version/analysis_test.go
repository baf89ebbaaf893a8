package version_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/onboarding/submitted"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
	"github.com/alwrity/onboarding/internal/version"
)

const website = "https://a.example"

func analysis(tone string) onboarding.Analysis {
	var a onboarding.Analysis
	a.Style.WritingStyle.Tone = &onboarding.Judged{Value: tone, Evidence: "measured"}
	a.Style.Meta.Engine, a.Measured.Words, a.Crawl.Timestamp = "local", len(tone), time.Now()
	return a
}

// analyses stores the analysis of a website and returns its submission.
func (o *owner) analyses(tone string) onboarding.Submission {
	o.t.Helper()
	s := o.submission()
	o.keep(version.Results{Analyses: []*version.Analysis{
		{Submission: s, Website: website, Value: analysis(tone), Provider: "local"},
	}})
	o.ends(onboarding.StepWebsite, s.ID)
	return s
}

// posts stores an analysis of the client.
func (o *owner) posts(tone string) {
	o.t.Helper()
	s := o.submission()
	posted, err := submitted.ParseFlatAnalysis([]byte(`{"writing_style": {"tone": "` + tone + `"}}`))
	require.NoError(o.t, err)
	o.keep(version.Results{Analyses: []*version.Analysis{version.Imported(s, website, posted)}})
	o.ends(onboarding.StepWebsite, s.ID)
}

// edits changes the stored analysis.
func (o *owner) edits(tone string) {
	o.t.Helper()
	stored := o.analysis()
	edited, err := submitted.ParseFlatAnalysis([]byte(`{"writing_style": {"tone": "` + tone + `"}}`))
	require.NoError(o.t, err)
	require.NoError(o.t, postgres.InTx(o.t.Context(), o.db.App, o.id, func(_ pgx.Tx, q *postgres.Queries) error {
		return version.EditAnalysis(o.t.Context(), q, o.session, stored, submitted.Analysis(edited, &stored.Analysis))
	}))
}

func (o *owner) analysis() onboarding.StoredAnalysis {
	o.t.Helper()
	stored, err := postgres.AnalysisOf(o.t.Context(), o.queries(), o.id, website)
	require.NoError(o.t, err)
	return stored
}

// visible counts the versions that the user's connection sees.
func visible(t *testing.T, o *owner) (n int) {
	t.Helper()
	require.NoError(t, postgres.InTx(t.Context(), o.db.App, o.id, func(tx pgx.Tx, _ *postgres.Queries) error {
		return tx.QueryRow(t.Context(), "select count(*) from document_versions").Scan(&n)
	}))
	return n
}

// An analysis that says the same but for its time is no other version.
func TestReplacedAnalysesAreKept(t *testing.T) {
	t.Parallel()
	o := newOwner(t, pgtest.New(t), "ada")
	o.analyses("warm")
	read := o.analysis().Analysis.Crawl.Timestamp
	o.analyses("warm")
	d := version.Document{AnalysisID: o.analysis().ID}
	assert.Equal(t, []string{"1 current generated"}, o.versions(d))
	assert.True(t, o.analysis().Analysis.Crawl.Timestamp.After(read), "it was read again")
	o.analyses("dry")
	assert.Equal(t, []string{"2 current generated", "1 past generated"}, o.versions(d))
	_, err := version.List(t.Context(), o.queries(), o.id, version.Document{AnalysisID: d.AnalysisID + 1})
	require.ErrorIs(t, err, onboarding.ErrNotFound)
	assert.Empty(t, o.versions(ofPersonas))
}

func TestGeneratedForAnEditedAnalysisIsProposed(t *testing.T) {
	t.Parallel()
	o := newOwner(t, pgtest.New(t), "ada")
	o.analyses("warm")
	d := version.Document{AnalysisID: o.analysis().ID}
	o.posts("warm (measured)")
	assert.Equal(t, []string{"1 current generated"}, o.versions(d), "sending what was generated is no edit")
	o.edits("warm (measured)")
	assert.False(t, o.analysis().Edited, "neither is changing nothing")
	o.edits("mine")
	require.True(t, o.analysis().Edited)

	made := o.analyses("dry")
	assert.Equal(t, []string{"3 proposed generated", "2 current edited", "1 past generated"}, o.versions(d))
	assert.Equal(t, "mine", o.analysis().Analysis.Style.WritingStyle.Tone.Value)
	found, proposed, err := version.OrProposedAnalysis(t.Context(), o.queries(), made, o.analysis())
	require.NoError(t, err)
	assert.True(t, proposed)
	assert.Equal(t, "dry", found.Analysis.Style.WritingStyle.Tone.Value)
	made.ID = uuid.New()
	_, proposed, err = version.OrProposedAnalysis(t.Context(), o.queries(), made, o.analysis())
	require.NoError(t, err)
	assert.False(t, proposed)

	o.posts("dry (measured)")
	assert.Equal(t, []string{"3 current generated", "2 past edited", "1 past generated"}, o.versions(d))
	accepted := o.analysis()
	assert.Equal(t, 3, accepted.Analysis.Measured.Words, "what was measured comes with it")
	assert.Equal(t, "dry (measured)", accepted.Analysis.Style.WritingStyle.Tone.Text())
	assert.False(t, accepted.Edited)
}

func TestPostedAnalysesDeclineTheProposal(t *testing.T) {
	t.Parallel()
	o := newOwner(t, pgtest.New(t), "ada")
	o.posts("mine")
	assert.True(t, o.analysis().Edited, "the client's own")
	o.analyses("dry")
	o.posts("other")
	d := version.Document{AnalysisID: o.analysis().ID}
	assert.Equal(t, []string{"3 current edited", "2 declined generated", "1 past edited"}, o.versions(d))

	restored, err := o.restore(d, 2)
	require.NoError(t, err)
	assert.Equal(t, 4, restored)
	assert.Equal(t, "dry (measured)", o.analysis().Analysis.Style.WritingStyle.Tone.Text())
	assert.Equal(t, 2, o.analysis().RestoredFrom)
	_, err = o.restore(version.Document{AnalysisID: d.AnalysisID + 1}, 1)
	require.ErrorIs(t, err, onboarding.ErrNotFound)
}

// The versions of an analysis go with it.
func TestVersionsOfADeletedAnalysis(t *testing.T) {
	t.Parallel()
	o := newOwner(t, pgtest.New(t), "ada")
	o.analyses("warm")
	o.analyses("dry")
	require.Equal(t, 1, visible(t, o))
	_, err := o.queries().DeleteWebsiteAnalysis(t.Context(), o.analysis().ID)
	require.NoError(t, err)
	assert.Zero(t, visible(t, o))
}
