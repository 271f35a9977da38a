/** The help of `qemu-guest`. */
export const qemuGuestUsage = `Usage: unigraph qemu-guest [OPTION]... [-- [EXTRA QEMU ARGS]...]

Runs a guest with QEMU, with the options of Unikraft's support/scripts/qemu-guest. Its serial console is this terminal;
QEMU's monitor listens on a socket. Root is needed only for -b, -V and -f.

  -h             Print this help
  -x             In the background, with a socket for the console
  -P             Leave the guest paused
  -t TYPE        Machine: x86pc (default), x86q35, arm64v
  -G NAME        Name of the guest
  -g PORT        A gdb server at PORT; QEMU then outlives the guest
  -T LOGFILE     Trace processor events
  -s NUMBER      Processor sockets (default 1)
  -c NUMBER      Cores in each socket (default 1)
  -H             Announce hyperthreading
  -p CPULIST     Pin the guest's processors to the host's, e.g. 1-3,5
  -W             Without hardware acceleration (TCG)
  -m MB          Memory (default 64)
  -v PORT        A screen, shown by VNC at PORT (e.g. 5901)
  -n             A network card behind NAT
  -N PORT        The same, with PORT of the host forwarded to port 22 of the guest
  -b BRIDGE      A network card at the host's bridge BRIDGE
  -V IFACE       The host's network device IFACE, given to the guest
  -f PCI-ID      The host's PCI device (0000:00:00.0), given to the guest
  -d IMAGE       A disk: a raw image or device
  -q IMAGE       A disk: a qcow2 image
  -I ISO         A CD drive
  -e PATH        A folder, through 9pfs, tagged fs0, fs1, ...
  -S SOCKET      A further console at a Unix socket
  -k KERNEL      The kernel to boot
  -i INITRD      Its initial RAM disk
  -a ARGUMENTS   Its arguments (default console=ttyS0)
  -l             A balloon device
  -r             A random number device
  -C             Ctrl-C goes to the guest instead of ending it
  -D             Print QEMU's command and do nothing
  -Q PATH        QEMU's program
  -M COMMAND     A monitor command before the guest starts; repeatable
`;
