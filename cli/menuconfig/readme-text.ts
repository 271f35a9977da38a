/** Shown by help where there is no option to tell about. */
export const readme = `Overview
--------
Here features of a unikernel are selected, and parameters entered.

Lines that begin with brackets stand for features:
  [ ] can be selected or not
  < > can be selected, made a module, or not
  { } can be selected or made a module (another feature asks for it)
  - - are selected by another feature
where *, M and a blank mean selected, a module, and not selected.
( ) holds a number or a text.

Menus
-----
o  Up and Down go to a line, and so do its highlighted letter, Page Up,
   Page Down, Home and End. Enter opens a menu (--->), a choice, or a value.
o  Y selects, N excludes, M makes a module, the space bar goes through what
   is possible.
o  Left, Right and Tab go to the buttons; Enter presses one.
o  Esc Esc goes back, and so do E and X.
o  ? or H helps, / searches, Z shows hidden options as well.
o  S saves and O loads; so do the buttons.

And besides:
o  W  tells why an option has its value, and what stands in the way of
      another; digits jump to what is named there.
o  A  lists what changing the option would alter.
o  D  shows the unsaved changes.
o  U  takes the last change back, R does it again.

Small letters that are highlighted in a line go to that line first; the
capitals S O Z W A D U R always do what is said here.

Choices
-------
o  Go to a line and press Enter or the space bar to pick it.

Values
------
o  Type, and press Enter. A hexadecimal number needs no 0x.
o  Tab goes to the buttons.

Texts
-----
o  Arrows, Page Up, Page Down and the keys h j k l, b, space, u, d, g, G
   scroll. Enter, Esc Esc, E, X and Q leave.

Surroundings
------------
o  MENUCONFIG_MODE=single_menu  menus unroll in place.
o  MENUCONFIG_COLOR=mono, blackbg, classic, bluetitle  colours; NO_COLOR
   does without.
`;

export const loadHelp = `
For various reasons, one may wish to keep several different
configurations available on a single machine.

If you have saved a previous configuration in a file other than the
default one, entering its name here will allow you to modify that
configuration. Loading can be undone with U.

Leave this blank to abort.
`;

export const saveHelp = `
Entering a file name here saves the configuration there, and further
changes go to that file. The file is replaced in one step: at no time
is there half of it.

Leave this blank to abort.
`;
