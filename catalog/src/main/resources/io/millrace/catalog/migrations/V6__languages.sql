-- Of which languages sound and captions are: as with the ladder and the window, the nearest word counts.
alter table tenant add column languages jsonb;
alter table app add column languages jsonb;
alter table stream add column languages jsonb;
