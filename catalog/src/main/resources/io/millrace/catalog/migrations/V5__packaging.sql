-- How streams are packaged: what a stream does not say its app says, then its tenant, then the node's configuration.
alter table tenant
  add column ladder         text[],
  add column window_seconds integer check (window_seconds > 0);
alter table app
  add column ladder         text[],
  add column window_seconds integer check (window_seconds > 0);
alter table stream
  add column ladder         text[],
  add column window_seconds integer check (window_seconds > 0);
