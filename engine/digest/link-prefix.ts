/**
 * In front of a path: the symbolic link itself, not what it leads to. An action that makes a link made the
 * link, whatever becomes of the file behind it.
 */
export const LINK_PREFIX = 'link:';
