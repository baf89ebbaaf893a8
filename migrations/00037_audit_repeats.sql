-- +goose NO TRANSACTION
-- +goose Up

-- Finds the row that a repeat is counted in. Built beside the traffic; what a try that broke off
-- has left is dropped.
drop index concurrently if exists audit_log_repeated;
create unique index concurrently audit_log_repeated on audit_log (user_id, day, action, actor) where day is not null;

-- +goose Down
drop index concurrently if exists audit_log_repeated;
