#!/bin/sh
# Is on this machine what make needs? What is missing is installed where that may be done, otherwise named.
#
#   packages.sh run PYTHON      Python 3.11 or newer, able to make virtual environments
#   packages.sh test PYTHON     the same, and the servers that the tests talk to
#   packages.sh install PKG...  as root: installs Debian packages and keeps their services from starting
set -eu
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
policy=/usr/sbin/policy-rc.d
mark='# put here by mailticket for the time of one apt-get install'

fail() {
    printf '%s\n' "$@" >&2
    exit 1
}

# --- what is missing ---------------------------------------------------------------------------------------------

has() { [ -e "$1" ] || command -v "$1" >/dev/null 2>&1; }

can_make_environments() { "$1" -c 'import ensurepip, venv' 2>/dev/null; }

missing_for_run() {
    can_make_environments "$1" || echo python3-venv
}

missing_for_test() {
    missing_for_run "$1"
    has postfix || echo postfix
    has /usr/lib/dovecot/imap || echo dovecot-imapd
    has /usr/lib/dovecot/lmtp || echo dovecot-lmtpd
    for initdb in /usr/lib/postgresql/*/bin/initdb; do :; done
    has "$initdb" || echo postgresql
    has /usr/sbin/clamd || echo clamav-daemon
    has openssl || echo openssl
    has nsd || echo nsd
    has opendkim || echo opendkim
    has neomutt || echo neomutt
    has tmux || echo tmux
    has chromium || echo chromium
    has node || echo nodejs
    has npm || echo npm
}

require_new_python() {
    command -v "$1" >/dev/null 2>&1 ||
        fail "make: there is no $1 here. Install Debian's python3, or name another one: make PYTHON=/path/to/python3 ..."
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || fail \
        "make: mailticket needs Python 3.11 or newer, and $1 is $("$1" --version 2>&1)." \
        "Name another one: make PYTHON=/path/to/python3.11 ..."
}

require_environments() {
    can_make_environments "$1" || fail \
        "make: $1 cannot make virtual environments: it lacks ensurepip. Debian's python3-venv mends /usr/bin/python3 only." \
        "Use that one: make PYTHON=/usr/bin/python3 ..."
}

# --- getting it --------------------------------------------------------------------------------------------------

obtain() {
    command -v apt-get >/dev/null 2>&1 || fail \
        "make: this is missing here: $*" "(names of Debian packages; this is no Debian, so please install their like)."
    if [ "$(id -u)" = 0 ]; then
        install_packages "$@"
    elif sudo -n true 2>/dev/null; then
        sudo -n sh "$0" install "$@"
    else
        fail "make: these Debian packages are missing, and installing them takes root. Run this, then make again:" "" \
            "    sudo sh .ci/packages.sh install $*" "" \
            "(apt-get install, with the services kept from starting. Without sudo: the same in a root shell.)"
    fi
}

install_packages() {
    echo "Installing Debian packages: $*"
    log=$(mktemp)
    hold_services
    trap 'release_services; rm -f "$log"' EXIT
    trap 'exit 130' HUP INT TERM
    ! echo "$*" | grep -qw postfix || preseed_postfix
    # the lists may be missing or old: look for newer ones only when the first try says so
    apt_get install "$@" || { apt_get update && apt_get install "$@"; } || {
        cat "$log" >&2
        fail "make: apt-get install $* failed; its words are above."
    }
    keep_off_after_a_reboot "$@"
}

apt_get() {
    DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 \
        --no-install-recommends "$@" >"$log" 2>&1 </dev/null
}

# --- services stay off -------------------------------------------------------------------------------------------

hold_services() {
    release_services # of a run that was killed
    [ ! -e $policy ] || mv $policy $policy.mailticket-saved
    printf '#!/bin/sh\n%s\nexit 101\n' "$mark" >$policy
    chmod 755 $policy
}

release_services() {
    ! grep -qs "$mark" $policy || rm -f $policy
    [ ! -e $policy.mailticket-saved ] || mv $policy.mailticket-saved $policy
}

preseed_postfix() {
    command -v debconf-set-selections >/dev/null 2>&1 || return 0
    echo 'postfix postfix/main_mailer_type select No configuration' | debconf-set-selections
}

keep_off_after_a_reboot() {
    command -v systemctl >/dev/null 2>&1 || return 0
    for package in "$@"; do
        case $package in
        postfix | postgresql | nsd | opendkim) systemctl --quiet disable "$package.service" >/dev/null 2>&1 || : ;;
        clamav-daemon)
            for unit in clamav-daemon.service clamav-daemon.socket clamav-freshclam.service; do
                systemctl --quiet disable "$unit" >/dev/null 2>&1 || :
            done
            ;;
        dovecot-*) systemctl --quiet disable dovecot.service >/dev/null 2>&1 || : ;;
        esac
    done
}

# --- the three tasks ---------------------------------------------------------------------------------------------

task=$1
shift
case $task in
run | test)
    require_new_python "$1"
    missing=$("missing_for_$task" "$1")
    # shellcheck disable=SC2086  # one word a package
    [ -z "$missing" ] || obtain $missing
    require_environments "$1"
    ;;
install)
    [ "$(id -u)" = 0 ] || fail "packages.sh install: only root may do this."
    install_packages "$@"
    ;;
*) fail "packages.sh: run, test or install; not $task" ;;
esac
