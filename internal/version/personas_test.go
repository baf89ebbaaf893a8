package version_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
	"github.com/alwrity/onboarding/internal/version"
)

var ofPersonas version.Document

// A replaced document is kept; one stored once, or again unchanged, has no row.
func TestReplacedPersonasAreKept(t *testing.T) {
	t.Parallel()
	o := newOwner(t, pgtest.New(t), "ada")
	assert.Empty(t, o.versions(ofPersonas))
	o.generates("warm")
	o.generates("warm")
	assert.Equal(t, []string{"1 current generated"}, o.versions(ofPersonas))
	assert.Zero(t, pgtest.One[int](t, o.db, "select count(*) from document_versions"))
	o.generates("dry")
	assert.Equal(t, []string{"2 current generated", "1 past generated"}, o.versions(ofPersonas))
	assert.Equal(t, "warm", o.tone(1))
	assert.Equal(t, "dry", o.tone(2))
	assert.Equal(t, pgtest.One[int](t, o.db, "select octet_length(content::text) from document_versions"),
		pgtest.One[int](t, o.db, "select bytes from document_versions"))
}

// A generation for edited personas is a proposal; a client accepts it by sending the same personas.
func TestGeneratedForEditedPersonasIsProposed(t *testing.T) {
	t.Parallel()
	o := newOwner(t, pgtest.New(t), "ada")
	o.generates("warm")
	o.saves("warm")
	assert.False(t, o.stored().Edited, "sending what was generated is no edit")
	assert.Equal(t, "client", o.stored().Engine)
	o.saves("mine")
	held := o.stored().SubmissionID
	require.True(t, o.stored().Edited)
	assert.NotNil(t, o.stored().BasedOn, "they were made from the same analysis")

	first, second := o.generates("dry"), o.generates("terse")
	assert.Equal(t, []string{"4 proposed generated", "3 declined generated", "2 current edited", "1 past generated"},
		o.versions(ofPersonas))
	assert.Equal(t, held, o.stored().SubmissionID, "what the user wrote counts")
	_, err := version.ProposedPersonas(t.Context(), o.queries(), o.id, first)
	require.ErrorIs(t, err, onboarding.ErrNotFound)
	proposed, err := version.ProposedPersonas(t.Context(), o.queries(), o.id, second)
	require.NoError(t, err)
	assert.Equal(t, 4, proposed.Version)
	assert.Equal(t, "gpt", proposed.Engine)
	assert.JSONEq(t, string(personas("terse").Core), string(proposed.Core))
	assert.Equal(t, personas("").Selected, proposed.Selected)

	o.saves("terse")
	assert.Equal(t, []string{"4 current generated", "3 declined generated", "2 past edited", "1 past generated"},
		o.versions(ofPersonas))
	stored := o.stored()
	assert.False(t, stored.Edited)
	assert.Equal(t, "gpt", stored.Engine, "what made the proposal")
	assert.Equal(t, personas("").Selected, stored.Selected)
	o.generates("plain")
	assert.Equal(t, "5 current generated", o.versions(ofPersonas)[0], "nothing is edited any more")
}

// Other personas than the proposed ones, also those that count already, decline the proposal.
func TestSavedPersonasDeclineTheProposal(t *testing.T) {
	t.Parallel()
	for _, tone := range []string{"mine", "other"} {
		t.Run(tone, func(t *testing.T) {
			t.Parallel()
			o := newOwner(t, pgtest.New(t), "ada")
			o.saves("mine")
			o.generates("dry")
			o.saves(tone)
			assert.Contains(t, o.versions(ofPersonas), "2 declined generated")
			assert.True(t, o.stored().Edited)
			restored, err := o.restore(ofPersonas, 2)
			require.NoError(t, err)
			assert.Equal(t, "dry", o.tone(restored))
		})
	}
}

// Edited personas that their step does not hold, after a reset, count for nothing.
func TestPersonasThatDoNotCountAreReplaced(t *testing.T) {
	t.Parallel()
	o := newOwner(t, pgtest.New(t), "ada")
	o.saves("mine")
	o.db.Exec(t, "update onboarding_steps set result_submission_id = null")
	o.generates("dry")
	assert.Equal(t, []string{"2 current generated", "1 past edited"}, o.versions(ofPersonas))
}

func TestRestoringPersonas(t *testing.T) {
	t.Parallel()
	o := newOwner(t, pgtest.New(t), "ada")
	o.generates("warm")
	o.saves("mine")
	o.generates("dry")
	held := o.stored().SubmissionID

	restored, err := o.restore(ofPersonas, 1)
	require.NoError(t, err)
	assert.Equal(t, 4, restored)
	assert.Equal(t, []string{"4 current restored from 1", "3 proposed generated", "2 past edited", "1 past generated"},
		o.versions(ofPersonas))
	assert.Equal(t, "warm", o.tone(4))
	assert.False(t, o.stored().Edited, "there is nothing of the user in it")
	assert.Equal(t, held, o.stored().SubmissionID, "the step holds it")

	restored, err = o.restore(ofPersonas, 2)
	require.NoError(t, err)
	assert.True(t, o.stored().Edited)
	_, err = o.restore(ofPersonas, restored-1)
	require.NoError(t, err)
	assert.Equal(t, "6 current restored from 1", o.versions(ofPersonas)[0], "whose content it is")

	restored, err = o.restore(ofPersonas, 3)
	require.NoError(t, err)
	assert.Equal(t, 7, restored, "what was proposed before others is the newest now")
	assert.Equal(t, "7 current generated", o.versions(ofPersonas)[0])
	assert.NotContains(t, strings.Join(o.versions(ofPersonas), "\n"), "proposed")

	_, err = o.restore(ofPersonas, 7)
	var conflict *onboarding.ConflictError
	require.ErrorAs(t, err, &conflict)
	assert.Equal(t, "version_is_current", conflict.Code)
	_, err = o.restore(ofPersonas, 99)
	require.ErrorIs(t, err, onboarding.ErrNotFound)
}

// The last ten of a document are kept, of all documents what fits into the bytes, and what is proposed.
func TestVersionsAreBounded(t *testing.T) {
	t.Parallel()
	o := newOwner(t, pgtest.New(t), "ada")
	for i := range version.Kept + 3 {
		o.generates(fmt.Sprint(i))
	}
	versions := o.versions(ofPersonas)
	require.Len(t, versions, version.Kept)
	assert.Equal(t, "13 current generated", versions[0])
	assert.Equal(t, "4 past generated", versions[version.Kept-1])

	o.saves("mine")
	o.generates(strings.Repeat("long", version.MaxBytes/3)) // proposed
	assert.Equal(t, []string{"15 proposed generated", "14 current edited"}, o.versions(ofPersonas))
	o.saves("other")
	assert.Equal(t, []string{"16 current edited", "14 past edited"}, o.versions(ofPersonas),
		"what is declined is bounded as well")
}

func TestNobodySeesAnothersVersions(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	ada, bob := newOwner(t, db, "ada"), newOwner(t, db, "bob")
	ada.generates("warm")
	ada.saves("mine")
	proposed := ada.generates("dry")
	bob.generates("plain")

	assert.Equal(t, []string{"1 current generated"}, bob.versions(ofPersonas))
	_, _, err := version.Get(t.Context(), bob.queries(), "ada", ofPersonas, 1)
	require.ErrorIs(t, err, onboarding.ErrNotFound)
	_, err = version.ProposedPersonas(t.Context(), bob.queries(), "ada", proposed)
	require.ErrorIs(t, err, onboarding.ErrNotFound)
	bob.session = ada.session
	_, err = bob.restore(ofPersonas, 1)
	require.ErrorIs(t, err, onboarding.ErrNotFound)
	assert.Equal(t, 2, pgtest.One[int](t, db, "select count(*) from document_versions"))
	assert.Zero(t, visible(t, bob), "of another user")
	assert.Equal(t, 2, visible(t, ada))
}
