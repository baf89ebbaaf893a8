package migrations_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/postgres/pgtest"
)

// fence is what keeps the rows of a table apart.
type fence struct {
	// app and system are what the two roles may do: insert, select, update, delete, by their first letters.
	app, system string
	// open is why row-level security is not forced, "" if it is.
	open string
}

const all = "disu"

const (
	queueOnly   = "of the queue and without users; the app role may not touch it"
	systemOnly  = "counts and times, without users; the app role may not touch it"
	schemaOnly  = "the numbers of the migrations"
	partitioned = "step_events_y"
)

// fences are all tables. A new one stands here with no more than what the statements of the roles need.
var fences = map[string]fence{
	"api_keys":               {app: all, system: all},
	"audit_log":              {app: "is", system: "dis"},
	"bulk_items":             {app: "su", system: all},
	"bulk_operations":        {system: all},
	"business_info":          {app: all, system: all},
	"document_versions":      {app: all, system: all},
	"checkpoints":            {app: "dis", system: all},
	"dead_jobs":              {app: "isu", system: "ds"},
	"goose_db_version":       {app: "s", system: "s", open: schemaOnly},
	"idempotency_keys":       {app: all, system: all},
	"maintenance_progress":   {system: all, open: systemOnly},
	"model_calls":            {app: "is", system: all},
	"onboarding_sessions":    {app: all, system: all},
	"onboarding_steps":       {app: "isu", system: all},
	"outbox_events":          {app: "s", system: all},
	"page_digests":           {app: "dis", system: all},
	"persona_data":           {app: all, system: all},
	"personalization_inputs": {app: "isu", system: all},
	"research_preferences":   {app: all, system: all},
	"river_job":              {system: all},
	"river_leader":           {system: all, open: queueOnly},
	"river_migration":        {system: all, open: queueOnly},
	"river_notification":     {system: all, open: queueOnly},
	"river_queue":            {system: all, open: queueOnly},
	"rollup_places":          {system: all, open: systemOnly},
	"rollup_sessions":        {system: all},
	"rollup_state":           {system: all, open: systemOnly},
	"rollup_steps":           {system: all, open: systemOnly},
	"rollup_times":           {system: all, open: systemOnly},
	"rollup_work":            {system: all, open: systemOnly},
	"step_events":            {app: "is", system: all},
	"step_events_default":    {},
	"stream_tickets":         {app: "dis", system: all},
	"submissions":            {app: "isu", system: all},
	"upstream_limits":        {system: all},
	"webhook_attempts":       {system: all, open: systemOnly},
	"webhook_lanes":          {system: all},
	"webhook_receivers":      {system: all, open: systemOnly},
	"website_analyses":       {app: all, system: all},
	"worker_beats":           {system: all, open: systemOnly},
}

// These are the only conditions under which the app role sees or writes a row: it belongs to the user of the
// transaction or, where the work of several ends, to one of the users that the transaction names.
const (
	ownRows     = "(user_id = NULLIF(current_setting('app.user_id'::text, true), ''::text))"
	rowsOfUsers = "(user_id = ANY (( SELECT (NULLIF(current_setting('app.user_ids'::text, true), ''::text))::text[] AS \"nullif\")::text[]))"
)

// TestEveryTableIsFenced lists every table with who may do what. The rows of a table are kept apart by
// forced row-level security, whose only condition for the app role is that they are the user's own; the
// others say why they need none. Nobody else has any privilege. A partition has none of its own.
func TestEveryTableIsFenced(t *testing.T) {
	t.Parallel()
	pool := owner(t, pgtest.NewURL(t))
	rows, err := pool.Query(t.Context(), `
		select c.relname::text, c.relrowsecurity and c.relforcerowsecurity as forced,
			coalesce((select string_agg(distinct coalesce(r.rolname, 'public') || ':' || left(lower(x.privilege_type), 1), ' ')
				from aclexplode(c.relacl) x left join pg_roles r on r.oid = x.grantee where x.grantee <> c.relowner), '') as granted,
			array(select p.permissive || ' ' || array_to_string(p.roles, ',') || ' ' || coalesce(p.qual, '-') || ' ' || coalesce(p.with_check, '-')
				from pg_policies p where p.schemaname = 'public' and p.tablename = c.relname)::text[] as policies
		from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')`)
	require.NoError(t, err)
	type table struct {
		Name     string
		Forced   bool
		Granted  string
		Policies []string
	}
	tables, err := pgx.CollectRows(rows, pgx.RowToStructByPos[table])
	require.NoError(t, err)
	missing := maps.Clone(fences)
	unfenced := 0
	for _, found := range tables {
		want, listed := fences[found.Name]
		if strings.HasPrefix(found.Name, partitioned) {
			want, listed = fences["step_events_default"], true
		}
		delete(missing, found.Name)
		may := map[string][]byte{}
		for grant := range strings.FieldsSeq(found.Granted) {
			role, privilege, _ := strings.Cut(grant, ":")
			may[role] = append(may[role], privilege[0])
		}
		fenced := assert.True(t, listed, "%s does not stand in the list of tables", found.Name) &&
			assert.Equal(t, want.open == "", found.Forced, "row-level security of %s", found.Name) &&
			assert.Equal(t, want.app, letters(may["onboarding_app"]), "privileges of the app role on %s", found.Name) &&
			assert.Equal(t, want.system, letters(may["onboarding_system"]), "privileges of the system role on %s", found.Name)
		delete(may, "onboarding_app")
		delete(may, "onboarding_system")
		fenced = assert.Empty(t, may, "others have privileges on %s", found.Name) && fenced
		for _, policy := range found.Policies {
			own := strings.NewReplacer("PERMISSIVE onboarding_app ", "", ownRows, "", rowsOfUsers, "").Replace(policy)
			system := policy == "PERMISSIVE onboarding_system true true"
			fenced = assert.True(t, system || strings.Trim(own, " -") == "", "a policy of %s: %s", found.Name, policy) && fenced
		}
		if !fenced {
			unfenced++
		}
	}
	var beside int
	require.NoError(t, pool.QueryRow(t.Context(), `select
		(select count(*) from pg_attribute a join pg_class c on c.oid = a.attrelid
			where c.relnamespace = 'public'::regnamespace and a.attacl is not null)
		+ (select count(*) from pg_class c, aclexplode(c.relacl) x join pg_roles r on r.oid = x.grantee
			where c.relnamespace = 'public'::regnamespace and c.relkind = 'S' and r.rolname = 'onboarding_app')`).Scan(&beside))
	assert.Zero(t, beside, "privileges on columns, or of the app role on sequences")
	assert.Empty(t, missing, "tables that are listed and not there")
	t.Logf("security-count: tables=%d unfenced=%d", len(tables), unfenced)
}

func letters(of []byte) string {
	slices.Sort(of)
	return string(of)
}

// TestDefinersAreNarrow lists the functions that run as their owner: none finds its tables by a
// search path that its caller sets, and nobody but those who need it may call it.
func TestDefinersAreNarrow(t *testing.T) {
	t.Parallel()
	rows, err := owner(t, pgtest.NewURL(t)).Query(t.Context(), `
		select p.proname::text, array_to_string(p.proconfig, ';') || ' ' || coalesce((
			select string_agg(coalesce(r.rolname, 'public'), ',' order by r.rolname)
			from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) x left join pg_roles r on r.oid = x.grantee
			where x.grantee <> p.proowner), 'nobody') as who
		from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosecdef`)
	require.NoError(t, err)
	found := map[string]string{}
	var name, who string
	_, err = pgx.ForEachRow(rows, []any{&name, &who}, func() error {
		found[name] = who
		return nil
	})
	require.NoError(t, err)
	const app = "search_path=pg_catalog, pg_temp onboarding_app"
	assert.Equal(t, map[string]string{
		"redeem_stream_ticket": app, "purge_stream_tickets": app, "submission_users": app, "bulk_item_of_job": app,
		"own_jobs": app, "note_repeated": app + ",onboarding_system",
		"queue_job": app, "release_held": app, "complete_jobs": app, "retire_job": app + ",onboarding_system",
		"forget_own_jobs": app, "forget_own_bulk_items": app,
		"note_event": "search_path=pg_catalog, pg_temp nobody", // a trigger
	}, found)
}
