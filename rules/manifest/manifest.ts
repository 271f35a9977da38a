import type { Diagnostic, Location } from '../../engine/location.ts';

/** A Kconfig option that a manifest sets: the name without `CONFIG_`, the value as `.config` would hold it. */
export interface KconfigSetting {
  readonly name: string;
  /** `y`, `n`, `m`, a number, or a text; a text is without its quotes. */
  readonly value: string;
  readonly location: Location;
}

/** A part of a unikernel that lives in a repository or folder of its own. */
export interface Component {
  /** As written in the manifest; `unikraft` for the core. */
  readonly name: string;
  /** A distribution (`staging`, `stable`), a release (`0.16.3`), a tag or a commit. */
  readonly version?: string;
  /** A folder, relative to the manifest's, or the URL of a repository or archive. */
  readonly source?: string;
  readonly kconfig: readonly KconfigSetting[];
  readonly location: Location;
}

/** One image that the manifest asks for. */
export interface Target {
  /** Its name, or `undefined` where only platform and architecture are given. */
  readonly name?: string;
  /** As written: `kvm`, `qemu`, `fc`, `xen`, `linuxu`, … */
  readonly platform: string;
  /** `x86_64`, `arm64`, `arm`. */
  readonly architecture: string;
  readonly kconfig: readonly KconfigSetting[];
  readonly location: Location;
}

/** A folder or image that the guest sees. */
export interface Volume {
  readonly name?: string;
  /** On the host; relative to the manifest's folder. */
  readonly source: string;
  /** In the guest; `/` where the manifest says nothing. */
  readonly destination: string;
  /** `9pfs`, `initrd`, …; undefined where the manifest leaves it open. */
  readonly driver?: string;
  readonly readOnly: boolean;
  readonly location: Location;
}

/** A network that the guest is attached to. */
export interface Network {
  readonly name: string;
  readonly driver?: string;
  readonly ip?: string;
  readonly gateway?: string;
  readonly netmask?: string;
  readonly interface?: string;
  readonly bridge?: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly location: Location;
}

/** A `kraft.yaml` or `Kraftfile`, validated and interpolated; what both formats have in common. */
export interface Manifest {
  /** Absolute path of the file. */
  readonly file: string;
  /** Absolute path of its folder: relative paths in it start here. */
  readonly folder: string;
  readonly specification: string;
  readonly name?: string;
  /** The build folder as written (`outdir`). */
  readonly outputFolder?: string;
  readonly core?: Component;
  /** An application that this one is built from (`template`). */
  readonly template?: Component;
  /** A prebuilt image (`runtime`); unigraph builds none from it. */
  readonly runtime?: Component;
  /** In the order of the file, which is the order of `L=`. */
  readonly libraries: readonly Component[];
  readonly targets: readonly Target[];
  /** The kernel arguments. */
  readonly command: readonly string[];
  /** Variables for the guest's environment. */
  readonly environment: readonly { readonly name: string; readonly value: string }[];
  readonly volumes: readonly Volume[];
  readonly networks: readonly Network[];
  /** A folder, a cpio archive or a Dockerfile, as written. */
  readonly rootfs?: string;
  readonly labels: readonly { readonly name: string; readonly value: string }[];
  /** What is odd but no error: keys that no specification knows, variables that are not set. */
  readonly notices: readonly Diagnostic[];
  /** Every file that was read or looked for to make this: the manifest itself and `.env`. */
  readonly read: readonly string[];
}
