-- What a key opens besides streams. Only topics: it opens no stream at all. No limit: null.
alter table publish_key
  add column topics_only         boolean not null default false,
  add column publish_topics      text[]  not null default '{}',
  add column subscribe_topics    text[]  not null default '{}',
  add column history_topics      text[]  not null default '{}',
  add column messages_per_second bigint  check (messages_per_second > 0),
  add column bytes_per_second    bigint  check (bytes_per_second > 0);

-- The first key, made by the first start or chosen by the configuration, opens the namespace public.
update publish_key
set publish_topics = '{public/#}', subscribe_topics = '{public/#}', history_topics = '{public/#}'
where id = 'configured'
  or id = (select id from publish_key
           where app = 'live' and stream is null and label = 'first'
           order by created_at limit 1);
