package maintenance

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/postgres/pgtest"
	"github.com/alwrity/onboarding/internal/postgres/system"
)

// Events go when they are old or too many; those that a receiver had not taken are counted. A receiver goes that no worker
// has had in its settings for a month.
func TestOldEventsAreDeleted(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	db.Exec(t, "insert into webhook_receivers (name, kinds, seen_at) values ('crm', '{step.failed}', now()), ('gone', '{}', now() - interval '31 days')")
	for _, days := range []int{9, 8, 1, 1} {
		db.Exec(t, `insert into outbox_events (kind, user_id, session_id, version, at)
			values ('step.failed', 'ann', gen_random_uuid(), 1, now() - make_interval(days => $1))`, days)
	}
	db.Exec(t, "insert into webhook_lanes (receiver, user_id, after_id, through_id) values ('crm', 'ann', 1, 4)")
	r := NewRetention(db.System, Keep{}, prometheus.NewRegistry())
	require.NoError(t, r.Run(t.Context()))
	const left = "select array_agg(id order by id) from outbox_events"
	assert.Equal(t, []int64{3, 4}, pgtest.One[[]int64](t, db, left))
	assert.InDelta(t, 1, testutil.ToFloat64(r.dropped), 0, "the second was not taken")
	assert.Equal(t, []string{"crm"}, pgtest.One[[]string](t, db, "select array_agg(name) from webhook_receivers"))
	gone, err := system.New(db.System).DeleteOldOutbox(t.Context(),
		system.DeleteOldOutboxParams{Days: eventDays, Most: 1, MaxRows: retentionRows})
	require.NoError(t, err)
	assert.Equal(t, system.DeleteOldOutboxRow{Deleted: 1, Untold: 1}, gone, "too many")
	assert.Equal(t, []int64{4}, pgtest.One[[]int64](t, db, left))
}
