-- +goose NO TRANSACTION
-- +goose Up

-- The audit log is read page by page, the newest first, also of one actor or action.
-- Built beside the traffic; what a try that broke off has left is dropped.
drop index concurrently if exists audit_log_actor;
create index concurrently audit_log_actor on audit_log (actor, id);
drop index concurrently if exists audit_log_action;
create index concurrently audit_log_action on audit_log (action, id);
-- Users are found by the beginning of their id, in the order of its bytes.
drop index concurrently if exists onboarding_sessions_user_prefix;
create index concurrently onboarding_sessions_user_prefix on onboarding_sessions (user_id collate "C");

-- Users read what is noted about them: it is part of what they can export.
drop policy if exists own_rows_read on audit_log;
create policy own_rows_read on audit_log for select to onboarding_app
    using (user_id = nullif(current_setting('app.user_id', true), ''));
grant select on audit_log to onboarding_app;

-- What operations did to a user goes with the account.
grant delete on bulk_items to onboarding_app;

-- +goose Down
revoke delete on bulk_items from onboarding_app;
revoke select on audit_log from onboarding_app;
drop policy own_rows_read on audit_log;
drop index concurrently onboarding_sessions_user_prefix;
drop index concurrently audit_log_action;
drop index concurrently audit_log_actor;
