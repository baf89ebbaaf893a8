package postgres_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/app"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
)

// Statements that are sent together run in order, under the user's row-level security,
// and each has its own result.
func TestPipeline(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	ann, err := postgres.Session(t.Context(), db.App, "ann")
	require.NoError(t, err)
	bob, err := postgres.Session(t.Context(), db.App, "bob")
	require.NoError(t, err)
	q := postgres.AsUser(db.App, "ann")

	p := postgres.NewPipeline()
	require.NoError(t,
		p.SettleStep(t.Context(), app.SettleStepParams{SessionID: ann.ID, Step: 5, Status: onboarding.StepSkipped}))
	recorded, err := p.RecordStep(t.Context(), app.RecordStepParams{SessionID: ann.ID, Step: 5})
	require.NoError(t, err)
	assert.Empty(t, recorded, "it is only queued")
	require.NoError(t,
		p.SettleStep(t.Context(), app.SettleStepParams{SessionID: bob.ID, Step: 5, Status: onboarding.StepSkipped}))
	counts, err := p.Run(t.Context(), q)
	require.NoError(t, err)
	assert.Equal(t, []int64{1, 1, 0}, counts, "bob's step is not ann's to change")

	read := func(q *postgres.Queries) (string, error) {
		if _, err := q.LockSession(t.Context(), "ann"); err != nil {
			return "", err
		}
		step, err := q.LockStep(t.Context(), app.LockStepParams{SessionID: ann.ID, Step: 5})
		return string(step.Status), err
	}
	p = postgres.NewPipeline()
	_, err = read(p.Queries)
	require.NoError(t, err)
	var status string
	require.NoError(t, p.Read(t.Context(), q, func(q *postgres.Queries) (err error) {
		status, err = read(q)
		return err
	}))
	assert.Equal(t, "skipped", status)
}

// The error names the statement that failed, and no later one is run.
func TestPipelineFails(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	ann, err := postgres.Session(t.Context(), db.App, "ann")
	require.NoError(t, err)
	other := uuid.UUID{1}
	skip := app.SettleStepParams{SessionID: ann.ID, Step: 5, Status: onboarding.StepSkipped}
	tests := map[string]struct {
		queue func(p *postgres.Pipeline)
		want  string
	}{
		"a row that is not there": {func(p *postgres.Pipeline) {
			_, _ = p.RecordStep(t.Context(), app.RecordStepParams{SessionID: other, Step: 5})
		}, "RecordStep: " + pgx.ErrNoRows.Error()},
		"an error of the database": {func(p *postgres.Pipeline) {
			_ = p.WantInputs(t.Context(), app.WantInputsParams{SessionID: other, UserID: "ann"})
		}, "WantInputs: ERROR: "},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			err := postgres.InTx(t.Context(), db.App, "ann", func(_ pgx.Tx, q *postgres.Queries) error {
				p := postgres.NewPipeline()
				test.queue(p)
				_ = p.SettleStep(t.Context(), skip)
				_, err := p.Run(t.Context(), q)
				return err
			})
			require.ErrorContains(t, err, test.want)
			session, err := postgres.Session(t.Context(), db.App, "ann")
			require.NoError(t, err)
			assert.Equal(t, onboarding.StepPending, session.Steps[4].Status)
		})
	}
	p := postgres.NewPipeline()
	keys, err := p.ListKeys(t.Context(), "ann")
	require.NoError(t, err)
	assert.Empty(t, keys, "it is only queued")
	_, err = postgres.NewPipeline().Run(t.Context(), p.Queries)
	require.ErrorContains(t, err, "through another pipeline")
}

// Whatever the user's id is, a transaction is bound to it and to nobody else.
func TestInTxBindsEveryID(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	bound := func(userID string) (setting string, err error) {
		err = postgres.InTx(t.Context(), db.App, userID, func(tx pgx.Tx, _ *postgres.Queries) error {
			return tx.QueryRow(t.Context(), "select current_setting('app.user_id')").Scan(&setting)
		})
		return setting, err
	}
	for _, id := range []string{"ann", "o'hara", `back\slash\'`, "', true); set role none; --", "$1 'é' ☃", ""} {
		setting, err := bound(id)
		require.NoError(t, err, id)
		assert.Equal(t, id, setting)
	}
	_, err := bound("ann\x00bob")
	require.ErrorContains(t, err, "0x00")
	_, err = bound("\xff")
	require.Error(t, err)
}
