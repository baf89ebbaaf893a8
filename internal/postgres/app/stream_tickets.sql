-- name: CreateStreamTicket :exec
-- Stores a ticket, and clears away some that nobody redeemed.
with old as (
    delete from stream_tickets where hash in (
        select hash from stream_tickets where expires_at < now() order by expires_at limit 100 for update skip locked
    )
)
insert into stream_tickets (hash, user_id, expires_at, token_expires_at)
values (@hash, @user_id, now() + make_interval(secs => @valid_seconds::double precision), @token_expires_at);

-- name: RedeemStreamTicket :one
-- Takes a ticket: of any number of calls one gets it.
with taken as (
    delete from stream_tickets where hash = @hash returning user_id, expires_at, token_expires_at
)
select user_id, token_expires_at from taken where expires_at > now();
