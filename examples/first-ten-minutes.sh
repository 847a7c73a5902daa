#!/bin/sh
# A stranger's first ten minutes with Rotera: what one would type, and what has to come back.
#
#   examples/first-ten-minutes.sh [PROGRAM]      default: the rotera of this checkout
#
# Works in a directory of its own, which it removes. Stops at the first answer that is not as promised.
set -eu

program=$(readlink -f "${1:-${0%/*}/../rotera}")
examples=$(readlink -f "${0%/*}")
work=$(mktemp -d)
server=
cleanup() {
    [ -z "$server" ] || kill -9 "$server" 2>/dev/null || :
    rm -rf "$work"
}
trap cleanup EXIT
cd "$work"

say() { printf '\n## %s\n' "$*"; }

# rotera ARGUMENTS...: shown, run.
rotera() {
    echo "\$ rotera $*" >&2
    "$program" "$@"
}

# contains TEXT: standard input has it, and is shown.
contains() {
    cat >output
    cat output
    grep -q -e "$1" output || {
        echo "EXPECTED: $1" >&2
        exit 1
    }
}

# start OPTIONS...: a server in the background; sets $server and $port.
start() {
    echo "\$ rotera server $* &"
    : >server.log
    "$program" server "$@" 2>server.log &
    server=$!
    tries=0
    until grep -q 'listening on' server.log; do
        tries=$((tries + 1))
        [ "$tries" -lt 600 ] || { cat server.log; exit 1; }
        sleep 0.1
    done
    cat server.log
    port=$(sed -n 's/.*listening on .*:\([0-9]*\)$/\1/p' server.log)
}

say "One command makes a queue and serves it"
start --port 0 --create 55:1MiB

say "Lines go in, one message each"
seq 1000 | rotera push --port "$port" 55 2>&1 | contains 'ids 0 to 999'

say "They come out again, as often as one likes"
rotera read --port "$port" --id 100 --count 3 --print-ids 55 | contains '00000000102 103'
rotera ping --port "$port" 55 | contains 1000

say "Follow a queue while more arrives"
rotera stream --port "$port" --end --count 2 55 >followed &
follower=$!
while ! rotera queues --port "$port" --json | grep -q '"readers":1'; do sleep 0.1; done
printf 'hello\nworld\n' | rotera push --port "$port" 55
wait "$follower"
contains world <followed

say "A consumer that remembers where it was"
rotera stream --port "$port" --oldest --count 600 --resume position 55 | tail -1 | contains '^600$'
rotera stream --port "$port" --count 402 --resume position 55 | head -1 | contains '^601$'

say "A command that handles every message, and a position that moves when it has"
rotera consume --port "$port" 55 --resume handled.position --count 600 -- sh -c 'cat >>handled'
rotera consume --port "$port" 55 --resume handled.position --count 402 -- sh -c 'cat >>handled'
wc -l <handled | contains 1002

say "Kill it and check that nothing was lost"
kill -9 "$server"
wait "$server" 2>/dev/null || :
start --port "$port"
rotera ping --port "$port" 55 | contains 1002

say "The disk cannot fill up: new messages overwrite the oldest"
seq 300000 | rotera push --port "$port" 55 2>&1 | contains '300000 messages'
[ "$(stat -c %s 55.rot)" = 1048576 ]
rotera stream --port "$port" --id 0 --count 1 55 2>&1 | contains overwritten

say "Look at it"
rotera queues --port "$port" | contains 55
rotera inspect --port "$port" 55 | contains '^live-bytes'
rotera top --port "$port" --count 1 | contains 55

say "Talk to it"
rotera push --port "$port" 55 'a message of the command line' 2>&1 | contains 'pushed 1 message'
printf ':queue 55\n:push hello again, with blanks\n:ping\n:quit\n' |
    rotera repl --port "$port" | contains 'Server is alive'
rotera read --port "$port" --last 1 55 | contains '^hello again, with blanks$'

if command -v python3 >/dev/null; then
    say "From another language"
    echo "from python" | ROTERA_PORT=$port python3 "$examples/rotera.py" push 55 | contains committed
fi

say "Stop it politely; a stopped queue is a file"
kill "$server"
wait "$server"
server=
rotera check 55.rot | contains 'all well'
rotera inspect 55.rot | contains '^unique-id'

say "Break it on purpose"
printf 'XXXXXXXX' | dd of=55.rot bs=1 seek=500000 conv=notrunc 2>/dev/null
if rotera check 55.rot >damage; then
    echo "EXPECTED: damage is found" >&2
    exit 1
fi
contains damaged <damage
start --port "$port"
rotera read --port "$port" --last 1 55 | contains .

say "Done: nothing was lost"
