# $0 is the list of signals that stop the child, mildest first; the rest is the child's command line.
# This shell becomes the child. The watcher beside it holds the read end of the server's pipe: a line
# names a signal to pass on; the end of the pipe means that the server is gone, or wants an end made.
# The watcher is in the child's session, so the child's pid cannot be given to another process while
# it lives, even after the child has ended.
exec 3<&0
(
  trap '' HUP INT QUIT TERM TSTP
  exec >/dev/null 2>&1
  while read -r signal <&3; do kill -s "$signal" $$; done
  for signal in $0; do
    kill -s "$signal" $$ || break
    n=0
    while [ $n -lt 7 ] && kill -0 $$; do sleep 0.1; n=$((n + 1)); done
  done
  kill -s KILL -- -$$
) &
exec "$@" 3<&- </dev/null
