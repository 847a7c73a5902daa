# Read by build and rotera, which set $root before.

# Sets $java_home to a JDK 25 or newer: JAVA_HOME, then the usual places, then `java` on the PATH.
# Reads the file `release` of each instead of starting it: that takes no time.
find_java() {
    for java_home in "${JAVA_HOME:-}" /usr/lib/jvm/* /usr/java/* /opt/*jdk* /opt/java/* \
        "${HOME:-}"/.sdkman/candidates/java/* /Library/Java/JavaVirtualMachines/*/Contents/Home
    do
        is_java_25 "$java_home" && return
    done
    java_home=$(command -v java) && java_home=$(readlink -f "$java_home") &&
        java_home=${java_home%/bin/java} && is_java_25 "$java_home" && return
    echo "rotera: no JDK 25 found. Looked at JAVA_HOME (${JAVA_HOME:-not set}), /usr/lib/jvm," \
        "/usr/java, /opt, ~/.sdkman and the PATH. Install one, or set JAVA_HOME to it." >&2
    return 1
}

is_java_25() {
    [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
    while read -r line || [ -n "$line" ]; do
        case $line in
        JAVA_VERSION=*)
            version=${line#JAVA_VERSION=}
            version=${version#\"}
            version=${version%%[!0-9]*}
            [ "${version:-0}" -ge 25 ]
            return
            ;;
        esac
    done <"$1/release"
    return 1
}

# Whether the program has to be built before it can run. Outside of a checkout only when it is
# missing; in one also when a source file, or a directory that lost one, is newer than the build.
is_stale() {
    [ -f "$root/cli/target/run/built" ] || return 0
    [ -e "$root/.git" ] || return 1
    newer=$(find "$root/pom.xml" "$root/build" "$root/cli/environment.sh" "$root/build-tools/StackMaps.java" \
        "$root/queue/pom.xml" "$root/protocol/pom.xml" "$root/client/pom.xml" "$root/server/pom.xml" \
        "$root/kafka/pom.xml" "$root/kafka/src/main" \
        "$root/bench/pom.xml" "$root/cli/pom.xml" "$root/queue/src/main" "$root/protocol/src/main" \
        "$root/client/src/main" "$root/server/src/main" "$root/bench/src/main" \
        "$root/cli/src/main" \
        -newer "$root/cli/target/run/built" -print -quit)
    [ -n "$newer" ]
}
