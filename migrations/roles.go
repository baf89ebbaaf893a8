package migrations

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// createRole makes a group role. Roles belong to the whole cluster, which our
// advisory lock does not cover: another database's migration may win the race.
const createRole = `do $$ begin
	if not exists (select from pg_roles where rolname = '%[1]s') then
		create role %[1]s nologin nosuperuser nobypassrls;
	end if;
exception when duplicate_object or unique_violation then null;
end $$`

// createRoles makes the two group roles, which internal/postgres describes, and
// makes the migrating login and the programs' able to assume them.
func createRoles(ctx context.Context, pool *pgxpool.Pool, cfg Config) error {
	members := []string{pool.Config().ConnConfig.User}
	password := ""
	if cfg.ProgramURL != "" {
		program, err := pgx.ParseConfig(cfg.ProgramURL)
		if err != nil {
			return errors.New("DATABASE_URL is not a PostgreSQL connection string")
		}
		password = program.Password
		if len(cfg.Logins) == 0 {
			members = append(members, program.User)
		}
	}
	for _, role := range []string{"onboarding_app", "onboarding_system"} {
		if _, err := pool.Exec(ctx, fmt.Sprintf(createRole, role)); err != nil {
			return fmt.Errorf("create role %s (the migrating login needs CREATEROLE): %w", role, err)
		}
		for _, member := range members {
			if err := grantRole(ctx, pool, role, member); err != nil {
				return err
			}
		}
	}
	if _, err := pool.Exec(ctx, grantStatistics); err != nil {
		return fmt.Errorf("let onboarding_system read statistics: %w", err)
	}
	return createLogins(ctx, pool, cfg.Logins, password)
}

// grantStatistics lets the system role see how old the transactions of all sessions are,
// which workers publish for operators. PostgreSQL 16 and newer lets only those grant it
// who hold it with the admin option: elsewhere an administrator does it by hand, and
// until then that one metric is missing. Another database's migration may be at it too.
const grantStatistics = `do $$ begin
	if not pg_has_role('onboarding_system', 'pg_read_all_stats', 'member') then
		grant pg_read_all_stats to onboarding_system;
	end if;
exception when insufficient_privilege or unique_violation or internal_error then null;
end $$`

// grantRole makes member a member of role unless it is one. A superuser may
// assume every role and needs no membership.
func grantRole(ctx context.Context, pool *pgxpool.Pool, role, member string) error {
	var isMember bool
	err := pool.QueryRow(ctx, `select rolsuper or exists (
			select from pg_auth_members m join pg_roles g on g.oid = m.roleid
			where g.rolname = $1 and m.member = r.oid and not m.admin_option)
		from pg_roles r where rolname = $2`, role, member).Scan(&isMember)
	if err != nil {
		return fmt.Errorf("look up role %s: %w", member, err)
	}
	if isMember {
		return nil
	}
	_, err = pool.Exec(ctx, fmt.Sprintf("grant %s to %s", role, pgx.Identifier{member}.Sanitize()))
	if err != nil {
		return fmt.Errorf("grant %s to %s: %w", role, member, err)
	}
	return nil
}

// grants lets the system role use River's tables, which River's migrations create for
// their owner only, and both roles read the schema version. They are repeated after every
// migration because River may have added tables.
const grants = `
grant usage on schema public to onboarding_app, onboarding_system;
grant select on goose_db_version to onboarding_app, onboarding_system;
do $$
declare
	t regclass;
begin
	for t in select oid from pg_class
		where relnamespace = 'public'::regnamespace and relkind = 'r' and relname like 'river\_%' loop
		execute format('grant select, insert, update, delete on %s to onboarding_system', t);
	end loop;
	for t in select oid from pg_class
		where relnamespace = 'public'::regnamespace and relkind = 'S' and relname like 'river\_%' loop
		execute format('grant usage, select on sequence %s to onboarding_system', t);
	end loop;
end
$$`

func grant(ctx context.Context, pool *pgxpool.Pool) error {
	if _, err := pool.Exec(ctx, grants); err != nil {
		return fmt.Errorf("grant privileges: %w", err)
	}
	return nil
}
