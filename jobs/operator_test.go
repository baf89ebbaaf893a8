package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
	"github.com/alwrity/onboarding/internal/queue"
)

// operator returns one with a pool of its own, as a command has it.
func (b *bundle) operator(dryRun bool) *flow.Operator {
	b.t.Helper()
	changer, _ := b.opened()
	o := changer.Operator("operator")
	o.DryRun = dryRun
	return o
}

// opened returns what a command opens: connections of its own.
func (b *bundle) opened() (*flow.Changer, *pgxpool.Pool) {
	b.t.Helper()
	changer, all, closePools, err := flow.Open(b.t.Context(), b.db.Server, "test", 1, slog.New(slog.DiscardHandler))
	require.NoError(b.t, err)
	b.t.Cleanup(closePools)
	return changer, all
}

// operate does one thing to the user of the bundle.
func (b *bundle) operate(do func(*flow.Operator, context.Context, string) (flow.Outcome, error)) flow.Outcome {
	b.t.Helper()
	outcome, err := do(b.operator(false), b.t.Context(), b.user)
	require.NoError(b.t, err)
	return outcome
}

// audited counts the rows of the audit log that the operator wrote about the user.
func (b *bundle) audited(action string) int {
	b.t.Helper()
	return pgtest.One[int](b.t, b.db, "select count(*) from audit_log where actor = 'operator' and action = $1 and user_id = $2",
		action, b.user)
}

var userOperations = map[string]func(*flow.Operator, context.Context, string) (flow.Outcome, error){
	"reset": (*flow.Operator).Reset, "retry failed": (*flow.Operator).RetryFailed,
	"rebuild inputs": (*flow.Operator).RebuildInputs, "delete account": (*flow.Operator).DeleteAccount,
}

// usersTables are the tables that say whose their rows are. The audit log stays when
// an account goes: it says who deleted it.
const usersTables = `select c.relname::text from pg_class c join pg_attribute a on a.attrelid = c.oid
	where a.attname = 'user_id' and c.relkind in ('r', 'p') and not c.relispartition
		and c.relnamespace = 'public'::regnamespace and c.relname <> 'audit_log'`

// stored returns the number of rows of the user in each table that has any.
func (b *bundle) stored() map[string]int {
	b.t.Helper()
	counts := map[string]int{}
	for _, table := range pgtest.One[[]string](b.t, b.db, "select array("+usersTables+")") {
		if n := pgtest.One[int](b.t, b.db, "select count(*) from "+table+" where user_id = $1", b.user); n > 0 {
			counts[table] = n
		}
	}
	return counts
}

func TestOperationsMakeNoUser(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for name, do := range userOperations {
		assert.Equal(t, flow.OutcomeMissing, b.operate(do), name)
	}
	assert.Zero(t, pgtest.One[int](b.t, b.db, "select count(*) from onboarding_sessions")+pgtest.One[int](b.t, b.db, "select count(*) from audit_log"))
}

func TestOperationsWithNothingToDo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.session()
	for _, name := range []string{"reset", "retry failed", "rebuild inputs"} {
		assert.Equal(t, flow.OutcomeUnchanged, b.operate(userOperations[name]), name)
	}
	assert.Zero(t, b.session().Version)
	assert.Zero(t, pgtest.One[int](b.t, b.db, "select count(*) from audit_log")+pgtest.One[int](b.t, b.db, "select count(*) from river_job"))
}

func TestOperatorResets(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.done(1, 2, 3, 4, 5, 6)
	running := b.website("example.org")
	assert.Equal(t, flow.OutcomeDone, b.operate((*flow.Operator).Reset))

	session := b.session()
	for _, step := range session.Steps {
		assert.Equal(t, onboarding.StepPending, step.Status, step.Number)
		assert.False(t, step.Done(), step.Number)
	}
	assert.False(t, session.IsCompleted())
	assert.Equal(t, onboarding.SubmissionCancelled, b.reload(running).Status)
	assert.Equal(t, "cancelled", b.jobState(running.JobID))
	assert.Equal(t, 1, pgtest.One[int](b.t, b.db, "select count(*) from website_analyses"), "what was stored stays")
	assert.Equal(t, 1, pgtest.One[int](b.t, b.db, "select count(*) from api_keys"))
	assert.Equal(t, 1, b.audited("onboarding.reset"))

	assert.Equal(t, flow.OutcomeUnchanged, b.operate((*flow.Operator).Reset), "a second time")
	assert.Equal(t, session.Version, b.session().Version)
	assert.Equal(t, 1, b.audited("onboarding.reset"))
}

func TestOperatorRetriesWhatFailed(t *testing.T) {
	t.Parallel()
	t.Run("with the same input, in the bulk queue", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		failed := b.website("example.com")
		b.end(failed, robots)
		assert.Equal(t, flow.OutcomeDone, b.operate((*flow.Operator).RetryFailed))
		retried := b.submission(*b.websiteStep().SubmissionID)
		assert.NotEqual(t, failed.ID, retried.ID)
		assert.JSONEq(t, string(failed.Input), string(retried.Input))
		assert.Equal(t, queue.Bulk, pgtest.One[string](b.t, b.db, "select queue from river_job where id = $1", retried.JobID))
		assert.Equal(t, 1, b.audited("onboarding.retry_failed"))
		assert.Equal(t, flow.OutcomeUnchanged, b.operate((*flow.Operator).RetryFailed), "it runs already")

		b.worker(func(ctx context.Context, _ int, crawl onboarding.Crawl) (onboarding.Site, error) {
			return keepAll(ctx, crawl, 1)
		})
		assert.Equal(t, onboarding.SubmissionCompleted, b.ended(retried.ID).Status)
	})
	t.Run("what can be retried, before what can't", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.done(2)
		b.end(b.personas(linkedin), robots)
		mustReset(b)
		b.end(b.website("example.com"), robots)
		assert.Equal(t, flow.OutcomeDone, b.operate((*flow.Operator).RetryFailed))
		assert.Equal(t, onboarding.StepInProgress, b.websiteStep().Status)
		assert.Equal(t, onboarding.StepFailed, b.session().Step(4).Status, "there is no analysis yet to write from")
	})
	t.Run("nothing that can be", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.done(2)
		b.end(b.personas(linkedin), robots)
		mustReset(b)
		_, err := b.operator(false).RetryFailed(t.Context(), b.user)
		requireConflict(t, err, "analysis_missing")
		assert.Zero(t, b.audited("onboarding.retry_failed"))
	})
	t.Run("whose submission is gone", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.end(b.website("example.com"), robots)
		b.db.Exec(b.t, "delete from submissions")
		_, err := b.operator(false).RetryFailed(t.Context(), b.user)
		requireConflict(t, err, "nothing_to_retry")
		assert.Equal(t, onboarding.StepFailed, b.websiteStep().Status)
	})
}

func TestOperatorRebuildsTheInputs(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.done(3)
	first := b.building()
	assert.Equal(t, flow.OutcomeDone, b.operate((*flow.Operator).RebuildInputs))
	assert.Equal(t, first, b.building(), "one build at a time")
	b.builds()
	before := pgtest.One[int64](b.t, b.db, "select revision from personalization_inputs")
	assert.Equal(t, flow.OutcomeDone, b.operate((*flow.Operator).RebuildInputs))
	require.NotEqual(t, uuid.Nil, b.building())
	b.builds()
	assert.Equal(t, before+1, pgtest.One[int64](b.t, b.db, "select revision from personalization_inputs"))
	assert.Equal(t, 2, b.audited("inputs.rebuild"))
}

// A deleted account stops its running work within 2 s, and nothing of it comes back.
func TestDeleteAccountWithRunningWork(t *testing.T) {
	t.Parallel()
	b := setup(t)
	bob := b.as(t, "user_bob")
	b.done(1, 2, 3, 4, 5, 6)
	bob.done(1, 2)
	started, ended := make(chan struct{}), make(chan struct{})
	running := b.website("example.org")
	b.db.Exec(b.t, "insert into model_calls (session_id, user_id, submission_id, provider, model, prompt, input_tokens, "+
		"cached_tokens, output_tokens) values ($1, $2, $3, 'openai', 'm', 'p', 1, 0, 1)",
		b.session().ID, b.user, running.ID)
	b.db.Exec(b.t, "insert into stream_tickets values (sha256('a'), $1, now(), now())", b.user)
	b.db.Exec(b.t, "insert into bulk_operations (id, kind, actor, total) values ('0197c1d2-0000-7000-8000-000000000000', "+
		"'reset', 'ops', 1)")
	b.db.Exec(b.t, "insert into bulk_items (operation_id, position, user_id, status) values "+
		"('0197c1d2-0000-7000-8000-000000000000', 1, $1, 'done')", b.user)
	b.worker(func(ctx context.Context, _ int, crawl onboarding.Crawl) (onboarding.Site, error) {
		site, err := keepAll(ctx, crawl, 2)
		close(started)
		<-ctx.Done()
		close(ended)
		return site, err // as if it had not noticed
	})
	<-started
	kept := bob.stored()
	require.Greater(t, len(b.stored()), 9)
	b.db.Exec(b.t, `update river_job j set args = j.args || jsonb_build_object('user_id', s.user_id)
		from submissions s where s.job_id = j.id`) // as the release before had them
	assert.Equal(t, flow.OutcomeDone, b.operate((*flow.Operator).DeleteAccount))
	deleted := time.Now()
	<-ended
	assert.Less(t, time.Since(deleted), 2*time.Second)
	assert.Zero(t, pgtest.One[int](b.t, b.db, "select count(*) from river_job where strpos(to_jsonb(river_job)::text, $1) > 0", b.user))
	require.Eventually(t, func() bool {
		return pgtest.One[int](b.t, b.db, "select count(*) from river_job where args ->> 'submission_id' = $1::text and state = 'running'",
			running.ID.String()) == 0
	}, 10*time.Second, 10*time.Millisecond)

	assert.Empty(t, b.stored())
	for table, n := range kept {
		assert.GreaterOrEqual(t, bob.stored()[table], n, table)
	}
	assert.Equal(t, 1, b.audited("account.delete"))
	assert.Equal(t, flow.OutcomeMissing, b.operate((*flow.Operator).DeleteAccount), "a second time")
	assert.Equal(t, 1, b.audited("account.delete"))
}

// Jobs that no worker has taken yet go too, of every kind.
func TestDeleteAccountWithQueuedWork(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.preferences("Blog Posts")
	queued := []int64{b.website("example.com").JobID, b.submission(b.building()).JobID}
	assert.Equal(t, flow.OutcomeDone, b.operate((*flow.Operator).DeleteAccount))
	assert.Zero(t, pgtest.One[int](b.t, b.db, "select count(*) from river_job where id = any($1)", queued))
}

// Rows that reference a session are deleted with it; DeleteAccount deletes the others, and a trigger the unsent events.
func TestDeleteAccountKnowsEveryTable(t *testing.T) {
	t.Parallel()
	b := setup(t)
	cascading := pgtest.One[[]string](b.t, b.db,
		`select array(select conrelid::regclass::text from pg_constraint where contype = 'f' and confdeltype = 'c'
		and confrelid in ('onboarding_sessions'::regclass, 'submissions'::regclass))`)
	for _, table := range pgtest.One[[]string](b.t, b.db, "select array("+usersTables+")") {
		assert.Contains(t, append(cascading, "onboarding_sessions", "stream_tickets", "bulk_items",
			"outbox_events", "webhook_lanes"), table)
	}
}

func TestDryRunChangesNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.done(1, 2)
	b.end(b.website("example.org"), robots)
	b.builds()
	state := func() string {
		return fmt.Sprint(b.session().Version, b.stored(), pgtest.One[int](b.t, b.db, "select count(*) from river_job"),
			pgtest.One[int](b.t, b.db, "select count(*) from audit_log"))
	}
	before := state()
	o := b.operator(true)
	for name, do := range userOperations {
		outcome, err := do(o, t.Context(), b.user)
		require.NoError(t, err, name)
		assert.Equal(t, flow.OutcomeDone, outcome, name)
		assert.Equal(t, before, state(), name)
	}
	outcome, err := o.Reset(t.Context(), "user_nobody")
	require.NoError(t, err)
	assert.Equal(t, flow.OutcomeMissing, outcome)
}

// Of any number of operators that do the same to the same users at once, one does it.
func TestOperatorsAtOnce(t *testing.T) {
	t.Parallel()
	for name, rest := range map[string]flow.Outcome{
		"reset": flow.OutcomeUnchanged, "retry failed": flow.OutcomeUnchanged,
		"delete account": flow.OutcomeMissing,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			const users, operators = 6, 3
			for i := range users {
				user := b.as(t, fmt.Sprintf("user_%d", i))
				user.end(user.website("example.com"), robots)
			}
			outcomes := [users][operators]flow.Outcome{}
			var group errgroup.Group
			for n := range operators {
				o := b.operator(false)
				group.Go(func() (err error) {
					for i := range users {
						if outcomes[i][n], err = userOperations[name](o, t.Context(), fmt.Sprintf("user_%d", i)); err != nil {
							return err
						}
					}
					return nil
				})
			}
			require.NoError(t, group.Wait())
			for i := range users {
				assert.ElementsMatch(t, []flow.Outcome{flow.OutcomeDone, rest, rest}, outcomes[i][:])
			}
			assert.Equal(t, users, pgtest.One[int](b.t, b.db, "select count(*) from audit_log"))
		})
	}
}

// An operation that has begun is carried to its end, and one that can't begin is
// given up.
func TestOperationsEnd(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.done(2)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	outcome, err := b.operator(false).Reset(ctx, b.user)
	require.NoError(t, err)
	assert.Equal(t, flow.OutcomeDone, outcome)

	tx, err := b.db.System.Begin(t.Context())
	require.NoError(t, err)
	defer func() { require.NoError(t, tx.Rollback(context.Background())) }()
	_, err = tx.Exec(t.Context(), "select from onboarding_sessions for update")
	require.NoError(t, err)
	_, err = b.operator(false).DeleteAccount(t.Context(), b.user)
	require.ErrorIs(t, err, flow.ErrBusy)
}
