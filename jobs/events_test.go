package jobs

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
	"github.com/alwrity/onboarding/internal/webhook"
)

const toldKinds = "select coalesce(array_agg(kind || coalesce(' ' || step, '') order by id), '{}') from outbox_events where user_id = $1"

// told are the events of the user that are to be told, in their order.
func (b *bundle) told() []string { return pgtest.One[[]string](b.t, b.db, toldKinds, b.user) }

func (b *bundle) receiver() {
	b.db.Exec(b.t, "insert into webhook_receivers (name, kinds) values ('crm', $1)", webhook.Kinds)
}

// Every change that others are told of writes its event in its transaction, in the order of the commits, and other changes
// of a step write none.
func TestChangesWriteEvents(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.receiver()
	b.done(2)
	b.db.Exec(b.t, "update personalization_inputs set inputs = '{}', revision = wanted_revision, built_at = now()")
	assert.Equal(t, []string{"onboarding.started", "step.completed 2", "inputs.updated"}, b.told())
	b.end(b.website("example.org"), robots)
	b.website("example.net")
	require.NoError(t, b.submit.Cancel(t.Context(), b.user, 2))
	assert.Equal(t, []string{"onboarding.started", "step.completed 2", "inputs.updated", "step.failed 2"}, b.told(),
		"a step that goes back to its result is not completed")
	b.done(3, 4)
	require.NoError(t, b.submit.Complete(t.Context(), b.user, 0))
	told := b.told()
	assert.Equal(t, []string{"step.completed 6", "onboarding.completed"}, told[len(told)-2:])
	assert.Equal(t, b.session().Version,
		pgtest.One[int64](t, b.db, "select max(version) from outbox_events where kind = 'onboarding.completed'"))
	require.NoError(t, b.submit.NoteFinish(t.Context(), b.user))
	assert.Equal(t, told, b.told(), "what repeats the status of a step")
	assert.Equal(t, b.session().ID.String(), pgtest.One[string](t, b.db, "select string_agg(distinct session_id::text, ' ') from outbox_events"))
}

// The end of an account takes its events with it and is told itself; the next account begins behind it.
func TestTheEndOfAnAccountIsTold(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.receiver()
	b.done(3)
	require.NoError(t, b.submit.DeleteAccount(t.Context(), b.user))
	assert.Equal(t, []string{"account.deleted"}, b.told())
	b.done(3)
	assert.Equal(t, []string{"account.deleted", "onboarding.started", "step.completed 3"}, b.told()[:3])
	require.NoError(t, b.submit.DeleteAccount(t.Context(), b.user))
	assert.Equal(t, []string{"account.deleted", "account.deleted"}, b.told(), "each account is told of")
}

// Without a receiver of its kind nothing is written.
func TestNobodyIsTold(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.db.Exec(b.t, "insert into webhook_receivers (name, kinds) values ('crm', '{account.deleted}')")
	b.done(2, 3)
	assert.Empty(t, b.told())
	assert.Equal(t, onboarding.StepCompleted, b.websiteStep().Status)
}
