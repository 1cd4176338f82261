-- V2 opened public to the oldest key labelled 'first'. Where that one had been rotated, its successors, which carry its
-- label, are meant: all that have not ended, up to the oldest that has no end.
with labelled as (
  select id, created_at, expires_at, publish_topics
  from publish_key
  where app = 'live' and stream is null and label = 'first' and not topics_only and id <> 'configured'
), good as (
  select * from labelled where expires_at is null or expires_at > now()
)
update publish_key
set publish_topics = '{public/#}', subscribe_topics = '{public/#}', history_topics = '{public/#}'
where id in (
    select id from good
    where created_at <= (
      select coalesce(min(created_at) filter (where expires_at is null), 'infinity') from good)
  )
  and publish_topics = '{}' and subscribe_topics = '{}' and history_topics = '{}'
  -- The one that V2 opened it to has an end, so it was rotated.
  and exists (
    select from labelled where publish_topics = '{public/#}' and expires_at is not null);
