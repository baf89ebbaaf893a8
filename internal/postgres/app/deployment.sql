-- name: DescribeServer :one
-- What the server is and what the login may, for who looks for mistakes of a deployment.
-- The roles are named so that a database without them can be asked.
select current_setting('server_version')::text as version, current_setting('server_version_num')::int as version_number,
    session_user::text as login,
    (l.rolsuper or l.rolbypassrls)::boolean as login_bypasses,
    coalesce((select pg_has_role(session_user, r.oid, 'member') from pg_catalog.pg_roles r where r.rolname = 'onboarding_app'), false)::boolean as member_of_app,
    coalesce((select pg_has_role(session_user, r.oid, 'member') from pg_catalog.pg_roles r where r.rolname = 'onboarding_system'), false)::boolean as member_of_system,
    exists (select from pg_catalog.pg_roles r where r.rolname in ('onboarding_app', 'onboarding_system') and (r.rolsuper or r.rolbypassrls)) as role_bypasses,
    (current_setting('autovacuum') = 'on' and current_setting('track_counts') = 'on')::boolean as autovacuum,
    exists (select from pg_catalog.pg_extension e where e.extname = 'plpgsql') as plpgsql,
    array(select name from unnest(array['fsync', 'full_page_writes', 'synchronous_commit']) name
        where current_setting(name) = 'off')::text[] as not_durable,
    (inet_server_addr() is not null and not inet_server_addr() <<= '127.0.0.0/8' and inet_server_addr() <> '::1'
        and not exists (select from pg_catalog.pg_stat_ssl t where t.pid = pg_backend_pid() and t.ssl))::boolean as in_clear,
    (current_setting('log_statement') in ('mod', 'all') and current_setting('log_parameter_max_length') <> '0')::boolean as logs_values
from pg_catalog.pg_roles l where l.rolname = session_user;

-- name: DescribeTables :one
-- What can be wrong with the tables: partitions of step_events for months that have not
-- begun, indexes that serve nobody, tables that are never vacuumed, what `worker migrate finish`
-- would take away.
select (select count(*) from pg_catalog.pg_inherits h join pg_catalog.pg_class c on c.oid = h.inhrelid
        where h.inhparent = to_regclass('step_events')
            and c.relname > to_char(now() at time zone 'UTC', '"step_events_y"YYYY"m"MM') and c.relname ~ '^step_events_y')::int as partitions_left,
    coalesce((select array_agg(c.relname::text order by c.relname) from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid
        where not i.indisvalid and c.relnamespace = to_regnamespace('public')), '{}')::text[] as invalid_indexes,
    coalesce((select array_agg(c.relname::text order by c.relname) from pg_catalog.pg_class c
        where c.relnamespace = to_regnamespace('public') and c.relkind = 'r' and 'autovacuum_enabled=false' = any (c.reloptions)), '{}')::text[] as not_vacuumed,
    exists (select from pg_catalog.pg_trigger t where t.tgname = 'name_user_in_args')::boolean as unfinished;
