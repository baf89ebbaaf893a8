-- +goose NO TRANSACTION
-- +goose Up

-- Operators read the log of a user page by page, and that of a time. Built beside the traffic; what a try that broke off
-- has left is dropped.
drop index concurrently if exists audit_log_user_id;
create index concurrently audit_log_user_id on audit_log (user_id, id);
drop index concurrently if exists audit_log_at;
create index concurrently audit_log_at on audit_log (at, id);
drop index concurrently if exists audit_log_changes;
create index concurrently audit_log_changes on audit_log (id) where not (starts_with(action, 'admin.list') or starts_with(action, 'admin.get'));
drop index concurrently if exists audit_log_user;
-- What failed, the newest first, and whose work failed with a code. Nothing but failures is written to these.
drop index concurrently if exists submissions_failed;
create index concurrently submissions_failed on submissions (finished_at, id) where status = 'failed';
drop index concurrently if exists submissions_failed_user;
create index concurrently submissions_failed_user on submissions (failure_code, user_id collate "C") where status = 'failed';

-- +goose Down
drop index concurrently submissions_failed_user;
drop index concurrently submissions_failed;
create index concurrently if not exists audit_log_user on audit_log (user_id, at);
drop index concurrently audit_log_changes;
drop index concurrently audit_log_at;
drop index concurrently audit_log_user_id;
