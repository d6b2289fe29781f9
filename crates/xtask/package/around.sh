# As root in namespaces of its own: this machine's root with a layer over it that is thrown away. $1: a folder for the layer, $2: the folder
# of the packages, the rest: the program that runs inside.
set -e
layer=$1
packages=$2
shift 2
mount -t tmpfs tmpfs "$layer"
mkdir "$layer/upper" "$layer/work" "$layer/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$layer/upper,workdir=$layer/work" "$layer/root"
mount -t proc proc "$layer/root/proc"
mount --rbind /dev "$layer/root/dev"
mount -t tmpfs tmpfs "$layer/root/run"
mkdir -p "$layer/root/run/packages"
cp "$packages"/*.deb "$layer/root/run/packages"
ip link set lo up
# Nothing that runs on this machine is asked to do anything.
exec chroot "$layer/root" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 SYSTEMD_OFFLINE=1 "$@"
