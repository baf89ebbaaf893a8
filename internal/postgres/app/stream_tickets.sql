-- name: CreateStreamTicket :exec
-- Stores a ticket, and clears away some that nobody redeemed.
insert into stream_tickets (hash, user_id, expires_at, token_expires_at)
select @hash, @user_id, now() + make_interval(secs => @valid_seconds::double precision), @token_expires_at
from purge_stream_tickets();

-- name: RedeemStreamTicket :one
-- Takes a ticket: of any number of calls one gets it.
select user_id::text as user_id, token_expires_at::timestamptz as token_expires_at from redeem_stream_ticket(@hash);
