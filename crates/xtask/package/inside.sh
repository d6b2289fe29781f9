# In the throw-away root: the packages are installed, the service is started as its unit says, asked, stopped, and the packages removed.
set -e
said() { echo "-- $1"; }
fails() { echo "!! $1" >&2; exit 1; }

said "install"
dpkg --install /run/packages/*.deb
dpkg --audit
unit=/usr/lib/systemd/system/issuance-service.service
of() { sed -n "s/^$1=//p" "$unit"; }
user=$(of User)
state=/var/lib/$(of StateDirectory)
id "$user"
[ "$(stat --format='%U %a' "$state")" = "$user 700" ] || fails "$state is open"
[ "$(stat --format='%U:%G %a' /etc/issuance-service/issuance-service.toml)" = "root:$user 640" ] || fails "the configuration is open"

said "units"
systemd-analyze verify "$unit"
XDG_RUNTIME_DIR=/run systemd-analyze --user verify /usr/lib/systemd/user/card-tool-desk.service
# Tenths; a service that may do everything has 96.
systemd-analyze security --offline=true --threshold=15 --no-pager "$unit" >/run/exposure || fails "$(cat /run/exposure)"
tail -n 1 /run/exposure

said "manual pages and completions"
for page in card-tool card-tool-floor-write issuance-service issuance-service-station-outbox-send; do
    man --where "$page" >/dev/null || fails "no page $page"
done
for program in card-tool issuance-service; do
    bash -c "source /usr/share/bash-completion/completions/$program && complete -p $program"
done

# As the unit says: its user, its folder, its mask, its words, and no more.
start() {
    cd "$(of WorkingDirectory)"
    umask "$(of UMask)"
    # shellcheck disable=SC2046
    setpriv --reuid="$user" --regid="$(of Group)" --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all \
        -- env -i PATH=/usr/bin:/bin $(of ExecStart) >/run/said 2>&1 &
    service=$!
}
asked() {
    curl --silent --show-error --fail --insecure --retry 60 --retry-connrefused --retry-delay 1 "https://127.0.0.1:8443$1"
}
stop() {
    kill -s TERM "$service"
    wait "$service" || fails "the service ended with $?: $(cat /run/said)"
}

said "the service starts, twice"
start
asked /health/ready || fails "$(cat /run/said)"
stop
grep invitation# /run/said
start
asked /health/ready
# A verb beside it, as its user.
setpriv --reuid="$user" --regid="$(of Group)" --clear-groups -- issuance-service --config /etc/issuance-service/issuance-service.toml doctor
stop
find "$state" -not -user "$user" | grep . && fails "something is not the service's"

said "an upgrade keeps what was set, a removal keeps the register"
echo '# set by hand' >>/etc/issuance-service/issuance-service.toml
dpkg --install /run/packages/issuance-service_*.deb
grep -q 'set by hand' /etc/issuance-service/issuance-service.toml || fails "a setting is lost"
dpkg --purge issuance-service card-tool
[ -e "$state/register.sqlite" ] || fails "the register is gone"
[ ! -e "$unit" ] || fails "the unit stays behind"
said "all is well"
