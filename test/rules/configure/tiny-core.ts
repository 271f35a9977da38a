import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const makefile = `UK_GENERATED_INCLUDES := $(BUILD_DIR)/include
KCONFIG_INCLUDES_DIR  := $(UK_GENERATED_INCLUDES)/uk/bits
KCONFIG_DIR           := $(BUILD_DIR)/kconfig
KCONFIG_AUTOCONFIG    := $(KCONFIG_DIR)/auto.conf
KCONFIG_TRISTATE      := $(KCONFIG_DIR)/tristate.config
KCONFIG_AUTOHEADER    := $(KCONFIG_INCLUDES_DIR)/config.h
KCONFIG_ELIB_DIRS     := $(L)
KCONFIG_LIB_BASE      := $(CONFIG_UK_BASE)/lib
noconfig_targets	:= menuconfig oldconfig defconfig \\
			   olddefconfig savedefconfig
COMMON_CONFIG_ENV = \\
	CONFIG_="CONFIG_" \\
	KCONFIG_CONFIG="$(UK_CONFIG)" \\
	KCONFIG_AUTOCONFIG="$(KCONFIG_AUTOCONFIG)" \\
	KCONFIG_AUTOHEADER="$(KCONFIG_AUTOHEADER)" \\
	KCONFIG_TRISTATE="$(KCONFIG_TRISTATE)" \\
	HOST_ARCH="$(HOSTARCH)" \\
	BUILD_DIR="$(BUILD_DIR)" \\
	UK_BASE="$(CONFIG_UK_BASE)" \\
	UK_APP="$(CONFIG_UK_APP)" \\
	UK_FULLVERSION="$(UK_FULLVERSION)" \\
	UK_CODENAME="$(UK_CODENAME)" \\
	UK_ARCH="$(CONFIG_UK_ARCH)" \\
	KCONFIG_DIR="$(KCONFIG_DIR)" \\
	KCONFIG_LIB_BASE="$(KCONFIG_LIB_BASE)" \\
	KCONFIG_ELIB_DIRS="$(KCONFIG_ELIB_DIRS)" \\
	UK_NAME="$(CONFIG_UK_NAME)"

savedefconfig:
	@echo "$(call ukarch_str2cfg,$(CONFIG_UK_ARCH))=y"
`;

const configUk = `mainmenu "Tiny core $(UK_FULLVERSION)"
config UK_NAME
	string "Image name"
	default "$(UK_NAME)"
choice
	prompt "Architecture"
	default ARCH_X86_64
config ARCH_X86_64
	bool "x86"
config ARCH_ARM_64
	bool "Arm"
endchoice
menu "Platform Configuration"
config PLAT_KVM
	bool "KVM guest"
choice
	prompt "Virtual machine monitor"
	depends on PLAT_KVM
config KVM_VMM_QEMU
	bool "QEMU"
config KVM_VMM_FIRECRACKER
	bool "Firecracker"
endchoice
config PLAT_XEN
	bool "Xen guest"
endmenu
menu "Library Configuration"
config LIBNET
	bool "net: Network"
	depends on PLAT_KVM
	select LIBALLOC
	help
	  Packets in and out.
config LIBSOCKET
	bool "socket: Sockets"
	depends on LIBNET
config LIBSOCKET_MAX
	int "Most sockets"
	range 1 64
	default 8
	depends on LIBSOCKET
config LIBALLOC
	bool "alloc: Memory"
endmenu
menu "Application Options"
source "$(UK_APP)/Config.uk"
endmenu
`;

/** A core that is just enough to be configured, an application, and a folder for both that is removed afterwards. */
export class TinyCore {
  readonly top = realpathSync(mkdtempSync(join(tmpdir(), 'tiny-core-')));
  readonly core = join(this.top, 'core');
  readonly app = join(this.top, 'app');

  constructor() {
    this.write('core/Makefile', makefile);
    this.write(
      'core/version.mk',
      'UK_VERSION = 0\nUK_SUBVERSION = 9\nUK_EXTRAVERSION = 1\nUK_CODENAME = Tiny\n',
    );
    this.write('core/Config.uk', configUk);
    this.write('core/support/build/Makefile.rules', '');
    this.write('core/plat/kvm/Config.uk', '# KVM_VMM_QEMU KVM_VMM_FIRECRACKER\n');
    this.write('app/Makefile.uk', '');
    this.write('app/Config.uk', 'config APPTHING\n\tbool "A thing of the application"\n');
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.top, path)), { recursive: true });
    writeFileSync(join(this.top, path), text);
  }

  remove(): void {
    rmSync(this.top, { recursive: true, force: true });
  }
}
